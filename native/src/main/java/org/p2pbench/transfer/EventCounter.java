// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

/** One event that the kernel counts (perf_event_open), from its opening on. Thread-safe. */
public final class EventCounter implements AutoCloseable {

  /** For {@link #open}: this process, with all threads that it has and will have. */
  public static final int THIS_PROCESS = -1;

  private static final int VALUE = 0;
  private static final int ENABLED_NS = 1;
  private static final int RUNNING_NS = 2;

  private long handle;

  private EventCounter(long handle) {
    this.handle = handle;
  }

  /**
   * Begins to count.
   *
   * @param type of perf_event_open, as config and config1
   * @param cpu on which every process is counted, or {@link #THIS_PROCESS}
   * @throws TransferException why this event cannot be counted here
   */
  public static EventCounter open(int type, long config, long config1, int cpu) {
    NativeLoader.load();
    long[] out = new long[1];
    int error = LibP2pbench.p2p_counter_open(type, config, config1, cpu, out);
    if (error != 0) {
      throw TransferException.failed(Attempt.of(Operation.COUNT, null, 0), error);
    }
    return new EventCounter(out[0]);
  }

  /** The count until now, scaled up where the event had its counter for a part of the time. */
  public synchronized long value() {
    if (handle == 0) {
      throw new IllegalStateException("the counter is closed");
    }
    long[] fields = new long[LibP2pbench.COUNTER_FIELDS];
    int error = LibP2pbench.p2p_counter_read(handle, fields);
    if (error != 0) {
      throw TransferException.failed(Attempt.of(Operation.COUNT, null, 0), error);
    }
    boolean whole = fields[RUNNING_NS] == 0 || fields[RUNNING_NS] == fields[ENABLED_NS];
    return whole
        ? fields[VALUE]
        : Math.round((double) fields[VALUE] * fields[ENABLED_NS] / fields[RUNNING_NS]);
  }

  @Override
  public synchronized void close() {
    if (handle != 0) {
      LibP2pbench.p2p_counter_close(handle);
      handle = 0;
    }
  }
}
