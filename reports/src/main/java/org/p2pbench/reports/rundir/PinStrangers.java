// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.rundir;

/**
 * What other processes pinned around a fork, seen while it was idle.
 *
 * @param pinsPerSecond pages pinned by others
 * @param share of the pins counted in the fork that would be theirs at that rate
 * @param flagged whether that is too much for the count to be trusted
 */
public record PinStrangers(Double pinsPerSecond, Double share, boolean flagged) {

  /** Checks that figures are figures. */
  public PinStrangers {
    Members.notNegative(pinsPerSecond, "pinsPerSecond");
    Members.notNegative(share, "share");
  }
}
