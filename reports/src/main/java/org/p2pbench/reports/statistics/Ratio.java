// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.statistics;

/** A twin's value divided by the other twin's: known with an interval, or not, with the reason. */
public sealed interface Ratio {
  /** A difference smaller than this is nobody's business, and would not show in three digits. */
  double SMALLEST_DIFFERENCE = 0.005;

  /** Which way the interval points. */
  enum Direction {
    /** It holds, and all of the interval is half a per cent or more on the better side of 1. */
    BETTER,
    /** Likewise, on the worse side. */
    WORSE,
    /** The interval has 1 in it or comes close, or p is above 5 %. */
    UNCLEAR
  }

  /**
   * @param point geometric mean of the pairs' ratios
   * @param low lower end of the 95 % interval
   * @param high upper end of the 95 % interval
   * @param pairs pairs of forks that it comes from
   * @param p two-sided, of a ratio of 1; adjusted where the ratio is one of a table
   */
  record Known(double point, double low, double high, int pairs, double p) implements Ratio {
    private static final double LEVEL = 0.05;

    /** The same with p adjusted for the ratios that it stands among. */
    public Known withP(double adjusted) {
      return new Known(point, low, high, pairs, adjusted);
    }

    /** Which way the interval points, for a metric of which more or less is better. */
    public Direction direction(Metric metric) {
      if (close() || p > LEVEL) {
        return Direction.UNCLEAR;
      }
      return low > 1 == metric.higherIsBetter() ? Direction.BETTER : Direction.WORSE;
    }

    /** Whether it is unclear for the ratios that it stands among alone: by itself it would hold. */
    public boolean weak() {
      return !close() && p > LEVEL;
    }

    private boolean close() {
      return low <= 1 + SMALLEST_DIFFERENCE && high >= 1 - SMALLEST_DIFFERENCE;
    }
  }

  /**
   * @param reason a few words such as "too few pairs (2)"
   */
  record Unknown(String reason) implements Ratio {}
}
