// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.regression;

import java.util.Arrays;
import java.util.OptionalDouble;

/** How far two runs of the same thing lie apart on a machine. */
public final class NoiseFloor {
  /** Fewer comparisons of a side with itself say nothing about their 95 % quantile. */
  public static final int FEWEST = 10;

  private static final double QUANTILE = 0.95;
  // Normal quantiles of a two-sided 5 % and of a power of 80 %.
  private static final double DETECTABLE_SIGMAS = 1.959964 + 0.841621;

  private NoiseFloor() {}

  /**
   * The relative change that 95 % of comparisons of a side with itself stay below.
   *
   * @param ratios candidate / baseline of comparisons where both were the same
   * @return empty with fewer than {@link #FEWEST}
   */
  public static OptionalDouble of(double[] ratios) {
    if (ratios.length < FEWEST) {
      return OptionalDouble.empty();
    }
    double[] sizes = Arrays.stream(ratios).map(r -> Math.abs(Math.log(r))).sorted().toArray();
    return OptionalDouble.of(
        Math.expm1(sizes[(int) Math.ceil(QUANTILE * sizes.length - 1e-9) - 1]));
  }

  /**
   * The smallest relative change that is found in 80 % of comparisons (normal approximation).
   *
   * @param variation standard deviation of the logarithms of one side's forks
   * @param forks on each side
   */
  public static double smallestVisible(double variation, int forks) {
    return Math.expm1(DETECTABLE_SIGMAS * variation * Math.sqrt(2.0 / forks));
  }
}
