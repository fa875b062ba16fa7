// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.charts;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/**
 * Figures as people read them: three significant digits and a unit. Sizes and rates are binary
 * (KiB, GiB/s), times decimal (ns, µs, ms, s). The same in every locale.
 */
public final class Units {
  private static final MathContext THREE_DIGITS = new MathContext(3, RoundingMode.HALF_UP);
  private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB"};
  private static final String[] TIME = {"ns", "µs", "ms", "s"};

  /** What has three digits rounds to four from here on: it goes to the next unit. */
  private static final double ROUNDS_UP = 999.5;

  private Units() {}

  /** A number with three significant digits: 0.0123, 1.20, 45.6, 789, 1230. */
  public static String number(double value) {
    if (value == 0) {
      return "0";
    }
    if (!Double.isFinite(value)) {
      return "unknown";
    }
    BigDecimal rounded = new BigDecimal(value).round(THREE_DIGITS);
    int decimals = Math.max(0, 3 - (rounded.precision() - rounded.scale()));
    return rounded.setScale(decimals, RoundingMode.HALF_UP).toPlainString();
  }

  /** A whole number of bytes as it was chosen: 4 KiB, 1.5 MiB, 512 B. */
  public static String bytes(double bytes) {
    int power = power(bytes, 1024, 1024, BINARY.length);
    double scaled = bytes / Math.pow(1024, power);
    String number =
        scaled == Math.rint(scaled) ? String.format(Locale.ROOT, "%.0f", scaled) : number(scaled);
    return number + " " + BINARY[power];
  }

  /** Bytes per second: 1.23 GiB/s. */
  public static String rate(double bytesPerSecond) {
    return rateUnit(bytesPerSecond).text(bytesPerSecond);
  }

  /** A time: 12.3 µs. */
  public static String time(double ns) {
    return timeUnit(ns).text(ns);
  }

  /** A factor: 1.23×. */
  public static String factor(double ratio) {
    return number(ratio) + "×";
  }

  /** A count per transaction: whole numbers in full, since they are exact (1024, not 1020). */
  public static String count(double count) {
    return Math.abs(count - Math.rint(count)) < 5e-7 || count >= 1000
        ? String.format(Locale.ROOT, "%.0f", count)
        : number(count);
  }

  /** A tick's value: all its digits up to the sixth decimal, no zeros at the end. */
  static String exact(double value) {
    BigDecimal rounded = BigDecimal.valueOf(Math.rint(value * 1e6) / 1e6);
    return rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
  }

  /** The unit that a time of {@code ns} is written in. */
  public static Scaled timeUnit(double ns) {
    int power = power(ns, 1000, ROUNDS_UP, TIME.length);
    return new Scaled(TIME[power], Math.pow(1000, power));
  }

  /** The unit that a rate of {@code bytesPerSecond} is written in. */
  public static Scaled rateUnit(double bytesPerSecond) {
    int power = power(bytesPerSecond, 1024, ROUNDS_UP, BINARY.length);
    return new Scaled(BINARY[power] + "/s", Math.pow(1024, power));
  }

  /**
   * A unit.
   *
   * @param size how much of the base unit it holds
   */
  public record Scaled(String name, double size) {

    /** A value in this unit. */
    public String text(double value) {
      return number(value / size) + " " + name;
    }

    /** A range in this unit: 12.1–12.9 µs. */
    public String range(double low, double high) {
      return number(low / size) + "–" + number(high / size) + " " + name;
    }
  }

  private static int power(double value, double base, double next, int units) {
    int power = 0;
    while (power < units - 1 && value >= next) {
      value /= base;
      power++;
    }
    return power;
  }
}
