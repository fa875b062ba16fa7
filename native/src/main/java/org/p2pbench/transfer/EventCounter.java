// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import java.util.Optional;
import java.util.OptionalLong;

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

  /**
   * What was counted until a moment. Events that share a hardware counter have it in turns: one
   * reading says little by itself, and an estimate of the whole could even be lower later on. So
   * two of them are subtracted first, and scaled then.
   *
   * @param value the count
   * @param enabledNs how long it was to count
   * @param runningNs how long it did
   */
  public record Reading(long value, long enabledNs, long runningNs) {

    /** Of something that always counts. */
    public static Reading of(long value) {
      return new Reading(value, 0, 0);
    }

    /**
     * The count since an earlier reading, scaled up where the event had its counter for a part of
     * the time; empty where it had it never, and where the count went back.
     */
    public OptionalLong since(Reading earlier) {
      long counted = value - earlier.value;
      long enabled = enabledNs - earlier.enabledNs;
      long running = runningNs - earlier.runningNs;
      if (counted < 0 || running < 0 || enabled > 0 && running == 0) {
        return OptionalLong.empty();
      }
      return OptionalLong.of(
          running == enabled ? counted : Math.round((double) counted * enabled / running));
    }
  }

  /** What was counted until now; empty where the kernel does not tell any more. */
  public synchronized Optional<Reading> read() {
    if (handle == 0) {
      throw new IllegalStateException("the counter is closed");
    }
    long[] fields = new long[LibP2pbench.COUNTER_FIELDS];
    int error = LibP2pbench.p2p_counter_read(handle, fields);
    return error == 0
        ? Optional.of(new Reading(fields[VALUE], fields[ENABLED_NS], fields[RUNNING_NS]))
        : Optional.empty();
  }

  @Override
  public synchronized void close() {
    if (handle != 0) {
      LibP2pbench.p2p_counter_close(handle);
      handle = 0;
    }
  }
}
