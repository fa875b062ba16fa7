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

  private Labels() {}
}
