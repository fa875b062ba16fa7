// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.regression;

import java.util.function.DoubleSupplier;

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
  /** Values further from the centre than so many robust standard deviations are clipped. */
  static final double CLIP_SIGMAS = 3;

  // Rounding of sums in another order must not break a tie with the data as they are.
  private static final double TIE = 1 - 1e-9;

  // Of an interval's end, in standard errors: no coarser than 10,000 relabellings by chance are.
  private static final double BOUND_PRECISION = 0.02;
  private static final int MOST_STEPS = 100;

  final Relabellings relabellings;

  /** Sums over subsets of the shifted values, tabulated by {@link #observed}. */
  final double[] table;

  private final double[] sums = new double[Relabellings.CHUNK];
  private double effect = Double.NaN;
  private double standardError = Double.NaN;

  PermutationTest(Relabellings relabellings) {
    this.relabellings = relabellings;
    table = relabellings.table();
  }

  /** Takes the shift off the candidate; statistics are of the shifted data from here on. */
  abstract void shift(double logShift);

  /** Tabulates sums for {@link #reaching}, and returns the statistic of the data as they are. */
  abstract double observed();

  /** Relabellings of a chunk whose statistic is so great or greater: so extreme or more. */
  abstract int reaching(int chunk, double least);

  /** Whether the statistic is the absolute difference of two sums of the shifted values. */
  abstract boolean linear();

  /** Whether the last shift left all values as they are. */
  abstract boolean unclipped();

  /** Sums over each subset of a chunk, after {@link #observed}. */
  final double[] sums(int chunk) {
    relabellings.sums(chunk, table, sums);
    return sums;
  }

  /** Sum of all shifted values. */
  abstract double total();

  /** The shift that leaves no difference of clipped means, by {@link #withoutDifference}. */
  abstract double findEffect();

  /** Standard error of the difference after the last shift. */
  abstract double errorAfterShift();

  /**
   * The shift that leaves no difference: of the means of what is clipped at that very shift. It is
   * always inside the interval.
   */
  final double effect() {
    if (Double.isNaN(effect)) {
      effect = findEffect();
    }
    return effect;
  }

  /** Standard error of the effect. */
  private double standardError() {
    if (Double.isNaN(standardError)) {
      shift(effect());
      standardError = errorAfterShift();
    }
    return standardError;
  }

  /** Share of relabellings that are as extreme as the data after a shift. */
  final double p(double logShift) {
    return (double) asExtreme(logShift, Integer.MAX_VALUE) / relabellings.count();
  }

  /** Whether p of a shift is at most alpha; stops as soon as that is decided. */
  final boolean rejects(double logShift, double alpha) {
    int allowed = (int) Math.floor(alpha * relabellings.count() + 1e-9);
    return asExtreme(logShift, allowed) <= allowed;
  }

  /** Relabellings as extreme as the data, themselves included; enough where more than asked. */
  private int asExtreme(double logShift, int enough) {
    shift(logShift);
    double least = observed() * TIE;
    int asExtreme = 0;
    for (int chunk = 0; chunk < relabellings.chunks() && asExtreme <= enough; chunk++) {
      asExtreme += reaching(chunk, least);
    }
    return asExtreme;
  }

  /**
   * End of the interval in a direction (-1 or 1): of the shifts that are not rejected, or of those
   * next to the effect where they are several stretches. The interval has zero in it exactly where
   * p(0) exceeds alpha.
   */
  final double bound(int direction, double alpha, boolean zeroRejected) {
    double end = linear() ? solved(direction, alpha) : Double.NaN;
    boolean towardsZero = Math.signum(-effect()) == direction;
    boolean zeroInside = Math.abs(end - effect()) >= Math.abs(effect());
    boolean agrees = !towardsZero || zeroInside == !zeroRejected;
    return Double.isNaN(end) || !agrees ? bisected(direction, alpha, zeroRejected) : end;
  }

  /**
   * The end without a search, where nothing is clipped at it nor at the effect: differences of sums
   * are linear in the shift then, so that each relabelling is as extreme as the data up to a shift
   * of its own, and the end is where alpha of them are left. NaN where something is clipped.
   */
  private double solved(int direction, double alpha) {
    shift(effect());
    if (!unclipped()) {
      return Double.NaN;
    }
    observed(); // tabulates
    double[] limits = new double[relabellings.count()];
    for (int chunk = 0; chunk < relabellings.chunks(); chunk++) {
      limits(chunk, direction, limits);
    }
    int allowed = (int) Math.floor(alpha * limits.length + 1e-9);
    double limit = RobustScale.select(limits, limits.length, limits.length - 1 - allowed);
    double end = effect() + direction * limit;
    if (Double.isInfinite(end)) {
      return end;
    }
    shift(end);
    return unclipped() ? end : Double.NaN;
  }

  /**
   * With c the difference of a relabelling's sums at the effect, where that of the data is 0, and k
   * of its K shifted values among those summed: a further shift u leaves |c - (2k - K) u| against K
   * |u|. It is as large for all u where k is 0 or K: then both are the same.
   */
  private void limits(int chunk, int direction, double[] limits) {
    double[] sums = sums(chunk);
    short[] moved = relabellings.moved(chunk);
    double total = total();
    int all = relabellings.movable();
    int offset = chunk * Relabellings.CHUNK;
    for (int i = 0; i < relabellings.size(chunk); i++) {
      double difference = 2 * sums[i] - total;
      int k = moved[i];
      int slope = difference > 0 == direction > 0 ? k : all - k;
      limits[offset + i] =
          k == 0 || k == all ? Double.POSITIVE_INFINITY : Math.abs(difference) / (2 * slope);
    }
  }

  /** The end by bisection. Zero is one end of the bracket wherever it lies on that side. */
  private double bisected(int direction, double alpha, boolean zeroRejected) {
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
  final double withoutDifference(DoubleSupplier left) {
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

  /**
   * How many sums split the total as unevenly: squares of the difference of both parts that reach
   * the least. Of two sides with as many values, or pairs, that orders relabellings as Student's t.
   */
  static int uneven(double[] sums, int count, double total, double least) {
    int uneven = 0;
    for (int i = 0; i < count; i++) {
      double difference = 2 * sums[i] - total;
      uneven += difference * difference >= least ? 1 : 0;
    }
    return uneven;
  }

  static double squared(double difference, double variance) {
    if (variance > 0) {
      return difference * difference / variance;
    }
    return difference == 0 ? 0 : Double.POSITIVE_INFINITY;
  }
}
