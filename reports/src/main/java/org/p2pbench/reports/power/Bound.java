// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.power;

import java.util.Locale;

/**
 * What a measured figure has to lie in.
 *
 * @param low least, or -infinity
 * @param high most, or infinity
 */
public record Bound(double low, double high) {
  private static final double BAND_ERRORS = 3;

  static final Bound NONE = new Bound(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);

  static Bound atMost(double high) {
    return new Bound(Double.NEGATIVE_INFINITY, high);
  }

  static Bound atLeast(double low) {
    return new Bound(low, Double.POSITIVE_INFINITY);
  }

  /** A level and three standard errors of so many repetitions, which an honest test stays below. */
  static Bound level(double alpha, int repetitions) {
    return atMost(alpha + BAND_ERRORS * error(alpha, repetitions));
  }

  /**
   * The same for fewer repetitions, three standard errors further: of a share the binomial ones of
   * the bound, of a mean (a bound above 1) those that were measured.
   */
  Bound widened(int repetitions, double measuredError) {
    return new Bound(
        low - BAND_ERRORS * error(low, repetitions, measuredError),
        high + BAND_ERRORS * error(high, repetitions, measuredError));
  }

  private static double error(double bound, int repetitions, double measuredError) {
    return bound > 1 && Double.isFinite(bound) ? measuredError : error(bound, repetitions);
  }

  /** Whether a figure lies in it. */
  public boolean holds(double measured) {
    return measured >= low && measured <= high;
  }

  /** Such as "<= 0.060"; "-" without one. */
  public String text() {
    if (Double.isInfinite(low)) {
      return Double.isInfinite(high) ? "-" : String.format(Locale.ROOT, "<= %.3f", high);
    }
    return Double.isInfinite(high)
        ? String.format(Locale.ROOT, ">= %.3f", low)
        : String.format(Locale.ROOT, "%.3f..%.3f", low, high);
  }

  private static double error(double share, int repetitions) {
    return share > 0 && share < 1 ? Math.sqrt(share * (1 - share) / repetitions) : 0;
  }
}
