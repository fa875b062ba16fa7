// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.regression;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * Pairs of neighbouring forks on the log scale: sum of the pairs' clipped differences, over
 * exchanges of the two forks of a pair (signs of the differences). What both forks of a pair see
 * cancels, slow drift of the host among it. Differences are clipped to ± 3 robust standard
 * deviations around zero, after the shift has been taken off: no exchange changes that bound, nor
 * the sum of squares, so the sum orders exchanges as Student's t would.
 */
final class PairedTest extends PermutationTest {
  private static final int MOST_PAIRS_EXHAUSTIVE = 14; // 2^14 = 16,384

  private final int n;
  private final double[] differences;
  private final double leastSigma;
  private final int relabellings;
  private final boolean exhaustive;
  private final UniformRandomProvider random;

  /** Whether pair i is exchanged in relabelling r, at [r * n + i]; grows when drawn by chance. */
  private final boolean[] exchanges;

  private int drawn = 1;

  private final double[] shifted;
  private final double[] bothSigns;
  private final double[] distances;
  private double reach;

  PairedTest(double[] baseline, double[] candidate, long seed) {
    n = baseline.length;
    differences = new double[n];
    for (int i = 0; i < n; i++) {
      differences[i] = candidate[i] - baseline[i];
    }
    double[] sorted = differences.clone();
    Arrays.sort(sorted);
    leastSigma = leastSigma(sorted);
    exhaustive = n <= MOST_PAIRS_EXHAUSTIVE;
    relabellings = exhaustive ? 1 << n : RANDOM + 1;
    random = exhaustive ? null : Seeds.generator(seed);
    exchanges = exhaustive ? null : new boolean[relabellings * n];
    shifted = new double[n];
    bothSigns = new double[2 * n];
    distances = new double[n * (2 * n - 1)];
  }

  @Override
  int relabellings() {
    return relabellings;
  }

  @Override
  void shift(double logShift) {
    for (int i = 0; i < n; i++) {
      shifted[i] = differences[i] - logShift;
      bothSigns[i] = shifted[i];
      bothSigns[n + i] = -shifted[i];
    }
    reach = CLIP_SIGMAS * Math.max(RobustScale.qn(bothSigns, distances), leastSigma);
    for (int i = 0; i < n; i++) {
      shifted[i] = RobustScale.clip(shifted[i], reach);
    }
  }

  @Override
  double squaredStatistic(int relabelling) {
    double sum = 0;
    if (exhaustive) {
      for (int i = 0; i < n; i++) {
        sum += (relabelling >>> i & 1) == 1 ? -shifted[i] : shifted[i];
      }
    } else {
      drawTo(relabelling);
      for (int i = 0; i < n; i++) {
        sum += exchanges[relabelling * n + i] ? -shifted[i] : shifted[i];
      }
    }
    return sum * sum;
  }

  private void drawTo(int relabelling) {
    for (; drawn <= relabelling; drawn++) {
      for (int i = 0; i < n; i++) {
        exchanges[drawn * n + i] = random.nextBoolean();
      }
    }
  }

  @Override
  double effect() {
    return effect(() -> Arrays.stream(shifted).sum() / n);
  }

  @Override
  double standardError() {
    shift(effect());
    double squares = Arrays.stream(shifted).map(d -> d * d).sum();
    return Math.sqrt(squares / (n - 1) / n);
  }

  /** Indices of pairs whose differences are clipped once the effect is off. */
  int[] clippedPairs() {
    double effect = effect();
    shift(effect);
    return IntStream.range(0, n).filter(i -> Math.abs(differences[i] - effect) > reach).toArray();
  }
}
