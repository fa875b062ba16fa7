// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.p2pbench.reports.charts.Chart;
import org.p2pbench.reports.charts.ChartAxis;
import org.p2pbench.reports.charts.ChartAxis.Kind;
import org.p2pbench.reports.charts.Series;
import org.p2pbench.reports.charts.Units;
import org.p2pbench.reports.rundir.Stage;
import org.p2pbench.reports.statistics.Analysis;
import org.p2pbench.reports.statistics.Comparison;
import org.p2pbench.reports.statistics.Metric;
import org.p2pbench.reports.statistics.RowFigures;
import org.p2pbench.reports.statistics.Setting;
import org.p2pbench.reports.statistics.StageLatency;

/** The charts of transfers and drains. Each is empty where the run has no data for it. */
final class TransferCharts {
  private static final Stage[] STAGES = {Stage.FILL, Stage.COPY, Stage.DRAIN};

  private final Analysis analysis;
  private final Paths paths;
  private final PinCost pinCost;

  TransferCharts(Findings findings) {
    this.analysis = findings.analysis();
    this.pinCost = findings.pinCost();
    this.paths = new Paths(analysis);
  }

  /** Intervals of the throughput ratio to RAM, for each size and path. */
  Optional<Chart> ratios(Setting setting, List<RowFigures> rows) {
    RatioIntervals intervals = new RatioIntervals();
    rows.stream()
        .filter(row -> !Comparison.isBaseline(row.parameters()))
        .sorted(java.util.Comparator.comparing(TransferCharts::bytes).thenComparing(Paths.order()))
        .forEach(
            row ->
                analysis
                    .baselineOf(row)
                    .ifPresent(
                        baseline ->
                            intervals.add(
                                Units.bytes(bytes(row)),
                                Paths.name(row, analysis),
                                paths.style(row),
                                row.ratioTo(baseline, Metric.THROUGHPUT))));
    return intervals.chart(
        (rows.stream().allMatch(Paths::isMain) ? "ratio-" : "ratio-choices-") + id(setting),
        "Throughput against RAM",
        "Marker: ratio to RAM with pinning at each transaction; line: its 95 % interval."
            + " Right of 1× is faster. "
            + Paths.setting(setting)
            + ".",
        analysis.machineClass(),
        "Throughput divided by that of RAM");
  }

  /** A metric over block sizes, one line for each path. */
  Optional<Chart> bySize(
      Setting setting, List<RowFigures> rows, Metric metric, Kind kind, String title) {
    return lines(
        rows,
        TransferCharts::bytes,
        metric,
        new Chart(
            metric.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-')
                + "-by-size-"
                + id(setting),
            title,
            "Median over the forks. " + Paths.setting(setting) + ".",
            analysis.machineClass(),
            ChartAxis.of("Block size", Kind.BLOCK_BYTES),
            ChartAxis.of(Paths.capital(metric.label()), kind),
            List.of()));
  }

  /**
   * Throughput or p99 over queue depth or threads: where more of them only makes waiting longer.
   */
  Optional<Chart> scaling(
      Metric metric, String what, List<RowFigures> rows, Function<RowFigures, Long> count) {
    RowFigures first = rows.get(0);
    boolean rate = metric == Metric.THROUGHPUT;
    String name = rate ? "Throughput" : metric.label();
    return lines(
        rows,
        count,
        metric,
        new Chart(
            metric.label() + "-by-" + what.replace("queue ", ""),
            name + " of " + Units.bytes(bytes(first)) + " blocks by " + what,
            "Median over the forks. Closed loop, " + fixed(first, what) + ".",
            analysis.machineClass(),
            ChartAxis.of(Paths.capital(what), Kind.POWERS_OF_TWO),
            ChartAxis.of(name, rate ? Kind.RATE : Kind.TIME),
            List.of()));
  }

  private static String fixed(RowFigures row, String what) {
    Setting s = Setting.of(row.row());
    String other = what.equals("threads") ? "depth " + s.depth() : Paths.threads(s.threads());
    String layout = s.layout().isEmpty() ? "" : ", " + s.layout();
    return s.engine() + ", " + other + ", " + s.pattern() + layout;
  }

  /** Lines of two points and more: a path measured at one place only says nothing of the others. */
  private Optional<Chart> lines(
      List<RowFigures> rows, Function<RowFigures, Long> x, Metric metric, Chart empty) {
    Map<String, TreeMap<Long, Double>> points = new LinkedHashMap<>();
    Map<String, Integer> styles = new LinkedHashMap<>();
    rows.stream()
        .sorted(Paths.order())
        .forEach(
            row ->
                row.spread(metric)
                    .filter(value -> value.median() > 0)
                    .ifPresent(
                        value -> {
                          String name = Paths.name(row, analysis);
                          styles.put(name, paths.style(row));
                          points
                              .computeIfAbsent(name, n -> new TreeMap<>())
                              .put(x.apply(row), value.median());
                        }));
    points.values().removeIf(p -> p.size() < 2);
    if (points.isEmpty()) {
      return Optional.empty();
    }
    List<Series> series = new ArrayList<>();
    points.forEach((name, p) -> series.add(Series.line(name, styles.get(name), p)));
    return Optional.of(with(empty, series));
  }

  private static Chart with(Chart c, List<Series> series) {
    return new Chart(c.id(), c.title(), c.caption(), c.machineClass(), c.x(), c.y(), series);
  }

  /** Latency of a transaction over its percentile, at one block size. */
  Optional<Chart> percentiles(Setting setting, List<RowFigures> twins) {
    if (twins.isEmpty()) {
      return Optional.empty();
    }
    List<Series> series = new ArrayList<>();
    for (RowFigures row : ordered(twins)) {
      SortedMap<Double, Double> curve = row.curve(Stage.TRANSACTION);
      if (curve.size() > 1) {
        series.add(Series.curve(Paths.name(row, analysis), paths.style(row), curve));
      }
    }
    return chart(
        "percentiles-" + id(setting) + "-" + bytes(twins.get(0)),
        "Latency of " + Units.bytes(bytes(twins.get(0))) + " transactions",
        "Each step to the right is a tenth of the transactions left. A curve ends where fewer than "
            + StageLatency.FEWEST_BEYOND
            + " transactions of a fork are slower. Closed loop, "
            + Paths.setting(setting)
            + ".",
        ChartAxis.of("Percentile of transactions", Kind.NINES),
        ChartAxis.of("Latency", Kind.TIME),
        series);
  }

  /** How transactions spread over latencies, at one block size. */
  Optional<Chart> histogram(Setting setting, List<RowFigures> twins) {
    if (twins.isEmpty()) {
      return Optional.empty();
    }
    List<Series> series = new ArrayList<>();
    for (RowFigures row : ordered(twins)) {
      LatencySpread.curve(Paths.name(row, analysis), paths.style(row), row, Stage.TRANSACTION)
          .ifPresent(series::add);
    }
    return chart(
        "histogram-" + id(setting) + "-" + bytes(twins.get(0)),
        "Spread of " + Units.bytes(bytes(twins.get(0))) + " transactions",
        LatencySpread.CAPTION + " " + Paths.setting(setting) + ".",
        ChartAxis.of("Latency", Kind.TIME),
        ChartAxis.of("Share of transactions", Kind.SHARE),
        series);
  }

  /** A part of a bar: one stage, or what is known to be in it. */
  private record Part(String name, int style, ToDoubleFunction<RowFigures> ns) {}

  /** Mean time of each stage, one bar for each path, at one block size. */
  Optional<Chart> stages(Setting setting, List<RowFigures> twins) {
    List<RowFigures> rows =
        ordered(twins).stream()
            .filter(row -> java.util.Arrays.stream(STAGES).anyMatch(s -> mean(row, s) > 0))
            .toList();
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    StackedBars bars = new StackedBars(rows.size());
    boolean pins = rows.stream().anyMatch(row -> pinShare(row) > 0);
    for (Part part : parts()) {
      if (rows.stream().anyMatch(row -> part.ns().applyAsDouble(row) > 0)) {
        bars.add(part.name(), part.style(), i -> part.ns().applyAsDouble(rows.get(i)));
      }
    }
    return chart(
        "stages-" + id(setting) + "-" + bytes(twins.get(0)),
        "Where a " + Units.bytes(bytes(twins.get(0))) + " transaction goes",
        "Mean time of each stage, median over the forks; at the end their sum. "
            + (pins ? "Pinning is estimated from pinning alone and set apart. " : "")
            + Paths.setting(setting)
            + ".",
        ChartAxis.of("Mean time", Kind.TIME_FROM_ZERO),
        ChartAxis.categories(rows.stream().map(row -> Paths.name(row, analysis)).toList()),
        bars.series());
  }

  /** Fill and drain without the pinning in them, which has a part of its own beside each. */
  private List<Part> parts() {
    return List.of(
        new Part("pin, unpin (estimated)", 3, row -> pinShare(row) * pinned(row)),
        new Part("fill", 0, row -> (1 - pinShare(row)) * mean(row, Stage.FILL)),
        new Part("copy", 2, row -> mean(row, Stage.COPY)),
        new Part("drain", 1, row -> (1 - pinShare(row)) * mean(row, Stage.DRAIN)));
  }

  private static double pinned(RowFigures row) {
    return mean(row, Stage.FILL) + mean(row, Stage.DRAIN);
  }

  /** The estimated share of pinning in fill and drain. */
  private double pinShare(RowFigures row) {
    double inAll = pinned(row);
    return inAll > 0 ? Math.min(1, pinCost.ofTransaction(row).orElse(0) / inAll) : 0;
  }

  private static double mean(RowFigures row, Stage stage) {
    return row.stageMean(stage).map(spread -> spread.median()).orElse(0.0);
  }

  private Optional<Chart> chart(
      String id, String title, String caption, ChartAxis x, ChartAxis y, List<Series> series) {
    return series.isEmpty()
        ? Optional.empty()
        : Optional.of(new Chart(id, title, caption, analysis.machineClass(), x, y, series));
  }

  private static List<RowFigures> ordered(List<RowFigures> rows) {
    return rows.stream().sorted(Paths.order()).toList();
  }

  static long bytes(RowFigures row) {
    return row.parameters().blockBytes() == null ? 0 : row.parameters().blockBytes();
  }

  static String id(Setting s) {
    String id =
        s.benchmark()
            + "-"
            + s.engine()
            + "-d"
            + s.depth()
            + "-t"
            + s.threads()
            + "-"
            + s.pattern()
            + (s.layout().isEmpty() ? "" : "-" + s.layout());
    return id.toLowerCase(java.util.Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
  }
}
