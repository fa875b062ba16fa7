// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.regression;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * A new run against stored ones of the same machine, where the baseline is not measured again. The
 * unit is the run: what differs between runs is in their scatter, and forks of one run do not show
 * it. Student's t for one new value: (head - mean) / (s sqrt(1 + 1/K)) with K - 1 degrees of
 * freedom, on the log scale.
 */
public final class History {
  /** With fewer stored runs nothing is judged. */
  public static final int FEWEST_RUNS = 5;

  /** Older runs say little about today's machine. */
  public static final int MOST_RUNS = 30;

  private History() {}

  /**
   * Compares a run with the last stored ones since the series' last change point, at most {@link
   * #MOST_RUNS}.
   *
   * @param history stored runs, oldest first, without the new one
   * @param head value of the new run
   */
  public static Change compare(RunSeries history, double head) {
    double[] window = window(history);
    if (window.length < FEWEST_RUNS || !(head > 0)) {
      String why =
          window.length < FEWEST_RUNS
              ? "%d stored run%s since the last change: %d are needed"
                  .formatted(window.length, window.length == 1 ? "" : "s", FEWEST_RUNS)
              : "the run's value is not above zero, so that there is no ratio to test";
      return change(Change.Method.NONE, window.length, 1, Double.NaN, Double.NaN, List.of(why));
    }
    if (Arrays.stream(window).allMatch(v -> v == window[0])) {
      return ForkComparison.compareExact(window, new double[] {head});
    }
    double[] logs = Arrays.stream(window).map(Math::log).toArray();
    int runs = logs.length;
    double mean = Arrays.stream(logs).average().orElseThrow();
    double squares = Arrays.stream(logs).map(v -> (v - mean) * (v - mean)).sum();
    double error = Math.sqrt(squares / (runs - 1) * (1 + 1.0 / runs));
    TDistribution t = TDistribution.of(runs - 1.0);
    double effect = Math.log(head) - mean;
    double p = 2 * t.survivalProbability(Math.abs(effect) / error);
    double halfWidth = t.inverseSurvivalProbability(ForkComparison.ALPHA / 2) * error;
    return change(Change.Method.HISTORY, runs, p, effect, halfWidth, List.of());
  }

  /** The stored runs that a new one is held against. */
  static double[] window(RunSeries history) {
    double[] values = history.values();
    List<ChangePoint> changes = ChangePoints.analyse(history, ChangePoints.ALERT_ALPHA).changes();
    int since = changes.isEmpty() ? 0 : changes.get(changes.size() - 1).index();
    return IntStream.range(Math.max(since, values.length - MOST_RUNS), values.length)
        .mapToDouble(i -> values[i])
        .toArray();
  }

  private static Change change(
      Change.Method method,
      int runs,
      double p,
      double effect,
      double halfWidth,
      List<String> warnings) {
    return new Change(
        method,
        runs,
        1,
        p,
        Math.exp(effect),
        Math.exp(effect - halfWidth),
        Math.exp(effect + halfWidth),
        Math.exp(effect),
        Optional.empty(),
        List.of(),
        warnings);
  }
}
