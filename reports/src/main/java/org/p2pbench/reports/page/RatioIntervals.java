// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.p2pbench.reports.charts.Chart;
import org.p2pbench.reports.charts.ChartAxis;
import org.p2pbench.reports.charts.ChartAxis.Kind;
import org.p2pbench.reports.charts.Series;
import org.p2pbench.reports.rundir.MachineClass;
import org.p2pbench.reports.statistics.Ratio;

/** A chart of ratios one below the other, each with its interval. Collects; not thread-safe. */
final class RatioIntervals {
  private final List<String> labels = new ArrayList<>();
  private final Map<String, List<Series.Interval>> points = new LinkedHashMap<>();
  private final Map<String, Integer> styles = new LinkedHashMap<>();

  /**
   * Adds the next line; nothing for a ratio that is not known.
   *
   * @param label of the line: shown where it first comes up, for all lines until the next one
   * @param series what the legend calls it
   */
  void add(String label, String series, int style, Ratio ratio) {
    if (ratio instanceof Ratio.Known known) {
      points
          .computeIfAbsent(series, s -> new ArrayList<>())
          .add(new Series.Interval(labels.size(), known.low(), known.point(), known.high()));
      styles.put(series, style);
      // A blank of another length for each: names on an axis must differ.
      labels.add(labels.contains(label) ? " ".repeat(labels.size() + 1) : label);
    }
  }

  /** The chart; empty where no ratio is known. */
  Optional<Chart> chart(
      String id, String title, String caption, MachineClass machineClass, String axis) {
    List<Series> series = new ArrayList<>();
    points.forEach((name, p) -> series.add(Series.intervals(name, styles.get(name), p)));
    return series.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Chart(
                id,
                title,
                caption,
                machineClass,
                ChartAxis.of(axis, Kind.FACTOR),
                ChartAxis.categories(labels),
                series));
  }
}
