// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

/** The clock that stamps are taken from. Thread-safe. */
public final class NativeClock {
  static {
    NativeLoader.load(); // once: these calls are measured
  }

  private NativeClock() {}

  /** Now, in nanoseconds from an arbitrary point; it does not go backwards on one thread. */
  public static long nowNs() {
    return LibP2pbench.p2p_clock_now_ns();
  }

  /** "tsc": the CPU's time-stamp counter; "monotonic": clock_gettime(CLOCK_MONOTONIC). */
  public static String source() {
    return LibP2pbench.p2p_clock_source() == LibP2pbench.CLOCK_TSC ? "tsc" : "monotonic";
  }

  /**
   * Takes that many stamps, one after the other: what a stamp costs. They fill the buffer without
   * regard to its records, four to each.
   *
   * @param count at most four times the buffer's capacity
   */
  public static void stamp(StampBuffer stamps, int count) {
    int perRecord = LibP2pbench.STAMPS_BYTES / Long.BYTES;
    long address = stamps.addressFor(Math.floorDiv(count + perRecord - 1, perRecord));
    LibP2pbench.p2p_clock_stamp(address, count);
  }

  /** Calls a native function that does nothing: what a crossing costs. */
  public static void noop() {
    LibP2pbench.p2p_noop();
  }
}
