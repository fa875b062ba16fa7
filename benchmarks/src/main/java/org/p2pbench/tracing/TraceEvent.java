// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.tracing;

/**
 * One line of a trace.
 *
 * @param kind what happened
 * @param atNs when, on CLOCK_MONOTONIC
 * @param cpu where
 * @param tid the thread that was interrupted or at work; 0 an idle CPU
 * @param name function, or the request: device, first sector and length
 * @param durationNs of a function that ended, -1 where the trace does not say
 */
record TraceEvent(Kind kind, long atNs, int cpu, long tid, String name, long durationNs) {

  /** What can happen. */
  enum Kind {
    /** A function begins. */
    BEGIN,
    /** A function ends. */
    END,
    /** A request is left to the scheduler, from which any thread may take it. */
    QUEUE,
    /** A request goes to the device. */
    ISSUE,
    /** The device is done with it. */
    DONE
  }

  static TraceEvent begin(long atNs, int cpu, long tid, String function) {
    return new TraceEvent(Kind.BEGIN, atNs, cpu, tid, function, -1);
  }

  static TraceEvent end(long atNs, int cpu, long tid, String function, long durationNs) {
    return new TraceEvent(Kind.END, atNs, cpu, tid, function, durationNs);
  }
}
