// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.Optional;
import org.p2pbench.reports.charts.Units;
import org.p2pbench.reports.statistics.Metric;
import org.p2pbench.reports.statistics.Ratio;
import org.p2pbench.reports.statistics.RowFigures;
import org.p2pbench.reports.statistics.Spread;

/** Figures as cells and as text. */
final class Figures {
  static final String NOT_AVAILABLE = "not available here";

  /** For the note of a table in which {@link #narrowRatio} has one word for it. */
  static final String WEAK = " Weak: it holds alone, not over the table.";

  private Figures() {}

  /** A row's value with its spread over the forks. */
  static Cell cell(RowFigures row, Metric metric) {
    Optional<Spread> spread = row.spread(metric);
    if (spread.isEmpty()) {
      return Cell.none(absence(row, metric));
    }
    return switch (metric) {
      case THROUGHPUT, NEIGHBOUR_BANDWIDTH ->
          cell(spread.get(), Units.rateUnit(spread.get().median()));
      case PINS,
          UNPINS,
          SWITCHES,
          FAIRNESS,
          CYCLES,
          INSTRUCTIONS,
          IPC,
          CACHE_MISSES,
          CONTEXT_SWITCHES,
          MIGRATIONS,
          DRAM ->
          countCell(spread.get());
      case OPERATIONS -> throw new IllegalArgumentException("shown as time for each");
      default -> cell(spread.get(), Units.timeUnit(spread.get().median()));
    };
  }

  /** A time with its spread, or why there is none. */
  static Cell timeCell(Optional<Spread> spread, String absence) {
    return spread.map(s -> cell(s, Units.timeUnit(s.median()))).orElse(Cell.none(absence));
  }

  private static Cell cell(Spread spread, Units.Scaled unit) {
    String range = unit.range(spread.min(), spread.max());
    boolean same = unit.text(spread.min()).equals(unit.text(spread.max()));
    return Cell.number(unit.text(spread.median()), same ? "" : range);
  }

  private static Cell countCell(Spread spread) {
    String low = Units.count(spread.min());
    String high = Units.count(spread.max());
    return Cell.number(Units.count(spread.median()), low.equals(high) ? "" : low + "–" + high);
  }

  private static String absence(RowFigures row, Metric metric) {
    return switch (metric) {
      case P50, P90, P99, P999 ->
          row.spread(Metric.MAX).isEmpty() ? "not recorded" : "not measurable";
      default -> row.forks().isEmpty() ? "not measured" : "not counted";
    };
  }

  /** "not available here: why", of whatever words the run has for it. */
  static String notAvailable(String reason) {
    return reason.startsWith(NOT_AVAILABLE) ? reason : NOT_AVAILABLE + ": " + reason;
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
          Units.factor(known.point()) + " " + interval(known), verdict(known, metric), look);
    }
    return Cell.none(((Ratio.Unknown) ratio).reason());
  }

  /**
   * A ratio for tables of many: the interval stands below, and a verdict only where there is one.
   */
  static Cell narrowRatio(Ratio ratio, Metric metric) {
    Cell wide = ratio(ratio, metric);
    if (ratio instanceof Ratio.Known known) {
      boolean clear = known.direction(metric) != Ratio.Direction.UNCLEAR;
      return new Cell(
          Units.factor(known.point())
              + (clear ? " " + verdict(known, metric) : known.weak() ? " weak" : ""),
          interval(known),
          wide.look());
    }
    return wide;
  }

  /** "[1.18, 1.29]". */
  static String interval(Ratio.Known ratio) {
    return "[" + Units.number(ratio.low()) + ", " + Units.number(ratio.high()) + "]";
  }

  /** "better", "worse", what is weak, or "no clear difference". */
  static String verdict(Ratio.Known ratio, Metric metric) {
    return switch (ratio.direction(metric)) {
      case BETTER -> "better";
      case WORSE -> "worse";
      case UNCLEAR ->
          ratio.weak() ? "weak: holds alone, not over the table" : "no clear difference";
    };
  }
}
