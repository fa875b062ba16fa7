// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.compare;

import java.util.List;

/**
 * What a comparison amounts to.
 *
 * @param headline a few words, such as "gate: regressed"
 * @param problems why it cannot be judged, whole sentences; none where it can
 */
public record Summary(String headline, List<String> problems) {

  /** Makes the list immutable. */
  public Summary {
    problems = List.copyOf(problems);
  }

  /** Of a comparison without a policy: its counts. */
  public static Summary of(RunComparison comparison) {
    return new Summary(Wording.counts(comparison), List.of());
  }
}
