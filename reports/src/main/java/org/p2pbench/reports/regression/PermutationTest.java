// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.regression;

import java.util.function.DoubleSupplier;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * A test whose null distribution is the statistic over relabellings of the data, and whose interval
 * is the set of shifts of the candidate that the same test, with the same relabellings, does not
 * reject: p and interval cannot disagree. Clipping bounds come from the data of both sides
 * together, so that no relabelling changes them; bounds from each side's own values would have to
 * be computed anew for each relabelling, or false alarms exceed the nominal rate.
 *
 * <p>Scratch is the instance's: one thread at a time.
 */
abstract class PermutationTest {
  /** Up to so many relabellings all are used (8 + 8 forks have 12,870). */
  static final int MOST_EXHAUSTIVE = 20_000;

  /** Values further from the centre than so many robust standard deviations are clipped. */
  static final double CLIP_SIGMAS = 3;

  /** Otherwise so many, by chance, and the data as they are. */
  static final int RANDOM = 9_999;

  // Rounding of sums in another order must not break a tie with the data as they are.
  private static final double TIE = 1 - 1e-9;
  private static final double BOUND_PRECISION = 0.005;
  private static final int MOST_STEPS = 100;

  /** Relabellings, the data as they are (number 0) included. */
  abstract int relabellings();

  /** Takes the shift off the candidate; statistics are of the shifted data from here on. */
  abstract void shift(double logShift);

  /** Square of the studentised difference under a relabelling; 0 is the data as they are. */
  abstract double squaredStatistic(int relabelling);

  /**
   * The shift that leaves no difference: of the means of what is clipped at that very shift. It is
   * always inside the interval.
   */
  abstract double effect();

  /** Standard error of the effect. */
  abstract double standardError();

  /** Share of relabellings that are as extreme as the data after a shift. */
  final double p(double logShift) {
    shift(logShift);
    double observed = squaredStatistic(0) * TIE;
    int asExtreme = 1;
    for (int r = 1; r < relabellings(); r++) {
      if (squaredStatistic(r) >= observed) {
        asExtreme++;
      }
    }
    return (double) asExtreme / relabellings();
  }

  /** Whether p of a shift is at most alpha; stops as soon as that is decided. */
  final boolean rejects(double logShift, double alpha) {
    shift(logShift);
    double observed = squaredStatistic(0) * TIE;
    int allowed = (int) Math.floor(alpha * relabellings() + 1e-9);
    int asExtreme = 1;
    for (int r = 1; r < relabellings() && asExtreme <= allowed; r++) {
      if (squaredStatistic(r) >= observed) {
        asExtreme++;
      }
    }
    return asExtreme <= allowed;
  }

  /**
   * End of the interval in a direction (-1 or 1), by bisection. Zero is one end of the bracket
   * wherever it lies on that side, so that the interval has zero in it exactly where p(0) exceeds
   * alpha.
   */
  final double bound(int direction, double alpha, boolean zeroRejected) {
    double effect = effect();
    double step = Math.max(2 * standardError(), 1e-9);
    double inside = effect;
    double outside = Double.NaN;
    if (Math.signum(-effect) == direction) {
      if (zeroRejected) {
        outside = 0;
      } else {
        inside = 0;
      }
    }
    while (Double.isNaN(outside)) {
      double next = inside + direction * step;
      if (rejects(next, alpha)) {
        outside = next;
      } else {
        inside = next;
        step *= 2;
      }
      if (step > 1e6) {
        return direction * Double.POSITIVE_INFINITY;
      }
    }
    double precision = Math.max(BOUND_PRECISION * standardError(), 1e-12);
    while (Math.abs(outside - inside) > precision) {
      double middle = (inside + outside) / 2;
      if (rejects(middle, alpha)) {
        outside = middle;
      } else {
        inside = middle;
      }
    }
    return (inside + outside) / 2;
  }

  /**
   * Finds the effect from what is left of it after the last shift: the difference of clipped means
   * falls as the shift rises, so that each step comes closer from the same side.
   */
  final double effect(DoubleSupplier left) {
    double effect = 0;
    double step = Double.POSITIVE_INFINITY;
    for (int i = 0; i < MOST_STEPS && Math.abs(step) > 1e-12; i++) {
      shift(effect);
      step = left.getAsDouble();
      effect += step;
    }
    return effect;
  }

  /** Half the smallest difference between two values: the least sigma where most are equal. */
  static double leastSigma(double[] sorted) {
    double least = Double.POSITIVE_INFINITY;
    for (int i = 1; i < sorted.length; i++) {
      double gap = sorted[i] - sorted[i - 1];
      if (gap > 1e-12) {
        least = Math.min(least, gap);
      }
    }
    return Double.isInfinite(least) ? 0 : least / 2;
  }

  /** Moves {@code chosen} values, drawn without replacement, to the front. */
  static void shuffleFront(int[] values, int chosen, UniformRandomProvider random) {
    for (int i = 0; i < chosen; i++) {
      int j = i + random.nextInt(values.length - i);
      int swap = values[i];
      values[i] = values[j];
      values[j] = swap;
    }
  }

  static double squared(double difference, double variance) {
    if (variance > 0) {
      return difference * difference / variance;
    }
    return difference == 0 ? 0 : Double.POSITIVE_INFINITY;
  }
}
