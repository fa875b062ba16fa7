// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.Optional;
import java.util.function.DoubleFunction;
import org.p2pbench.reports.charts.Units;
import org.p2pbench.reports.statistics.Metric;
import org.p2pbench.reports.statistics.Ratio;
import org.p2pbench.reports.statistics.RowFigures;
import org.p2pbench.reports.statistics.Spread;

/** Figures as cells and as text. */
final class Figures {
  private Figures() {}

  /** How a metric's values are written. */
  static String text(Metric metric, double value) {
    return switch (metric) {
      case THROUGHPUT -> Units.rate(value);
      case OPERATIONS -> Units.number(value) + "/s";
      case P50, P90, P99, P999, MAX, CPU_PER_TRANSACTION -> Units.time(value);
      case CPU_PER_GIB, CPU_USER_PER_GIB, CPU_SYSTEM_PER_GIB -> Units.time(value);
      case PINS, UNPINS, SWITCHES -> Units.count(value);
    };
  }

  /** A row's value with its spread over the forks. */
  static Cell cell(RowFigures row, Metric metric) {
    return cell(row.spread(metric), value -> text(metric, value), absence(row, metric));
  }

  /** A value with its spread, or why there is none. */
  static Cell cell(Optional<Spread> spread, DoubleFunction<String> text, String absence) {
    if (spread.isEmpty()) {
      return Cell.none(absence);
    }
    Spread s = spread.get();
    String low = text.apply(s.min());
    String high = text.apply(s.max());
    String range = s.forks() < 2 || low.equals(high) ? "" : range(low, high);
    return Cell.number(text.apply(s.median()), range);
  }

  /** "12.1–12.9 µs" for "12.1 µs" and "12.9 µs"; both units where they differ. */
  private static String range(String low, String high) {
    int unit = low.indexOf(' ');
    boolean sameUnit = unit > 0 && high.endsWith(low.substring(unit));
    return (sameUnit ? low.substring(0, unit) : low) + "–" + high;
  }

  private static String absence(RowFigures row, Metric metric) {
    return switch (metric) {
      case P50, P90, P99, P999 ->
          row.spread(Metric.MAX).isEmpty() ? "not recorded" : "not measurable";
      default -> row.forks().isEmpty() ? "not measured" : "not counted";
    };
  }

  /** A ratio with its interval, coloured where the interval leaves no doubt. */
  static Cell ratio(Ratio ratio, Metric metric) {
    if (ratio instanceof Ratio.Known known) {
      Cell.Look look =
          switch (known.direction(metric)) {
            case BETTER -> Cell.Look.BETTER;
            case WORSE -> Cell.Look.WORSE;
            case UNCLEAR -> Cell.Look.NUMBER;
          };
      return new Cell(
          Units.factor(known.point()), interval(known) + " " + verdict(known, metric), look);
    }
    return Cell.none(((Ratio.Unknown) ratio).reason());
  }

  /** "[1.18, 1.29]". */
  static String interval(Ratio.Known ratio) {
    return "[" + Units.number(ratio.low()) + ", " + Units.number(ratio.high()) + "]";
  }

  /** "better", "worse" or "no clear difference". */
  static String verdict(Ratio.Known ratio, Metric metric) {
    return switch (ratio.direction(metric)) {
      case BETTER -> "better";
      case WORSE -> "worse";
      case UNCLEAR -> "no clear difference";
    };
  }
}
