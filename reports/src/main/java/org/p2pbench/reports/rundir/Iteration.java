// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.rundir;

/**
 * One measured iteration. {@code score} is operations per second. The counters belong to {@code
 * transactions}, which were counted in a window a little wider than the score's; a counter that the
 * machine does not have is null.
 */
public record Iteration(
    Double score,
    Double seconds,
    Long transactions,
    Long bytes,
    Long cpuUserNs,
    Long cpuSystemNs,
    Long voluntarySwitches,
    Long involuntarySwitches,
    Long pinsAcquired,
    Long pinsReleased) {

  /** Checks that figures are figures. */
  public Iteration {
    Members.notNegative(Members.present(score, "score"), "score");
    Members.notNegative(seconds, "seconds");
    Members.notNegative(transactions, "transactions");
    Members.notNegative(bytes, "bytes");
    Members.notNegative(cpuUserNs, "cpuUserNs");
    Members.notNegative(cpuSystemNs, "cpuSystemNs");
    Members.notNegative(voluntarySwitches, "voluntarySwitches");
    Members.notNegative(involuntarySwitches, "involuntarySwitches");
    Members.notNegative(pinsAcquired, "pinsAcquired");
    Members.notNegative(pinsReleased, "pinsReleased");
  }
}
