// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.regression;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.HdrHistogram.AbstractHistogram;
import org.p2pbench.reports.statistics.StageLatency;

/**
 * Compares a percentile of the latencies of two sides: one value per fork, from its own merged
 * histogram, and then as any other metric. Tests on raw samples (order statistics, ranks, KS) are
 * not used: slow transactions come in bursts and forks differ, so that such tests call nearly every
 * pair of equal sides different.
 */
public final class Tails {
  /** Smallest change of a p99 that matters, unless a policy says otherwise. */
  public static final double P99_CHANGE = 0.05;

  /** The same of a p99.9. */
  public static final double P999_CHANGE = 0.10;

  /**
   * Percentiles beyond hang on a few bursts in a fork, which makes forks scatter with a long side.
   */
  private static final double FROM_HERE_ON_SKEWED = 99;

  private Tails() {}

  /**
   * One fork.
   *
   * @param value its percentile, in any unit
   * @param samples transactions recorded
   */
  public record ForkTail(double value, long samples) {

    /** A percentile, such as 99.9, of a fork's histogram. */
    public static ForkTail of(AbstractHistogram histogram, double percentile) {
      return new ForkTail(histogram.getValueAtPercentile(percentile), histogram.getTotalCount());
    }
  }

  /** Samples that a fork needs for a percentile to be compared: 10,000 for p99. */
  public static long samplesNeeded(double percentile) {
    return Math.round(StageLatency.FEWEST_BEYOND_TO_COMPARE / (1 - percentile / 100));
  }

  /**
   * Compares a percentile. Where a fork has too few samples beyond it, nothing is compared, and the
   * warning says so. A difference of less than two bucket widths is a tie: p is 1.
   *
   * @param digits significant decimal digits of the histograms
   */
  public static Change compare(
      List<ForkTail> baseline, List<ForkTail> candidate, double percentile, int digits, long seed) {
    return measurable(
        baseline,
        candidate,
        percentile,
        digits,
        () ->
            percentile > FROM_HERE_ON_SKEWED
                ? ForkComparison.compareSkewed(values(baseline), values(candidate), seed)
                : ForkComparison.compare(values(baseline), values(candidate), seed));
  }

  /**
   * Compares a percentile of two sides of which fork i of the one ran next to fork i of the other:
   * what the host did to both cancels.
   *
   * @param digits significant decimal digits of the histograms
   */
  public static Change comparePairs(
      List<ForkTail> baseline, List<ForkTail> candidate, double percentile, int digits, long seed) {
    return measurable(
        baseline,
        candidate,
        percentile,
        digits,
        () -> ForkComparison.comparePairs(values(baseline), values(candidate), seed));
  }

  private static Change measurable(
      List<ForkTail> baseline,
      List<ForkTail> candidate,
      double percentile,
      int digits,
      Supplier<Change> comparison) {
    Optional<String> reason = notMeasurable(baseline, candidate, percentile);
    if (reason.isPresent()) {
      return new Change(
          Change.Method.NONE,
          baseline.size(),
          candidate.size(),
          1,
          Double.NaN,
          Double.NaN,
          Double.NaN,
          Double.NaN,
          Optional.empty(),
          List.of(),
          List.of(reason.get()));
    }
    Change change = comparison.get();
    double resolution = 2 * Math.pow(10, -digits);
    return change.method().judges() && Math.abs(Math.log(change.ratio())) < resolution
        ? tie(change)
        : change;
  }

  private static Optional<String> notMeasurable(
      List<ForkTail> baseline, List<ForkTail> candidate, double percentile) {
    long needed = samplesNeeded(percentile);
    List<ForkTail> all = new ArrayList<>(baseline);
    all.addAll(candidate);
    return all.stream()
        .map(ForkTail::samples)
        .filter(samples -> samples < needed)
        .min(Long::compare)
        .map(
            least ->
                String.format(
                    Locale.ROOT,
                    "p%s is not measurable well enough to compare: a fork has %,d samples, %,d are needed",
                    Double.toString(percentile).replaceAll("\\.0$", ""),
                    least,
                    needed));
  }

  private static Change tie(Change change) {
    List<String> warnings = new ArrayList<>(change.warnings());
    warnings.add("a tie: the difference is less than two buckets of the histograms");
    return new Change(
        change.method(),
        change.baselineForks(),
        change.candidateForks(),
        1,
        change.ratio(),
        change.low(),
        change.high(),
        change.hodgesLehmann(),
        change.modes(),
        change.outliers(),
        warnings);
  }

  private static double[] values(List<ForkTail> forks) {
    return forks.stream().mapToDouble(ForkTail::value).toArray();
  }
}
