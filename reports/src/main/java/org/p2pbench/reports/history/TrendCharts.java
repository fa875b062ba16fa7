// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.history;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.p2pbench.reports.charts.Chart;
import org.p2pbench.reports.charts.ChartAxis;
import org.p2pbench.reports.charts.Series;
import org.p2pbench.reports.fingerprint.Difference;
import org.p2pbench.reports.metrics.TrackedMetric;

/** Small multiples: one chart for each series, with the same x axis for all of a machine. */
final class TrendCharts {
  private static final int LONGEST_TITLE = 40;
  // One meaning, one colour: runs, level, change, environment, spike.
  private static final int RUNS = 2;
  private static final int LEVEL = 0;
  private static final int CHANGE = 1;
  private static final int ENVIRONMENT = 3;
  private static final int SPIKE = 4;

  private TrendCharts() {}

  /**
   * The chart of a series.
   *
   * @param number of the series on its page, for its file
   */
  static Chart of(MachineTrend machine, TrendSeries series, int number) {
    List<Series> drawn = new ArrayList<>();
    drawn.add(points("run", RUNS, machine, series, places(series, false)));
    drawn.add(level(machine, series));
    double[] changes =
        series.shifts().stream()
            .mapToDouble(shift -> x(machine, series, shift.point().index()) - 0.5)
            .toArray();
    addMarks(drawn, "change", CHANGE, changes);
    double[] environment =
        machine.environmentChanges().stream().mapToDouble(c -> c.run() + 0.5).toArray();
    addMarks(drawn, "environment", ENVIRONMENT, environment);
    if (!series.outliers().isEmpty()) {
      drawn.add(points("spike", SPIKE, machine, series, places(series, true)));
    }
    TrackedMetric metric = series.subject().metric();
    return new Chart(
        "%s-%03d-%s"
            .formatted(machine.fingerprint(), number, metric.name().replaceAll("[^a-z0-9]+", "-")),
        title(series),
        caption(machine, series),
        series.subject().machineClass(),
        ChartAxis.of("run, oldest first", ChartAxis.Kind.RUNS),
        ChartAxis.of(metric.label(), kind(metric)),
        drawn);
  }

  private static int[] places(TrendSeries series, boolean outliers) {
    return IntStream.range(0, series.values().length)
        .filter(i -> series.outliers().contains(i) == outliers)
        .toArray();
  }

  private static Series points(
      String name, int style, MachineTrend machine, TrendSeries series, int[] places) {
    double[] x = Arrays.stream(places).mapToDouble(i -> x(machine, series, i)).toArray();
    double[] y = Arrays.stream(places).mapToDouble(i -> series.values()[i]).toArray();
    return new Series(name, style, Series.Form.POINTS, x, y, null);
  }

  /** The medians between changes. */
  private static Series level(MachineTrend machine, TrendSeries series) {
    List<Integer> starts = new ArrayList<>(List.of(0));
    series.shifts().forEach(shift -> starts.add(shift.point().index()));
    starts.add(series.values().length);
    double[] x = new double[3 * (starts.size() - 1)];
    double[] y = new double[x.length];
    for (int i = 0; i < starts.size() - 1; i++) {
      double[] part = Arrays.copyOfRange(series.values(), starts.get(i), starts.get(i + 1));
      double level = median(part);
      x[3 * i] = x(machine, series, starts.get(i)) - 0.5;
      x[3 * i + 1] = x(machine, series, starts.get(i + 1) - 1) + 0.5;
      x[3 * i + 2] = x[3 * i + 1];
      Arrays.fill(y, 3 * i, 3 * i + 2, level);
      y[3 * i + 2] = Double.NaN;
    }
    return new Series("level", LEVEL, Series.Form.CURVE, x, y, null);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  private static void addMarks(List<Series> drawn, String name, int style, double[] x) {
    if (x.length > 0) {
      drawn.add(new Series(name, style, Series.Form.MARKS, x, new double[x.length], null));
    }
  }

  /** Counted from 1, as people do. */
  private static double x(MachineTrend machine, TrendSeries series, int index) {
    return machine.place(series, index) + 1.0;
  }

  private static ChartAxis.Kind kind(TrackedMetric metric) {
    return switch (metric.kind()) {
      case BYTE_RATE -> ChartAxis.Kind.RATE_AROUND;
      case RATE, OFFERED -> ChartAxis.Kind.PER_SECOND_AROUND;
      case RATIO -> ChartAxis.Kind.FACTOR;
      case TIME, PERCENTILE -> ChartAxis.Kind.TIME_AROUND;
      case EXACT -> ChartAxis.Kind.COUNT_AROUND;
    };
  }

  /** The caption has the whole name. */
  private static String title(TrendSeries series) {
    String metric = TrendText.capital(series.subject().metric().label());
    String name = TrendText.name(series.subject());
    String whole = metric + ", " + name;
    return whole.length() <= LONGEST_TITLE
        ? whole
        : metric
            + ", "
            + name.substring(0, name.indexOf(',') < 0 ? name.length() : name.indexOf(','));
  }

  private static String caption(MachineTrend machine, TrendSeries series) {
    StringBuilder caption = new StringBuilder(TrendText.name(series.subject())).append(": ");
    if (series.shifts().isEmpty()) {
      return caption.append(TrendText.still(series)).append('.').toString();
    }
    List<String> moves = new ArrayList<>();
    for (TrendSeries.Shift shift : series.shifts()) {
      List<Difference> there = machine.environmentChanges(series, shift);
      moves.add(
          TrendText.state(series, shift)
              + (TrendText.change(shift).isEmpty() ? "" : " " + TrendText.change(shift))
              + " from run "
              + (int) x(machine, series, shift.point().index())
              + " on ("
              + series.revisions(shift)
              + (there.isEmpty() ? "" : "; " + TrendText.differences(there))
              + ")");
    }
    return caption.append(String.join("; ", moves)).append('.').toString();
  }
}
