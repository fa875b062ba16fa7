// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.p2pbench.reports.charts.Chart;
import org.p2pbench.reports.charts.ChartAxis;
import org.p2pbench.reports.charts.ChartAxis.Kind;
import org.p2pbench.reports.charts.Series;
import org.p2pbench.reports.charts.Units;
import org.p2pbench.reports.rundir.Parameters;
import org.p2pbench.reports.rundir.Results;
import org.p2pbench.reports.rundir.Stage;
import org.p2pbench.reports.statistics.Analysis;
import org.p2pbench.reports.statistics.Comparison;
import org.p2pbench.reports.statistics.Knee;
import org.p2pbench.reports.statistics.Metric;
import org.p2pbench.reports.statistics.RowFigures;
import org.p2pbench.reports.statistics.Setting;
import org.p2pbench.reports.statistics.Spread;

/**
 * Latency against load: transactions that arrive at a rate of their own. Nothing of a closed loop
 * stands here, and nothing of an open one in the other sections.
 */
final class OpenLoopSection implements SectionBuilder {
  static final String BENCHMARK = "open-loop";

  private static final List<String> COLUMNS =
      List.of(
          "Offered",
          "Path",
          "Achieved",
          "p50",
          "p99",
          "p99.9",
          "p50 of service",
          "p99 of service",
          "p99 against RAM");

  /** What is the same for one chart: all but the path and the rate. */
  private record Point(Setting setting, long blockBytes, String arrivals) {
    static Point of(RowFigures row) {
      String arrivals = row.parameters().arrivals();
      return new Point(
          Setting.of(row.row()), TransferCharts.bytes(row), arrivals == null ? "" : arrivals);
    }

    /** "4 KiB, io_uring, depth 1, 1 thread, sequential, Poisson arrivals". */
    String words() {
      return Units.bytes(blockBytes)
          + ", "
          + Paths.setting(setting)
          + ", "
          + (arrivals.equals("poisson") ? "Poisson" : arrivals)
          + " arrivals";
    }

    String id() {
      return String.join(
              "-",
              setting.engine(),
              String.valueOf(blockBytes),
              "d" + setting.depth(),
              "t" + setting.threads(),
              setting.pattern(),
              arrivals,
              setting.layout())
          .toLowerCase(Locale.ROOT)
          .replaceAll("[^a-z0-9]+", "-")
          .replaceAll("-$", "");
    }
  }

  private static Map<Point, List<RowFigures>> points(Analysis analysis) {
    return analysis.measured(BENCHMARK).stream()
        .collect(Collectors.groupingBy(Point::of, LinkedHashMap::new, Collectors.toList()));
  }

  /** Whether a run asked for an open loop: then that is what it answers. */
  static boolean asked(Analysis analysis) {
    return !analysis.measured(BENCHMARK).isEmpty();
  }

  /** What the summary has of it: how far each path can be loaded, and the figures. */
  static List<Block> answer(Findings findings) {
    List<Block> blocks = new ArrayList<>();
    points(findings.analysis())
        .forEach(
            (point, rows) -> {
              blocks.add(new Block.Text(knees(findings.analysis(), rows)));
              blocks.add(table(findings, point, rows));
            });
    return blocks;
  }

  /** The same in one sentence for each path and point. */
  static String sentences(Analysis analysis) {
    return points(analysis).entrySet().stream()
        .map(e -> e.getKey().words() + ": " + String.join(" ", knees(analysis, e.getValue())))
        .collect(Collectors.joining(" "));
  }

  /** The highest rate of each path, for each point. */
  static List<KeyFigure> keyFigures(Analysis analysis) {
    OptionalLong bound = bound(analysis);
    String label =
        bound.isPresent()
            ? "Highest rate with p99 below " + Units.time(bound.getAsLong())
            : "Highest rate that is kept up with";
    return points(analysis).entrySet().stream()
        .map(
            e ->
                new KeyFigure(
                    label,
                    byPath(analysis, e.getValue()).entrySet().stream()
                        .map(path -> highest(path.getKey(), Knee.of(path.getValue(), bound)))
                        .toList(),
                    "open loop, transactions/s of the rates measured; " + e.getKey().words()))
        .toList();
  }

  private static KeyFigure.Value highest(String path, Knee knee) {
    String rate =
        knee.highest().isPresent() ? perSecond(knee.highest().getAsLong()) : "none measured";
    return new KeyFigure.Value(rate, "through " + path, "");
  }

  @Override
  public Optional<Section> build(Findings findings) {
    Analysis analysis = findings.analysis();
    Map<Point, List<RowFigures>> points = points(analysis);
    if (points.isEmpty()) {
      return Optional.empty();
    }
    List<Block> blocks = new ArrayList<>();
    points.forEach(
        (point, rows) -> {
          blocks.add(new Block.Heading(point.words()));
          blocks.add(new Block.Text(knees(analysis, rows)));
          chart(analysis, point, rows).ifPresent(c -> blocks.add(new Block.Figure(c)));
          blocks.add(table(findings, point, rows));
        });
    return Optional.of(new Section(BENCHMARK, "The answer: latency against load", blocks));
  }

  /** "12,000 transactions/s offered": what sets a row apart from the others of its path. */
  static String offered(Parameters p) {
    if (p.ratePerSecond() == null) {
      return "all rates";
    }
    String rate = perSecond(p.ratePerSecond());
    return rate + " offered" + ("fixed".equals(p.arrivals()) ? " at even gaps" : "");
  }

  private static String perSecond(double rate) {
    return rate < 100
        ? Units.number(rate) + "/s"
        : String.format(Locale.ROOT, "%,.0f/s", Double.valueOf(rate));
  }

  private static OptionalLong bound(Analysis analysis) {
    return analysis
        .run()
        .results()
        .map(Results::plan)
        .map(Results.Plan::p99BoundNs)
        .map(OptionalLong::of)
        .orElse(OptionalLong.empty());
  }

  private static Map<String, List<RowFigures>> byPath(Analysis analysis, List<RowFigures> rows) {
    return rows.stream()
        .sorted(Paths.order())
        .collect(
            Collectors.groupingBy(
                row -> Paths.name(row, analysis), LinkedHashMap::new, Collectors.toList()));
  }

  /** One sentence for each path. */
  private static List<String> knees(Analysis analysis, List<RowFigures> rows) {
    OptionalLong bound = bound(analysis);
    List<String> sentences = new ArrayList<>();
    byPath(analysis, rows)
        .forEach((path, ofPath) -> sentences.add(sentence(path, Knee.of(ofPath, bound), bound)));
    return sentences;
  }

  private static String sentence(String path, Knee knee, OptionalLong bound) {
    String claim =
        bound.isPresent()
            ? "p99 below " + Units.time(bound.getAsLong())
            : "up with the transactions";
    String rest =
        knee.beyond()
            .map(row -> "; at " + offeredRate(row) + " " + trouble(knee.stop(), row))
            .orElse("");
    if (knee.highest().isEmpty()) {
      return path + " does not keep " + claim + " at any rate measured" + rest + ".";
    }
    return path
        + " keeps "
        + claim
        + " up to "
        + perSecond(knee.highest().getAsLong())
            .replace("/s", bound.isPresent() ? " transactions/s" : "/s")
        + (rest.isEmpty() ? ", the highest rate measured" : rest)
        + ".";
  }

  private static String trouble(Knee.Stop stop, RowFigures row) {
    return switch (stop) {
      case SATURATED ->
          "it is saturated (" + perSecond(median(row, Metric.OPERATIONS)) + " achieved)";
      case EXCEEDED -> "p99 is " + Units.time(median(row, Metric.P99));
      case NOT_MEASURABLE -> "p99 is not measurable: too few transactions";
      case END -> "";
    };
  }

  private static double median(RowFigures row, Metric metric) {
    return row.spread(metric).map(Spread::median).orElse(Double.NaN);
  }

  private static String offeredRate(RowFigures row) {
    return perSecond(Knee.offered(row));
  }

  /** p50 and p99 of each path over the rate offered, and the bound. */
  private static Optional<Chart> chart(Analysis analysis, Point point, List<RowFigures> rows) {
    Paths paths = new Paths(analysis);
    Map<String, List<RowFigures>> byPath = byPath(analysis, rows);
    List<Series> series = new ArrayList<>();
    for (Metric metric : List.of(Metric.P99, Metric.P50)) {
      byPath.forEach(
          (path, ofPath) -> {
            TreeMap<Long, Double> latencies = new TreeMap<>();
            ofPath.forEach(
                row ->
                    row.spread(metric)
                        .ifPresent(s -> latencies.put(Knee.offered(row), s.median())));
            if (latencies.size() > 1) {
              int style = paths.style(ofPath.get(0)) + (metric == Metric.P99 ? 0 : byPath.size());
              series.add(Series.line(path + ", " + metric.label(), style, latencies));
            }
          });
    }
    if (series.isEmpty()) {
      return Optional.empty();
    }
    bound(analysis).ifPresent(ns -> series.add(boundLine(ns, rows, 2 * byPath.size())));
    return Optional.of(
        new Chart(
            BENCHMARK + "-" + point.id(),
            "Latency by offered rate",
            "From the intended start of each transaction to its end, median over the forks; where"
                + " more is offered than can be done, latency grows for as long as it is measured. "
                + Paths.capital(point.words())
                + ".",
            analysis.machineClass(),
            ChartAxis.of("Offered rate", Kind.PER_SECOND_AROUND),
            ChartAxis.of("Latency from the intended start", Kind.TIME),
            series));
  }

  private static Series boundLine(long ns, List<RowFigures> rows, int style) {
    TreeMap<Long, Double> line = new TreeMap<>();
    rows.forEach(row -> line.put(Knee.offered(row), (double) ns));
    return Series.curve("bound of p99", style, line);
  }

  private static Block.Table table(Findings findings, Point point, List<RowFigures> rows) {
    Map<Long, List<RowFigures>> byRate =
        rows.stream()
            .collect(Collectors.groupingBy(Knee::offered, TreeMap::new, Collectors.toList()));
    List<List<List<Cell>>> groups = new ArrayList<>();
    byRate.forEach(
        (rate, twins) -> {
          List<List<Cell>> figures =
              twins.stream().sorted(Paths.order()).map(row -> figures(findings, row)).toList();
          groups.add(Block.Table.group(Cell.head(perSecond(rate)), figures));
        });
    return new Block.Table(
        findings.analysis().machineClass(),
        "Open loop: " + point.words(),
        COLUMNS,
        groups,
        "Latency counts from the intended start of a transaction, service from when it was really"
            + " submitted: the difference is the wait for a slot. Large: median over the forks."
            + " Small: least and greatest fork."
            + Figures.WEAK);
  }

  private static List<Cell> figures(Findings findings, RowFigures row) {
    List<Cell> cells = new ArrayList<>();
    cells.add(new Cell(Paths.name(row, findings.analysis()), Paths.pagesNote(row), Cell.Look.TEXT));
    cells.add(achieved(row));
    for (Metric metric : List.of(Metric.P50, Metric.P99, Metric.P999)) {
      cells.add(Figures.cell(row, metric));
    }
    for (double percentile : new double[] {50, 99}) {
      cells.add(Figures.timeCell(row.stagePercentile(Stage.SERVICE, percentile), "not measurable"));
    }
    cells.add(
        Comparison.isBaseline(row.parameters())
            ? Cell.number("1×", "baseline")
            : Figures.narrowRatio(findings.ratios().toRam(row, Metric.P99), Metric.P99));
    return cells;
  }

  private static Cell achieved(RowFigures row) {
    Optional<Spread> spread = row.spread(Metric.OPERATIONS);
    if (spread.isEmpty()) {
      return Cell.none("not measured");
    }
    Spread s = spread.get();
    boolean saturated = Knee.saturated(row);
    String range = perSecond(s.min()) + "–" + perSecond(s.max());
    return new Cell(
        perSecond(s.median()) + (saturated ? ", saturated" : ""),
        s.forks() > 1 ? range : "",
        saturated ? Cell.Look.WORSE : Cell.Look.NUMBER);
  }
}
