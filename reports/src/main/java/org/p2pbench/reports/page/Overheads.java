// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.p2pbench.reports.charts.Chart;
import org.p2pbench.reports.charts.Units;
import org.p2pbench.reports.page.AdjustedRatios.Asked;
import org.p2pbench.reports.rundir.Fork;
import org.p2pbench.reports.rundir.Parameters;
import org.p2pbench.reports.rundir.Row;
import org.p2pbench.reports.statistics.Analysis;
import org.p2pbench.reports.statistics.Metric;
import org.p2pbench.reports.statistics.Ratio;
import org.p2pbench.reports.statistics.RowFigures;
import org.p2pbench.reports.statistics.Setting;
import org.p2pbench.reports.statistics.Spread;

/**
 * What profilers cost: one transaction with each of them off and on. Without profilers nobody knows
 * of latencies, so what runs beside {@code stages} is held against {@code stages} alone, and that,
 * like all of a run's profilers together, against none, by the time for each transaction.
 */
final class Overheads {
  private static final String BENCHMARK = "overhead";
  private static final String WITHOUT = "none";
  private static final String STAGES = "stages";
  private static final List<Metric> METRICS = List.of(Metric.TIME_EACH, Metric.P50);

  private final Analysis analysis;
  private final AdjustedRatios ratios;

  private Overheads(Analysis analysis) {
    this.analysis = analysis;
    this.ratios =
        new AdjustedRatios(
            rows(analysis)
                .flatMap(
                    row ->
                        off(row).stream()
                            .flatMap(off -> METRICS.stream().map(m -> new Asked(row, off, m))))
                .toList());
  }

  /** Words, then a table and a chart for each transaction that was measured so; often none. */
  static List<Block> of(Analysis analysis) {
    Overheads overheads = new Overheads(analysis);
    Map<String, List<RowFigures>> groups =
        rows(analysis)
            .collect(
                Collectors.groupingBy(
                    row -> row.row().group(), LinkedHashMap::new, Collectors.toList()));
    groups.values().removeIf(rows -> rows.stream().allMatch(row -> row.forks().isEmpty()));
    if (groups.isEmpty()) {
      return List.of();
    }
    List<RowFigures> rows = groups.values().stream().flatMap(List::stream).toList();
    List<Block> blocks = new ArrayList<>();
    blocks.add(new Block.Heading("Profilers off and on"));
    blocks.add(new Block.Text(overheads.words(rows)));
    for (List<RowFigures> group : groups.values()) {
      blocks.add(overheads.table(group));
      overheads.chart(group).ifPresent(chart -> blocks.add(new Block.Figure(chart)));
    }
    return blocks;
  }

  /** Those that could not be measured, too: the table says why. */
  private static Stream<RowFigures> rows(Analysis analysis) {
    return analysis.rows().stream().filter(row -> row.row().benchmark().equals(BENCHMARK));
  }

  /** "transfer of 4 KiB, RAM, sync, depth 1, 1 thread, sequential". */
  private static String transaction(RowFigures row) {
    Parameters p = row.parameters();
    return p.transaction()
        + " of "
        + Units.bytes(TransferCharts.bytes(row))
        + ", "
        + Paths.name(p)
        + ", "
        + Paths.setting(Setting.of(row.row()));
  }

  /** A row in words, such as "profilers stages+pins on transfer 4 KiB". */
  static String rowName(Parameters p, String transfer) {
    return "profilers " + p.profilers() + " on " + p.transaction() + " " + transfer;
  }

  /** The row without what this one's profilers are there to show the cost of. */
  private Optional<RowFigures> off(RowFigures row) {
    String profilers = row.parameters().profilers();
    if (WITHOUT.equals(profilers)) {
      return Optional.empty();
    }
    String off = added(row).equals(profilers) ? WITHOUT : STAGES;
    return analysis.measured(BENCHMARK).stream()
        .filter(row::sharesGroupWith)
        .filter(other -> off.equals(other.parameters().profilers()))
        .findFirst();
  }

  /** The one profiler beside stages, or all where it is not one beside stages. */
  private static String added(RowFigures row) {
    String profilers = String.valueOf(row.parameters().profilers());
    boolean one = profilers.matches(STAGES + "\\+[^+]+");
    return one ? profilers.substring(STAGES.length() + 1) : profilers;
  }

  /** How the row's profilers are called in the table. */
  private static Cell name(RowFigures row) {
    String added = added(row);
    String how =
        switch (added) {
          case WITHOUT -> "stamps and histograms off";
          case STAGES -> "stamps and histograms";
          case "pins" -> "the kernel's counters";
          case "cpu-time" -> "CPU time of the process";
          case "cpu" -> "CPU time and perf events";
          case "fairness" -> "transactions of each thread";
          case "dram" -> "system-memory traffic";
          case "kernel" -> "traces a warm-up iteration";
          default -> added.contains("+") ? "those of every run" : "";
        };
    return new Cell(added.replace("+", ", "), how, Cell.Look.HEAD);
  }

  private List<String> words(List<RowFigures> rows) {
    List<String> paragraphs = new ArrayList<>();
    rows.stream()
        .filter(row -> added(row).contains("+"))
        .map(this::sentence)
        .flatMap(Optional::stream)
        .forEach(paragraphs::add);
    if (rows.stream().anyMatch(row -> added(row).equals("kernel") && !row.forks().isEmpty())) {
      paragraphs.add(
          "kernel traces a warm-up iteration and no measured one, so its ratios should hold 1×."
              + " What tracing does to the iteration that is traced stands in \"Inside the"
              + " kernel\" of a run with --profiler kernel.");
    }
    rows.stream()
        .map(Overheads::absent)
        .flatMap(Optional::stream)
        .distinct()
        .forEach(paragraphs::add);
    return paragraphs;
  }

  /** What of a row's profilers is not on this machine, and why. */
  private static Optional<String> absent(RowFigures row) {
    Optional<String> events =
        row.row().forks().stream()
            .map(Fork::perf)
            .filter(Objects::nonNull)
            .map(perf -> added(row) + ": " + Figures.notAvailable(perf.unavailable()) + ".")
            .findFirst();
    return row.row().status() == Row.RowStatus.REFUSED && row.row().reason() != null
        ? Optional.of(added(row) + ": " + Figures.notAvailable(row.row().reason()) + ".")
        : events;
  }

  /** What a reader would quote of the profilers that every run has. */
  private Optional<String> sentence(RowFigures all) {
    Optional<RowFigures> off = off(all);
    Optional<Double> with = all.spread(Metric.TIME_EACH).map(Spread::median);
    Optional<Double> without = off.flatMap(o -> o.spread(Metric.TIME_EACH)).map(Spread::median);
    if (with.isEmpty() || without.isEmpty()) {
      return Optional.empty();
    }
    String ratio =
        ratio(all, Metric.TIME_EACH) instanceof Ratio.Known known
            ? Units.factor(known.point())
                + " "
                + Figures.interval(known)
                + " of the time, "
                + Figures.verdict(known, Metric.TIME_EACH)
            : "the ratio is not known: " + ((Ratio.Unknown) ratio(all, Metric.TIME_EACH)).reason();
    return Optional.of(
        "On this machine ("
            + analysis.machineClass().label()
            + ") a "
            + transaction(all)
            + ", takes "
            + Units.time(with.get())
            + " under the profilers of every run ("
            + added(all).replace("+", ", ")
            + ") and "
            + Units.time(without.get())
            + " without any ("
            + ratio
            + ").");
  }

  private Ratio ratio(RowFigures row, Metric metric) {
    return off(row)
        .map(off -> ratios.of(row, off, metric))
        .orElse(new Ratio.Unknown("not measured without"));
  }

  private Block.Table table(List<RowFigures> rows) {
    return new Block.Table(
        analysis.machineClass(),
        "What profilers cost: " + transaction(rows.get(0)),
        List.of(
            "Profiler",
            "Divided by",
            "Time for each",
            "ratio (less is better)",
            "p50",
            "ratio (less is better)"),
        List.of(rows.stream().map(this::cells).toList()),
        "Stages run beside each other profiler, for without stamps there is no p50. Ratios come"
            + " from pairs of forks in the same round, with their 95 % intervals; worse is said"
            + " only where it stands over all ratios of these tables together (Benjamini and"
            + " Hochberg)."
            + Figures.WEAK);
  }

  private List<Cell> cells(RowFigures row) {
    List<Cell> cells = new ArrayList<>(List.of(name(row)));
    if (row.forks().isEmpty()) {
      cells.add(Cell.none("–"));
      cells.addAll(Collections.nCopies(4, Cell.none(Figures.NOT_AVAILABLE)));
      return cells;
    }
    Optional<RowFigures> off = off(row);
    boolean baseline = WITHOUT.equals(row.parameters().profilers());
    cells.add(
        off.map(o -> Cell.text(o.parameters().profilers()))
            .orElse(Cell.none(baseline ? "–" : "not measured without")));
    for (Metric metric : METRICS) {
      cells.add(
          baseline && metric == Metric.P50 ? Cell.none("takes stages") : Figures.cell(row, metric));
      cells.add(ratioCell(row, off, metric));
    }
    return cells;
  }

  private Cell ratioCell(RowFigures row, Optional<RowFigures> off, Metric metric) {
    if (off.isEmpty()) {
      return Cell.none("–");
    }
    boolean unstamped = WITHOUT.equals(off.get().parameters().profilers());
    return metric == Metric.P50 && unstamped
        ? Cell.none("takes stages in both")
        : Figures.narrowRatio(ratio(row, metric), metric);
  }

  private Optional<Chart> chart(List<RowFigures> rows) {
    RatioIntervals intervals = new RatioIntervals();
    for (RowFigures row : rows) {
      String label = added(row).contains("+") ? "all of a run" : added(row);
      for (Metric metric : METRICS) {
        intervals.add(label, metric.label(), METRICS.indexOf(metric), ratio(row, metric));
      }
    }
    RowFigures first = rows.get(0);
    return intervals.chart(
        first.row().group().replaceAll("[^A-Za-z0-9]+", "-"),
        "What profilers cost: " + Paths.name(first.parameters()),
        "Each profiler on divided by off; right of 1× it takes time. Line: 95 % interval."
            + " A "
            + transaction(first)
            + ".",
        analysis.machineClass(),
        "Time with the profiler divided by that without");
  }
}
