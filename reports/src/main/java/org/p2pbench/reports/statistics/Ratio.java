// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.statistics;

/** A twin's value divided by the other twin's: known with an interval, or not, with the reason. */
public sealed interface Ratio {
  /** A difference smaller than this is nobody's business, and would not show in three digits. */
  double SMALLEST_DIFFERENCE = 0.005;

  /** Which way the interval points. */
  enum Direction {
    /** All of the interval is on the better side of 1, by half a per cent or more. */
    BETTER,
    /** All of the interval is on the worse side of 1, by half a per cent or more. */
    WORSE,
    /** The interval has 1 in it or comes close. */
    UNCLEAR
  }

  /**
   * @param point geometric mean of the pairs' ratios
   * @param low lower end of the 95 % interval
   * @param high upper end of the 95 % interval
   * @param pairs pairs of forks that it comes from
   */
  record Known(double point, double low, double high, int pairs) implements Ratio {

    /** Which way the interval points, for a metric of which more or less is better. */
    public Direction direction(Metric metric) {
      if (low <= 1 + SMALLEST_DIFFERENCE && high >= 1 - SMALLEST_DIFFERENCE) {
        return Direction.UNCLEAR;
      }
      return low > 1 == metric.higherIsBetter() ? Direction.BETTER : Direction.WORSE;
    }
  }

  /**
   * @param reason a few words such as "too few pairs (2)"
   */
  record Unknown(String reason) implements Ratio {}
}
