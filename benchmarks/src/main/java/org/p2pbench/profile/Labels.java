// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.profile;

/** Names of the profilers' figures among JMH's secondary results, shared with their reader. */
public final class Labels {

  /** Transactions in the counters' window. */
  public static final String TRANSACTIONS = "window.transactions";

  /** User CPU time in the window, in ns. */
  public static final String CPU_USER = "window.cpu.user";

  /** System CPU time in the window, in ns. */
  public static final String CPU_SYSTEM = "window.cpu.system";

  /** Voluntary context switches in the window. */
  public static final String VOLUNTARY = "window.switches.voluntary";

  /** Involuntary context switches in the window. */
  public static final String INVOLUNTARY = "window.switches.involuntary";

  /** Pages pinned in the window. */
  public static final String PINS_ACQUIRED = "window.pins.acquired";

  /** Pages unpinned in the window. */
  public static final String PINS_RELEASED = "window.pins.released";

  /** Bytes that the busy neighbour moved in the window. */
  public static final String NEIGHBOUR_BYTES = "window.neighbour.bytes";

  /** Length of the window in which they were counted, in ns. */
  public static final String NEIGHBOUR_NS = "window.neighbour.ns";

  /** Median time of one dependent load of the neighbour, in ns. */
  public static final String NEIGHBOUR_LATENCY = "neighbour.latency";

  /** Begins the names of perf events counted in the window. */
  public static final String PERF = "window.perf.";

  /** Transactions of one thread in the window; its number follows. */
  public static final String OF_THREAD = "window.transactions.thread";

  /** Bytes of system-memory traffic in the window. */
  public static final String DRAM = "window.dram";

  private Labels() {}
}
