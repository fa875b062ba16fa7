// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.ArrayList;
import java.util.Arrays;
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
  private final Map<String, List<Point>> points = new LinkedHashMap<>();
  private final Map<String, Integer> styles = new LinkedHashMap<>();

  private record Point(int line, Ratio.Known ratio) {}

  /**
   * Adds the next line; nothing for a ratio that is not known.
   *
   * @param label of the line: shown where it first comes up, for all lines until the next one
   * @param series what the legend calls it
   */
  void add(String label, String series, int style, Ratio ratio) {
    if (ratio instanceof Ratio.Known known) {
      points.computeIfAbsent(series, s -> new ArrayList<>()).add(new Point(labels.size(), known));
      styles.put(series, style);
      // A blank of another length for each: names on an axis must differ.
      labels.add(labels.contains(label) ? " ".repeat(labels.size() + 1) : label);
    }
  }

  /** The chart; empty where no ratio is known. */
  Optional<Chart> chart(
      String id, String title, String caption, MachineClass machineClass, String axis) {
    List<Series> series = new ArrayList<>();
    points.forEach((name, p) -> series.add(series(name, styles.get(name), p)));
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

  /** Three points for each interval, and a gap to the next one. */
  private static Series series(String name, int style, List<Point> points) {
    double[] x = new double[points.size() * 4 - 1];
    double[] y = new double[x.length];
    Arrays.fill(x, Double.NaN);
    Arrays.fill(y, Double.NaN);
    for (int i = 0; i < points.size(); i++) {
      Point point = points.get(i);
      x[4 * i] = point.ratio().low();
      x[4 * i + 1] = point.ratio().point();
      x[4 * i + 2] = point.ratio().high();
      Arrays.fill(y, 4 * i, 4 * i + 3, point.line());
    }
    return new Series(name, style, Series.Form.INTERVALS, x, y, null);
  }
}
