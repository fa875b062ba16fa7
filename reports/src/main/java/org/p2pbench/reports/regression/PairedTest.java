// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.regression;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Pairs of neighbouring forks on the log scale: sum of the pairs' clipped differences, over
 * exchanges of the two forks of a pair (signs of the differences). What both forks of a pair see
 * cancels, slow drift of the host among it. Differences are clipped to ± 3 robust standard
 * deviations around zero, after the shift has been taken off: no exchange changes that bound, nor
 * the sum of squares, so the sum orders exchanges as Student's t would.
 */
final class PairedTest extends PermutationTest {
  private final int n;
  private final double[] differences;
  private final double leastSigma;
  private final double[] shifted;
  private final double[] bothSigns;
  private final double[] distances;
  private double reach;
  private double sum;

  PairedTest(double[] baseline, double[] candidate, long seed) {
    this(baseline, candidate, Relabellings.exchanges(baseline.length, seed));
  }

  private PairedTest(double[] baseline, double[] candidate, Relabellings relabellings) {
    super(relabellings);
    n = baseline.length;
    differences = new double[n];
    for (int i = 0; i < n; i++) {
      differences[i] = candidate[i] - baseline[i];
    }
    double[] sorted = differences.clone();
    Arrays.sort(sorted);
    leastSigma = leastSigma(sorted);
    shifted = new double[n];
    bothSigns = new double[2 * n];
    distances = new double[n * (2 * n - 1)];
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
    sum = Arrays.stream(shifted).sum();
  }

  @Override
  double observed() {
    relabellings.tabulate(shifted, table);
    return sum * sum;
  }

  @Override
  boolean linear() {
    return true;
  }

  @Override
  boolean unclipped() {
    return Arrays.stream(bothSigns).allMatch(d -> d <= reach);
  }

  @Override
  double total() {
    return sum;
  }

  @Override
  int reaching(int chunk, double least) {
    return uneven(sums(chunk), relabellings.size(chunk), sum, least);
  }

  @Override
  double findEffect() {
    return withoutDifference(() -> sum / n);
  }

  @Override
  double errorAfterShift() {
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
