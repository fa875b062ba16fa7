// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.history;

/**
 * What somebody decided about a stored run; the latest one counts.
 *
 * @param run id of the run
 * @param verdict what it may be used for from then on
 * @param at ISO 8601, UTC
 * @param reason the user's words, or null
 */
public record Decision(String run, Verdict verdict, String at, String reason) {

  /** Checks the members. */
  public Decision {
    Checks.name(run, "run");
    Checks.present(verdict, "verdict");
    Checks.time(at, "at");
  }

  /** What a run may be used for. */
  public enum Verdict {
    /** Baseline and trend. */
    @com.fasterxml.jackson.annotation.JsonProperty("accepted")
    ACCEPTED,
    /** Neither: it was measured wrongly. */
    @com.fasterxml.jackson.annotation.JsonProperty("rejected")
    REJECTED
  }
}
