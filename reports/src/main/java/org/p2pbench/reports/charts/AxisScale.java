// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.charts;

import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.function.DoubleUnaryOperator;

/**
 * How one axis maps values to positions. XChart places ticks only at round positions, so values are
 * transformed first, in such a way that the round positions are the ticks wanted: log2 for sizes,
 * log10 for wide ranges, the unit's multiples for linear axes.
 *
 * @param position from a value to its place on the axis
 * @param label text of the tick at a position
 * @param wholeTicks whether only whole positions have ticks
 */
record AxisScale(
    String title,
    double min,
    double max,
    DoubleUnaryOperator position,
    DoubleFunction<String> label,
    boolean wholeTicks) {

  private static final double LOG_FROM_SPAN = 6;
  private static final double DECADES_FROM_SPAN = 1024;

  /** Below this a linear axis of factors looks the same, and has more round numbers. */
  private static final double FACTOR_LOG_FROM_SPAN = 4;

  private static final double PAD = 0.04;
  private static final double WINDOW_PAD = 0.15;

  /** The scale of an axis for values from {@code low} to {@code high}. */
  static AxisScale of(ChartAxis axis, double low, double high, int mostTicks) {
    return switch (axis.kind()) {
      case BLOCK_BYTES -> octaves(axis.title(), low, high, mostTicks, Units::bytes);
      case POWERS_OF_TWO -> octaves(axis.title(), low, high, mostTicks, Units::exact);
      case TIME -> time(axis.title(), low, high, mostTicks);
      case TIME_FROM_ZERO -> linear(axis.title(), high, Units.timeUnit(high));
      case RATE -> rate(axis.title(), low, high, mostTicks);
      case NINES -> nines(axis.title(), high);
      case SHARE -> linear(axis.title(), high * 100, new Units.Scaled("%", 1)).scaledBy(100);
      case FACTOR -> factor(axis.title(), low, high, mostTicks);
      case RUNS -> runs(axis.title(), low, high, mostTicks);
      case TIME_AROUND -> window(axis.title(), low, high, Units.timeUnit(high));
      case RATE_AROUND -> window(axis.title(), low, high, Units.rateUnit(high));
      case PER_SECOND_AROUND -> window(axis.title(), low, high, new Units.Scaled("1/s", 1));
      case COUNT_AROUND -> window(axis.title(), low, high, new Units.Scaled("count", 1));
      case CATEGORIES -> categories(axis);
    };
  }

  /** Ticks at powers of two, or of four, eight… where there is no room for all of them. */
  private static AxisScale octaves(
      String title, double low, double high, int mostTicks, DoubleFunction<String> label) {
    double octaves = Math.max(1, log2(high) - log2(low));
    double step = Math.ceil(octaves / mostTicks);
    double pad = Math.max(PAD * octaves, 0.12);
    return new AxisScale(
        title,
        (log2(low) - pad) / step,
        (log2(low) + octaves + pad) / step,
        v -> log2(v) / step,
        p -> label.apply(Math.pow(2, p * step)),
        true);
  }

  private static AxisScale time(String title, double low, double high, int mostTicks) {
    if (!(low > 0) || high / low < LOG_FROM_SPAN) {
      return window(title, low, high, Units.timeUnit(high));
    }
    if (high / low >= DECADES_FROM_SPAN) {
      return decades(title, low, high, Units::time);
    }
    // One unit for the whole axis, that of its middle: the ticks are 0.5, 1, 2, 4… of it.
    Units.Scaled unit = Units.timeUnit(Math.sqrt(low * high));
    return octaves(
            title + ", " + unit.name(),
            low / unit.size(),
            high / unit.size(),
            mostTicks,
            Units::exact)
        .scaledBy(1 / unit.size());
  }

  private static AxisScale rate(String title, double low, double high, int mostTicks) {
    if (!(low > 0) || high / low < LOG_FROM_SPAN) {
      return linear(title, high, Units.rateUnit(high));
    }
    return octaves(title, low, high, mostTicks, v -> Units.bytes(v) + "/s");
  }

  private static AxisScale decades(
      String title, double low, double high, DoubleFunction<String> label) {
    double min = Math.log10(low);
    double max = Math.log10(high);
    double pad = PAD * (max - min);
    return new AxisScale(
        title, min - pad, max + pad, Math::log10, p -> label.apply(Math.pow(10, p)), true);
  }

  private static AxisScale linear(String title, double high, Units.Scaled unit) {
    double top = high > 0 ? high / unit.size() * (1 + PAD) : 1;
    // XChart leaves out a tick that stands exactly at the end.
    return new AxisScale(
        title + ", " + unit.name(), -1e-6 * top, top, v -> v / unit.size(), Units::exact, false);
  }

  /** Linear over the values alone, for curves that would else be squeezed together. */
  private static AxisScale window(String title, double low, double high, Units.Scaled unit) {
    double pad = Math.max(WINDOW_PAD * (high - low), 0.01 * high);
    return new AxisScale(
        title + ", " + unit.name(),
        Math.max(0, low - pad) / unit.size(),
        (high + pad) / unit.size(),
        v -> v / unit.size(),
        Units::exact,
        false);
  }

  private static AxisScale nines(String title, double high) {
    return new AxisScale(
        title, -Math.log10(0.5), Math.max(high, 1) + 0.15, v -> v, p -> nine(p) + " %", true);
  }

  /** Half as much and twice as much are as far from 1 where the values span a lot. */
  private static AxisScale factor(String title, double low, double high, int mostTicks) {
    double least = Math.min(low, 1);
    double most = Math.max(high, 1);
    if (least > 0 && most / least >= FACTOR_LOG_FROM_SPAN) {
      return octaves(title, least, most, mostTicks, AxisScale::shortFactor);
    }
    double pad = Math.max(0.1 * (most - least), 0.01);
    return new AxisScale(title, least - pad, most + pad, v -> v, p -> Units.exact(p) + "×", false);
  }

  /** Three digits without zeros at the end: 0.0313×, 0.25×, 8×. */
  private static String shortFactor(double factor) {
    return Units.exact(Double.parseDouble(Units.number(factor))) + "×";
  }

  /** Ticks at multiples of 1, 2 or 5 times a power of ten. */
  private static AxisScale runs(String title, double low, double high, int mostTicks) {
    double least = Math.max(1, (high - low) / mostTicks);
    double power = Math.pow(10, Math.floor(Math.log10(least)));
    double digit = least / power;
    double step = power * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10);
    double pad = Math.max(PAD * (high - low), 0.5);
    return new AxisScale(
        title,
        (low - pad) / step,
        (high + pad) / step,
        v -> v / step,
        p -> Units.exact(p * step),
        true);
  }

  private static AxisScale categories(ChartAxis axis) {
    int last = axis.categories().size() - 1;
    return new AxisScale(
        "",
        -0.6,
        last + 0.6,
        v -> last - v, // XChart counts upwards, people read downwards
        p -> category(axis, last - (int) Math.rint(p)),
        true);
  }

  private static String category(ChartAxis axis, int index) {
    return index >= 0 && index < axis.categories().size()
        ? axis.categories().get(index)
        : String.valueOf(index);
  }

  /** The percentile at whole nines: 0, 90, 99, 99.9. */
  static String nine(double nines) {
    int whole = (int) Math.rint(nines);
    if (whole < 0) {
      return String.valueOf(whole);
    }
    return whole < 3
        ? String.valueOf(100 - (int) Math.rint(Math.pow(10, 2.0 - whole)))
        : String.format(Locale.ROOT, "99.%s", "9".repeat(whole - 2));
  }

  /** Room for text to the right of the greatest value. */
  AxisScale withRoom(double share) {
    return new AxisScale(title, min, max + share * (max - min), position, label, wholeTicks);
  }

  private AxisScale scaledBy(double factor) {
    return new AxisScale(
        title, min, max, v -> position.applyAsDouble(v * factor), label, wholeTicks);
  }

  private static double log2(double value) {
    return Math.log(value) / Math.log(2);
  }
}
