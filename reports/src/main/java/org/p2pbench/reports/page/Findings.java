// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.List;
import org.p2pbench.reports.statistics.Analysis;

/**
 * A run's analysis with what several sections take from it: computed once for a report, so that
 * each section says the same. Immutable.
 *
 * @param analysis the run with all its figures
 * @param ratios every ratio to RAM, adjusted over all of them
 * @param pinCost the cost of a pinned page
 * @param busyScenes transfers beside busy neighbours, their ratios adjusted over all of them
 */
record Findings(
    Analysis analysis, RatioFamily ratios, PinCost pinCost, List<BusyScene> busyScenes) {

  static Findings of(Analysis analysis) {
    return new Findings(
        analysis, RatioFamily.of(analysis), new PinCost(analysis), BusyScene.all(analysis));
  }
}
