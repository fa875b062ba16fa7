// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.p2pbench.reports.charts.Chart;
import org.p2pbench.reports.charts.ChartAxis;
import org.p2pbench.reports.charts.ChartAxis.Kind;
import org.p2pbench.reports.charts.Series;
import org.p2pbench.reports.charts.Units;
import org.p2pbench.reports.rundir.Parameters;
import org.p2pbench.reports.rundir.Stage;
import org.p2pbench.reports.statistics.Analysis;
import org.p2pbench.reports.statistics.Metric;
import org.p2pbench.reports.statistics.RowFigures;
import org.p2pbench.reports.statistics.Spread;

/** What pinning and copying cost by themselves, and what the measuring itself costs. */
final class CostSections {
  private CostSections() {}

  /** Pinning and copying alone. */
  static Optional<Section> pinAndCopy(Findings findings) {
    Analysis analysis = findings.analysis();
    List<RowFigures> pins = bySize(analysis, "pin", CostSections::pinName);
    List<RowFigures> copies = bySize(analysis, "copy", CostSections::copyName);
    PinCost cost = findings.pinCost();
    List<Block> blocks = new ArrayList<>();
    if (!pins.isEmpty()) {
      blocks.add(pinTable(analysis, pins));
    }
    cost.table().ifPresent(blocks::add);
    if (!copies.isEmpty()) {
      blocks.add(copyTable(analysis, copies));
    }
    pinChart(analysis, pins).map(chart -> cost.overlaid(chart, pins)).ifPresent(blocks::add);
    copyChart(analysis, copies).ifPresent(blocks::add);
    return blocks.isEmpty()
        ? Optional.empty()
        : Optional.of(new Section("cost", "What pinning and copying cost", blocks));
  }

  private static Optional<Block.Figure> pinChart(Analysis analysis, List<RowFigures> pins) {
    return lines(
        pins,
        CostSections::pinName,
        Headline::pinNs,
        new Chart(
            "pin-by-size",
            "Pinning and unpinning by size",
            "Median pin plus median unpin, nothing else."
                + (pins.stream().anyMatch(row -> "mlock".equals(row.parameters().mechanism()))
                    ? " mlock locks a mapping and does not pin."
                    : ""),
            analysis.machineClass(),
            ChartAxis.of("Size", Kind.BLOCK_BYTES),
            ChartAxis.of("Pin and unpin", Kind.TIME),
            List.of()));
  }

  private static Optional<Block.Figure> copyChart(Analysis analysis, List<RowFigures> copies) {
    return lines(
        copies,
        CostSections::copyName,
        row -> row.spread(Metric.THROUGHPUT).map(Spread::median),
        new Chart(
            "copy-by-size",
            "CPU copy by size",
            "Median over the forks; caches as the loop leaves them.",
            analysis.machineClass(),
            ChartAxis.of("Size", Kind.BLOCK_BYTES),
            ChartAxis.of("Throughput", Kind.RATE),
            List.of()));
  }

  private static Block.Table pinTable(Analysis analysis, List<RowFigures> rows) {
    return new Block.Table(
        analysis.machineClass(),
        "Pinning alone",
        List.of("How", "Size", "Pin, p50", "Pin, p99", "Unpin, p50", "Unpin, p99"),
        named(
            rows,
            CostSections::pinName,
            row ->
                List.of(
                    new Cell(
                        Units.bytes(TransferCharts.bytes(row)),
                        Paths.pagesNote(row),
                        Cell.Look.NUMBER),
                    latency(row, Stage.PIN, 50),
                    latency(row, Stage.PIN, 99),
                    latency(row, Stage.UNPIN, 50),
                    latency(row, Stage.UNPIN, 99))),
        "");
  }

  private static Block.Table copyTable(Analysis analysis, List<RowFigures> rows) {
    return new Block.Table(
        analysis.machineClass(),
        "CPU copy alone",
        List.of("Copy", "Size", "Throughput", "Mean time"),
        named(
            rows,
            CostSections::copyName,
            row ->
                List.of(
                    Cell.number(Units.bytes(TransferCharts.bytes(row))),
                    Figures.cell(row, Metric.THROUGHPUT),
                    meanTime(row))),
        "");
  }

  /** Rows of one name as a group. */
  private static List<List<List<Cell>>> named(
      List<RowFigures> rows,
      Function<RowFigures, String> name,
      Function<RowFigures, List<Cell>> cells) {
    Map<String, List<List<Cell>>> groups =
        rows.stream()
            .collect(
                Collectors.groupingBy(
                    name, LinkedHashMap::new, Collectors.mapping(cells, Collectors.toList())));
    return groups.entrySet().stream()
        .map(e -> Block.Table.group(Cell.head(e.getKey()), e.getValue()))
        .toList();
  }

  /** The instrument: what a crossing, a stamp, a record and an empty transaction take. */
  static Optional<Section> baselines(Findings findings) {
    Analysis analysis = findings.analysis();
    List<RowFigures> rows =
        analysis.measured("baseline").stream()
            .filter(row -> row.spread(Metric.TIME_EACH).isPresent())
            .toList();
    List<Block> blocks = new ArrayList<>();
    if (!rows.isEmpty()) {
      blocks.add(baselineTable(analysis, rows));
      blocks.add(new Block.Figure(baselineChart(analysis, rows)));
    }
    blocks.addAll(Overheads.of(analysis));
    return blocks.isEmpty()
        ? Optional.empty()
        : Optional.of(new Section("baselines", "What the instrument costs", blocks));
  }

  private static Block.Table baselineTable(Analysis analysis, List<RowFigures> rows) {
    return new Block.Table(
        analysis.machineClass(),
        "The cost of measuring itself",
        List.of("What", "Time each"),
        List.of(
            rows.stream()
                .map(row -> List.of(Cell.head(baselineName(row)), meanTime(row)))
                .toList()),
        "A difference between two paths that is smaller than these may be the instrument's.");
  }

  private static Chart baselineChart(Analysis analysis, List<RowFigures> rows) {
    StackedBars bars = new StackedBars(rows.size());
    bars.add("time", 0, i -> rows.get(i).spread(Metric.TIME_EACH).get().median());
    return new Chart(
        "baselines",
        "The cost of measuring itself",
        "Mean time of each, median over the forks.",
        analysis.machineClass(),
        ChartAxis.of("Time", Kind.TIME_FROM_ZERO),
        ChartAxis.categories(rows.stream().map(CostSections::baselineName).distinct().toList()),
        bars.series());
  }

  private static Cell latency(RowFigures row, Stage stage, double percentile) {
    return Figures.timeCell(
        row.stagePercentile(stage, percentile),
        row.stageMean(stage).isEmpty() ? "not recorded" : "not measurable");
  }

  private static Cell meanTime(RowFigures row) {
    return Figures.timeCell(row.spread(Metric.TIME_EACH), "not measured");
  }

  private static Optional<Block.Figure> lines(
      List<RowFigures> rows,
      Function<RowFigures, String> name,
      Function<RowFigures, Optional<Double>> value,
      Chart empty) {
    Map<String, TreeMap<Long, Double>> points = new LinkedHashMap<>();
    for (RowFigures row : rows) {
      value
          .apply(row)
          .filter(v -> v > 0)
          .ifPresent(
              v ->
                  points
                      .computeIfAbsent(name.apply(row), n -> new TreeMap<>())
                      .put(TransferCharts.bytes(row), v));
    }
    if (points.values().stream().noneMatch(p -> p.size() > 1)) {
      return Optional.empty();
    }
    List<Series> series = new ArrayList<>();
    points.forEach((n, p) -> series.add(Series.line(n, series.size(), p)));
    return Optional.of(
        new Block.Figure(
            new Chart(
                empty.id(),
                empty.title(),
                empty.caption(),
                empty.machineClass(),
                empty.x(),
                empty.y(),
                series)));
  }

  private static List<RowFigures> bySize(
      Analysis analysis, String benchmark, Function<RowFigures, String> name) {
    return analysis.measured(benchmark).stream()
        .filter(row -> row.parameters().blockBytes() != null)
        .sorted(Comparator.comparing(name).thenComparing(TransferCharts::bytes))
        .toList();
  }

  static String pinName(RowFigures row) {
    Parameters p = row.parameters();
    String memory = p.memory() == null || p.memory().equals("ram") ? "" : Paths.memory(p.memory());
    return mechanism(p.mechanism())
        + ", "
        + Paths.pages(p.pages())
        + " pages"
        + (memory.isEmpty() ? "" : ", " + memory);
  }

  private static String mechanism(String mechanism) {
    if (mechanism == null) {
      return "unknown";
    }
    return switch (mechanism) {
      case "io_uring-register" -> "io_uring registration";
      case PinCost.GUP_TEST -> "kernel's benchmark (gup_test)";
      default -> mechanism;
    };
  }

  static String copyName(RowFigures row) {
    return Paths.memory(row.parameters().from()) + " to " + Paths.memory(row.parameters().to());
  }

  private static String baselineName(RowFigures row) {
    String what = row.parameters().what();
    return what == null
        ? row.row().id()
        : switch (what) {
          case "emptyCall" -> "empty JNA call";
          case "timeStamp" -> "time stamp";
          case "histogramRecord" -> "record in a histogram";
          case "emptyTransaction" -> "empty transaction";
          case "stampAndRecord" -> "stamp and record a transaction";
          default -> what;
        };
  }
}
