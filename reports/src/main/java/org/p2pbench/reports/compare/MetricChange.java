// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.compare;

import java.util.Arrays;
import java.util.Optional;
import org.p2pbench.reports.metrics.TrackedMetric;
import org.p2pbench.reports.regression.Change;
import org.p2pbench.reports.regression.Judgement;
import org.p2pbench.reports.regression.Verdict;

/**
 * One metric of one row: what changed and what is said of it.
 *
 * @param baseline one value per fork
 * @param candidate likewise
 * @param adjustedP p over the whole table
 * @param waiver why a regression of it is let pass, where it is
 */
public record MetricChange(
    RowPair rows,
    TrackedMetric metric,
    double[] baseline,
    double[] candidate,
    Change change,
    double adjustedP,
    Judgement.Criteria criteria,
    Judgement judgement,
    Optional<String> waiver) {

  /** What is said. */
  public Verdict verdict() {
    return judgement.verdict();
  }

  /** The same, let pass. */
  public MetricChange waived(String reason) {
    return new MetricChange(
        rows,
        metric,
        baseline,
        candidate,
        change,
        adjustedP,
        criteria,
        judgement,
        Optional.of(reason));
  }

  /** The same with another judgement of it. */
  MetricChange judged(Judgement other) {
    return new MetricChange(
        rows, metric, baseline, candidate, change, adjustedP, criteria, other, waiver);
  }

  /** Whether it got worse and nobody lets that pass. */
  public boolean regressed() {
    return verdict() == Verdict.REGRESSED && waiver.isEmpty();
  }

  /** How much worse the candidate is, in smallest changes that matter; negative is better. */
  public double severity() {
    double worse = criteria.better().worsening(change.ratio());
    return Double.isNaN(worse) ? 0 : worse / Math.log1p(Math.max(criteria.smallestChange(), 0.001));
  }

  /** Median of the forks; empty where a fork has no value. */
  public static Optional<Double> median(double[] forks) {
    double[] sorted = forks.clone();
    Arrays.sort(sorted); // NaN last
    int n = sorted.length;
    if (n == 0 || Double.isNaN(sorted[n - 1])) {
      return Optional.empty();
    }
    return Optional.of((sorted[(n - 1) / 2] + sorted[n / 2]) / 2);
  }
}
