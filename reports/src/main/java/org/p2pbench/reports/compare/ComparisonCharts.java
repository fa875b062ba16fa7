// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.compare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.p2pbench.reports.charts.Chart;
import org.p2pbench.reports.charts.ChartAxis;
import org.p2pbench.reports.charts.ChartAxis.Kind;
import org.p2pbench.reports.charts.Series;
import org.p2pbench.reports.page.LatencySpread;
import org.p2pbench.reports.page.RowNames;
import org.p2pbench.reports.regression.Change;
import org.p2pbench.reports.regression.Verdict;
import org.p2pbench.reports.rundir.MachineClass;
import org.p2pbench.reports.rundir.Stage;
import org.p2pbench.reports.statistics.RowFigures;
import org.p2pbench.reports.statistics.StageLatency;

/** The charts of a comparison. */
final class ComparisonCharts {
  /** One chart holds so many intervals; the table has the rest. */
  static final int MOST_INTERVALS = 30;

  private ComparisonCharts() {}

  /** Intervals of the ratio candidate / baseline, a line for each change that has one. */
  static Optional<Chart> intervals(
      String id, String title, List<MetricChange> changes, MachineClass machineClass) {
    List<MetricChange> shown =
        changes.stream().filter(ComparisonCharts::hasInterval).limit(MOST_INTERVALS).toList();
    if (shown.isEmpty()) {
      return Optional.empty();
    }
    Map<Verdict, List<Series.Interval>> points = new LinkedHashMap<>();
    Arrays.stream(Verdict.values()).forEach(verdict -> points.put(verdict, new ArrayList<>()));
    List<String> names = new ArrayList<>();
    for (MetricChange change : shown) {
      Change c = change.change();
      points
          .get(change.verdict())
          .add(new Series.Interval(names.size(), c.low(), c.ratio(), c.high()));
      names.add(unlike(names, RowNames.of(change.rows().row()) + ": " + change.metric().label()));
    }
    List<Series> series = new ArrayList<>();
    points.forEach(
        (verdict, p) -> {
          if (!p.isEmpty()) {
            series.add(Series.intervals(Wording.verdict(verdict), style(verdict), p));
          }
        });
    return Optional.of(
        new Chart(
            id,
            title,
            "Marker: candidate divided by baseline; line: its 95 % interval, by the same test."
                + " At 1× nothing changed. For throughput right is better, for times left.",
            machineClass,
            ChartAxis.of("Candidate divided by baseline", Kind.FACTOR),
            ChartAxis.categories(names),
            series));
  }

  private static boolean hasInterval(MetricChange change) {
    Change c = change.change();
    return c.method() != Change.Method.EXACT
        && Double.isFinite(c.low())
        && Double.isFinite(c.high())
        && Double.isFinite(c.ratio());
  }

  /** Names on an axis must differ. */
  private static String unlike(List<String> names, String name) {
    String different = name;
    while (names.contains(different)) {
      different += " ";
    }
    return different;
  }

  private static int style(Verdict verdict) {
    return switch (verdict) {
      case REGRESSED -> 1;
      case IMPROVED -> 2;
      case EQUIVALENT -> 0;
      case CANNOT_TELL -> 3;
    };
  }

  /** Latency of a stage over its percentile, both runs. */
  static Optional<Chart> percentiles(RowPair rows, Stage stage, MachineClass machineClass) {
    List<Series> series = new ArrayList<>();
    rows.baseline().ifPresent(r -> curve("baseline", 0, r.figures(), stage, series));
    rows.candidate().ifPresent(r -> curve("candidate", 1, r.figures(), stage, series));
    return series.size() < 2
        ? Optional.empty()
        : Optional.of(
            new Chart(
                id("percentiles", rows, stage),
                "Latency of " + stage.tag(),
                RowNames.of(rows.row())
                    + ". Median over the forks. A curve ends where fewer than "
                    + StageLatency.FEWEST_BEYOND
                    + " transactions of a fork are slower.",
                machineClass,
                ChartAxis.of("Percentile of transactions", Kind.NINES),
                ChartAxis.of("Latency", Kind.TIME),
                series));
  }

  private static void curve(
      String name, int style, RowFigures row, Stage stage, List<Series> series) {
    Map<Double, Double> curve = row.curve(stage);
    if (curve.size() > 1) {
      series.add(Series.curve(name, style, curve));
    }
  }

  /** How transactions spread over latencies, both runs. */
  static Optional<Chart> densities(RowPair rows, Stage stage, MachineClass machineClass) {
    List<Series> series = new ArrayList<>();
    rows.baseline()
        .flatMap(r -> LatencySpread.curve("baseline", 0, r.figures(), stage))
        .ifPresent(series::add);
    rows.candidate()
        .flatMap(r -> LatencySpread.curve("candidate", 1, r.figures(), stage))
        .ifPresent(series::add);
    return series.size() < 2
        ? Optional.empty()
        : Optional.of(
            new Chart(
                id("spread", rows, stage),
                "Spread of " + stage.tag(),
                RowNames.of(rows.row()) + ". " + LatencySpread.CAPTION,
                machineClass,
                ChartAxis.of("Latency", Kind.TIME),
                ChartAxis.of("Share of transactions", Kind.SHARE),
                series));
  }

  private static String id(String what, RowPair rows, Stage stage) {
    return (what + "-" + stage.tag() + "-" + rows.id())
        .toLowerCase(Locale.ROOT)
        .replaceAll("[^a-z0-9]+", "-");
  }
}
