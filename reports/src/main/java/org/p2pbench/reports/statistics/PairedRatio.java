// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.statistics;

import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * The ratio of two twins from pairs of forks of the same round. The pairs' log ratios are taken as
 * a sample: the point is the exponential of their mean, the interval that of Student's t interval
 * around it, so that the point lies in the middle of its interval on the log scale and host drift,
 * which both forks of a pair see, cancels.
 */
public final class PairedRatio {
  /** Fewer pairs give an interval too wide to be of use: with 2, the t quantile is 12.7. */
  public static final int FEWEST_PAIRS = 3;

  private static final double UPPER_TAIL = 0.025;

  private PairedRatio() {}

  /**
   * @param a values of the one twin by round
   * @param b values of the other, which a is divided by
   */
  public static Ratio of(SortedMap<Integer, Double> a, SortedMap<Integer, Double> b) {
    SortedMap<Integer, Double> pairs = new TreeMap<>(a);
    pairs.keySet().retainAll(b.keySet());
    double[] logs =
        pairs.entrySet().stream()
            .filter(pair -> pair.getValue() > 0 && b.get(pair.getKey()) > 0)
            .mapToDouble(pair -> Math.log(pair.getValue() / b.get(pair.getKey())))
            .toArray();
    if (logs.length < FEWEST_PAIRS) {
      return new Ratio.Unknown("too few pairs (" + logs.length + ")");
    }
    double mean = Arrays.stream(logs).average().getAsDouble();
    double squares = Arrays.stream(logs).map(log -> (log - mean) * (log - mean)).sum();
    double error = Math.sqrt(squares / (logs.length - 1) / logs.length);
    TDistribution t = TDistribution.of(logs.length - 1.0);
    double halfWidth = t.inverseSurvivalProbability(UPPER_TAIL) * error;
    return new Ratio.Known(
        Math.exp(mean),
        Math.exp(mean - halfWidth),
        Math.exp(mean + halfWidth),
        logs.length,
        mean == 0 ? 1 : 2 * t.survivalProbability(Math.abs(mean) / error));
  }
}
