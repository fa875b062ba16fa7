// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.p2pbench.reports.charts.Series;
import org.p2pbench.reports.rundir.Stage;
import org.p2pbench.reports.statistics.RowFigures;
import org.p2pbench.reports.statistics.StageLatency;

/** How transactions spread over latencies, as a curve: the same on every page. */
public final class LatencySpread {
  /** How to read it. */
  public static final String CAPTION =
      "Share of the transactions of all forks in bins 4 % wide; tails of bins below 0.1 % each are"
          + " cut off.";

  private static final double LEAST_SHARE = 0.001;

  private LatencySpread() {}

  /** A row's curve; empty where there is nothing to draw. */
  public static Optional<Series> curve(String name, int style, RowFigures row, Stage stage) {
    SortedMap<Double, Double> points = points(row.histogram(stage));
    return points.isEmpty() ? Optional.empty() : Optional.of(Series.curve(name, style, points));
  }

  /**
   * Every bin between the tails, also those that hold nothing: a line past them would draw
   * transactions that nobody saw. One bin more at either end shows how it begins and ends.
   */
  static SortedMap<Double, Double> points(SortedMap<Integer, Double> histogram) {
    TreeMap<Integer, Double> kept = new TreeMap<>(histogram);
    kept.values().removeIf(share -> share < LEAST_SHARE);
    SortedMap<Double, Double> points = new TreeMap<>();
    if (!kept.isEmpty()) {
      for (int bin = kept.firstKey() - 1; bin <= kept.lastKey() + 1; bin++) {
        points.put(middleNs(bin), histogram.getOrDefault(bin, 0.0));
      }
    }
    return points;
  }

  private static double middleNs(int bin) {
    return StageLatency.binStartNs(bin) * Math.pow(2, 0.5 / StageLatency.BINS_PER_OCTAVE);
  }
}
