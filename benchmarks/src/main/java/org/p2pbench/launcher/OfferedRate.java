// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A rate that an open loop is offered, as typed: transactions per second, or a percentage of the
 * closed loop's.
 *
 * @param value transactions per second or per cent
 * @param relative whether it is a percentage
 */
record OfferedRate(long value, boolean relative) {

  private static final Pattern FORM = Pattern.compile("(\\d{1,9})(%?)");
  private static final long MOST_PER_SECOND = 10_000_000;
  private static final long MOST_PER_CENT = 1000;
  private static final MathContext THREE_DIGITS = new MathContext(3);

  /** Checks the range. */
  OfferedRate {
    long most = relative ? MOST_PER_CENT : MOST_PER_SECOND;
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(
          relative
              ? "rate %d%% is out of range: 1%% to %d%% of the closed loop's".formatted(value, most)
              : "rate %d is out of range: 1 to %d transactions per second".formatted(value, most));
    }
  }

  /**
   * Reads a rate.
   *
   * @throws IllegalArgumentException one line: what, why, what to do
   */
  static OfferedRate parse(String text) {
    Matcher matcher = FORM.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'%s' is not a rate: write whole transactions per second such as 12000, or a percentage of the closed loop's such as 60%%"
              .formatted(text));
    }
    return new OfferedRate(Long.parseLong(matcher.group(1)), !matcher.group(2).isEmpty());
  }

  /**
   * Transactions per second, of three digits: the measured rate has no more.
   *
   * @param closedLoopPerSecond what it is a percentage of
   */
  long perSecond(double closedLoopPerSecond) {
    if (!relative) {
      return value;
    }
    BigDecimal exact = BigDecimal.valueOf(closedLoopPerSecond * value / 100);
    long rounded = exact.round(THREE_DIGITS).longValue();
    return Math.max(1, Math.min(rounded, MOST_PER_SECOND));
  }
}
