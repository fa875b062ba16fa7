// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.regression;

import java.util.Arrays;
import java.util.OptionalDouble;

/**
 * Whether a fork's iterations reached a steady state, and from which on. Checked, not assumed: many
 * benchmarks never reach one, and settings of warm-up are often wrong (Barrett et al., 2017; Traini
 * et al., 2023).
 *
 * @param state what was found
 * @param warmUp iterations at the start that are left out
 * @param value median of the iterations from then on; empty without iterations
 */
public record SteadyState(State state, int warmUp, OptionalDouble value) {

  /** What was found. */
  public enum State {
    /** Level from {@code warmUp} on. */
    STEADY,
    /** Still moving: over half is warm-up, or what is left drifts. */
    NOT_STEADY,
    /** Fewer than {@link #FEWEST_ITERATIONS} iterations: nothing can be said. */
    TOO_FEW_ITERATIONS
  }

  /** Fewer iterations show neither a start nor a drift. */
  public static final int FEWEST_ITERATIONS = 5;

  /** From this share of forks without a steady state on, a row is not judged. */
  public static final double MOST_UNSTEADY_FORKS = 0.2;

  private static final double WARM_UP_SIGMAS = 4;
  private static final double LEAST_WARM_UP = 0.01;
  private static final double LEAST_DRIFT = 0.03;
  // One-sided level of 1 %: false alarms of forks of 5 iterations stay below 2 %.
  private static final double DRIFT_Z = 2.326;

  /**
   * Looks at a fork's iterations, in their order. Warm-up is what leads and lies, each on the same
   * side, more than 4 robust standard deviations and 1 % from the median of the second half. What
   * is left drifts where its ranks say so (Mann-Kendall, 1 % on either side) and its ends differ by
   * 3 % or more (Theil-Sen).
   *
   * @param scores above zero, in any unit
   */
  public static SteadyState of(double[] scores) {
    int n = scores.length;
    if (n < FEWEST_ITERATIONS) {
      return new SteadyState(State.TOO_FEW_ITERATIONS, 0, median(scores, 0));
    }
    double[] logs = Arrays.stream(scores).map(Math::log).toArray();
    int warmUp = warmUp(logs);
    boolean steady = warmUp <= n / 2 && !drifts(Arrays.copyOfRange(logs, warmUp, n));
    return steady
        ? new SteadyState(State.STEADY, warmUp, median(scores, warmUp))
        : new SteadyState(State.NOT_STEADY, Math.min(warmUp, n / 2), median(scores, n / 2));
  }

  private static int warmUp(double[] logs) {
    double[] later = Arrays.copyOfRange(logs, logs.length / 2, logs.length);
    Arrays.sort(later);
    double level = RobustScale.median(later);
    double[] distances = Arrays.stream(later).map(v -> Math.abs(v - level)).sorted().toArray();
    double sigma = 1.4826 * RobustScale.median(distances);
    double reach = Math.max(WARM_UP_SIGMAS * sigma, LEAST_WARM_UP);
    double side = Math.signum(logs[0] - level);
    int warmUp = 0;
    while (warmUp < logs.length && (logs[warmUp] - level) * side > reach) {
      warmUp++;
    }
    return warmUp;
  }

  private static boolean drifts(double[] logs) {
    int n = logs.length;
    double[] slopes = new double[n * (n - 1) / 2];
    int rising = 0;
    int pairs = 0;
    for (int j = 1; j < n; j++) {
      for (int i = 0; i < j; i++) {
        rising += (int) Math.signum(logs[j] - logs[i]);
        slopes[pairs++] = (logs[j] - logs[i]) / (j - i);
      }
    }
    if (pairs == 0) {
      return false;
    }
    Arrays.sort(slopes);
    double drift = Math.abs(RobustScale.median(slopes)) * (n - 1);
    double deviation = Math.sqrt(n * (n - 1.0) * (2.0 * n + 5) / 18);
    return drift >= LEAST_DRIFT && (Math.abs(rising) - 1) / deviation > DRIFT_Z - 0.2;
  }

  private static OptionalDouble median(double[] scores, int from) {
    double[] sorted = Arrays.copyOfRange(scores, from, scores.length);
    Arrays.sort(sorted);
    return sorted.length == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(RobustScale.median(sorted));
  }
}
