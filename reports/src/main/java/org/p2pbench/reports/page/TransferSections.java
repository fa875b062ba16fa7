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
import org.p2pbench.reports.charts.ChartAxis.Kind;
import org.p2pbench.reports.charts.Units;
import org.p2pbench.reports.statistics.Analysis;
import org.p2pbench.reports.statistics.Comparison;
import org.p2pbench.reports.statistics.Metric;
import org.p2pbench.reports.statistics.RowFigures;
import org.p2pbench.reports.statistics.Setting;

/** The sections about transfers and drains. */
final class TransferSections {
  private TransferSections() {}

  /** The table of the answer, of the setting that answers most. */
  static Optional<Block.Table> answerTable(Findings findings) {
    return first(findings.analysis())
        .map(
            e -> {
              List<RowFigures> rows = answered(e.getValue());
              String what =
                  isReference(findings.analysis())
                      ? "The closed loop that rates in per cent are taken of"
                      : heldAgainst(findings.analysis(), rows);
              return AnswerTables.figures(findings, e.getKey(), rows, what);
            });
  }

  /** Whether the closed loop was measured for an open one's rates, and answers nothing itself. */
  private static boolean isReference(Analysis analysis) {
    return OpenLoopSection.asked(analysis)
        && analysis.measured("transfer").stream()
            .allMatch(row -> Comparison.isBaseline(row.parameters()));
  }

  /** What is held against what: a table's title must not promise rows that it does not have. */
  private static String heldAgainst(Analysis analysis, List<RowFigures> rows) {
    boolean baseline = rows.stream().anyMatch(row -> Comparison.isBaseline(row.parameters()));
    if (baseline && rows.stream().anyMatch(TransferSections::isDirect)) {
      return switch (analysis.machineClass()) {
        case EMULATED -> "The stand-in against system memory";
        case LAB, HARDWARE -> "CMB-direct against system memory";
      };
    }
    String others =
        rows.stream()
            .filter(row -> !Comparison.isBaseline(row.parameters()))
            .sorted(Paths.order())
            .map(row -> Paths.name(row, analysis))
            .distinct()
            .collect(Collectors.joining("; "));
    return others.isEmpty() ? "RAM alone" : others + (baseline ? " against RAM" : ", without RAM");
  }

  private static boolean isDirect(RowFigures row) {
    return Paths.isMain(row) && Comparison.isCmb(row.parameters().memory());
  }

  /** The question of the project, at each block size. */
  static Optional<Section> answer(Findings findings) {
    Analysis analysis = findings.analysis();
    TransferCharts charts = new TransferCharts(findings);
    return first(analysis)
        .map(
            e -> {
              List<Block> blocks = new ArrayList<>();
              answerTable(findings).ifPresent(blocks::add);
              add(blocks, charts.ratios(e.getKey(), answered(e.getValue())));
              add(
                  blocks,
                  charts.bySize(
                      e.getKey(),
                      answered(e.getValue()),
                      Metric.THROUGHPUT,
                      Kind.RATE,
                      "Throughput by block size"));
              Block.Table ratios =
                  AnswerTables.ratios(findings, e.getKey(), answered(e.getValue()));
              if (ratios.hasFigures()) {
                blocks.add(ratios);
              }
              return new Section(
                  "answer", isReference(analysis) ? "The closed loop" : "The answer", blocks);
            });
  }

  /** Twins that differ from RAM in something else: larger pages, a copy, the page cache. */
  static Optional<Section> choices(Findings findings) {
    Analysis analysis = findings.analysis();
    return first(analysis)
        .filter(e -> e.getValue().size() > answered(e.getValue()).size())
        .map(
            e -> {
              List<RowFigures> rows =
                  e.getValue().stream()
                      .filter(row -> !Paths.isMain(row) || Comparison.isBaseline(row.parameters()))
                      .toList();
              List<Block> blocks = new ArrayList<>();
              blocks.add(
                  AnswerTables.figures(findings, e.getKey(), rows, heldAgainst(analysis, rows)));
              add(blocks, new TransferCharts(findings).ratios(e.getKey(), rows));
              return new Section("choices", "Other choices", blocks);
            });
  }

  /**
   * CMB and RAM, however they are pinned. Where RAM alone is among them the other choices are what
   * was asked for, and there is nothing else to answer.
   */
  private static List<RowFigures> answered(List<RowFigures> rows) {
    List<RowFigures> main = rows.stream().filter(Paths::isMain).toList();
    return main.stream().allMatch(row -> Comparison.isBaseline(row.parameters())) ? rows : main;
  }

  /** Latencies: percentiles, stages, histograms at a small, a middle and a large block. */
  static Optional<Section> latency(Findings findings) {
    Analysis analysis = findings.analysis();
    TransferCharts charts = new TransferCharts(findings);
    List<Block> blocks = new ArrayList<>();
    first(analysis)
        .ifPresent(
            e -> {
              Setting setting = e.getKey();
              List<List<RowFigures>> sizes = smallMiddleLarge(e.getValue());
              group(blocks, "Percentiles", sizes, t -> charts.percentiles(setting, answered(t)));
              group(blocks, "Stages", sizes, t -> charts.stages(setting, t));
              group(blocks, "Histograms", sizes, t -> charts.histogram(setting, answered(t)));
            });
    return blocks.isEmpty()
        ? Optional.empty()
        : Optional.of(new Section("latency", "Latency", blocks));
  }

  /** What more depth, more threads and larger blocks bring, and what they cost the CPU. */
  static Optional<Section> scaling(Findings findings) {
    Analysis analysis = findings.analysis();
    TransferCharts charts = new TransferCharts(findings);
    List<Block> blocks = new ArrayList<>();
    first(analysis)
        .ifPresent(
            e ->
                add(
                    blocks,
                    charts.bySize(
                        e.getKey(),
                        answered(e.getValue()),
                        Metric.CPU_PER_GIB,
                        Kind.TIME,
                        "CPU time per GiB by block size")));
    families(
            analysis,
            s -> new Setting(s.benchmark(), s.engine(), 0, s.threads(), s.pattern(), s.layout()))
        .ifPresent(rows -> saturation(blocks, charts, "queue depth", rows, s -> (long) s.depth()));
    families(
            analysis,
            s -> new Setting(s.benchmark(), s.engine(), s.depth(), 0, s.pattern(), s.layout()))
        .ifPresent(rows -> saturation(blocks, charts, "threads", rows, s -> (long) s.threads()));
    fairness(analysis).ifPresent(blocks::add);
    ThreadShares.table(analysis).ifPresent(blocks::add);
    return blocks.isEmpty()
        ? Optional.empty()
        : Optional.of(new Section("scaling", "Scaling and CPU time", blocks));
  }

  private static void saturation(
      List<Block> blocks,
      TransferCharts charts,
      String what,
      List<RowFigures> rows,
      Function<Setting, Long> count) {
    for (Metric metric : List.of(Metric.THROUGHPUT, Metric.P99)) {
      add(blocks, charts.scaling(metric, what, rows, r -> count.apply(Setting.of(r.row()))));
    }
  }

  /** How evenly threads got on. */
  private static Optional<Block> fairness(Analysis analysis) {
    Map<String, List<List<Cell>>> groups =
        analysis.measured("transfer").stream()
            .filter(row -> row.spread(Metric.FAIRNESS).isPresent())
            .collect(
                Collectors.groupingBy(
                    row -> Units.bytes(TransferCharts.bytes(row)),
                    LinkedHashMap::new,
                    Collectors.mapping(row -> fairness(analysis, row), Collectors.toList())));
    return groups.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Block.Table(
                analysis.machineClass(),
                "Fairness between threads",
                List.of("Block", "Path", "Setting", "Jain's index"),
                groups.entrySet().stream()
                    .map(e -> Block.Table.group(Cell.head(e.getKey()), e.getValue()))
                    .toList(),
                "Of the transactions that each thread completed: 1 where all did the same, 1/n where"
                    + " one of n did all (Jain, Chiu, Hawe 1984)."));
  }

  private static List<Cell> fairness(Analysis analysis, RowFigures row) {
    return List.of(
        Cell.text(Paths.name(row, analysis)),
        Cell.text(Paths.setting(Setting.of(row.row()))),
        Figures.cell(row, Metric.FAIRNESS));
  }

  /** The other settings of transfers. */
  static Optional<Section> otherSettings(Findings findings) {
    Analysis analysis = findings.analysis();
    Map<Setting, List<RowFigures>> settings = new LinkedHashMap<>(analysis.settings("transfer"));
    first(analysis).ifPresent(e -> settings.remove(e.getKey()));
    return table(
        findings, settings, "settings", "Other engines, depths and threads", "Other transfers");
  }

  /** Drains alone: the peer has already delivered. */
  static Optional<Section> drain(Findings findings) {
    Analysis analysis = findings.analysis();
    return table(
        findings,
        analysis.settings("drain"),
        "drain",
        "Drain alone",
        "Drains: the peer has already delivered the block");
  }

  private static Optional<Section> table(
      Findings findings,
      Map<Setting, List<RowFigures>> settings,
      String id,
      String title,
      String caption) {
    return settings.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Section(id, title, List.of(AnswerTables.figures(findings, settings, caption))));
  }

  private static Optional<Map.Entry<Setting, List<RowFigures>>> first(Analysis analysis) {
    return analysis.settings("transfer").entrySet().stream().findFirst();
  }

  private static List<List<RowFigures>> smallMiddleLarge(List<RowFigures> rows) {
    List<List<RowFigures>> sizes =
        new ArrayList<>(
            rows.stream()
                .collect(
                    Collectors.groupingBy(TransferCharts::bytes, TreeMap::new, Collectors.toList()))
                .values());
    int last = sizes.size() - 1;
    return sizes.size() < 4
        ? sizes
        : List.of(sizes.get(0), sizes.get((last + 1) / 2), sizes.get(last));
  }

  /** The rows of one block size that differ, beside the path, in the one thing left out of key. */
  private static Optional<List<RowFigures>> families(
      Analysis analysis, java.util.function.UnaryOperator<Setting> key) {
    Map<String, List<RowFigures>> families = new LinkedHashMap<>();
    for (RowFigures row : analysis.measured("transfer")) {
      String family = key.apply(Setting.of(row.row())) + " " + TransferCharts.bytes(row);
      families.computeIfAbsent(family, f -> new ArrayList<>()).add(row);
    }
    return families.values().stream()
        .filter(rows -> settings(rows) > 1)
        .min(
            Comparator.comparingLong((List<RowFigures> rows) -> -settings(rows))
                .thenComparing(rows -> TransferCharts.bytes(rows.get(0))));
  }

  private static long settings(List<RowFigures> rows) {
    return rows.stream().map(row -> Setting.of(row.row())).distinct().count();
  }

  /** One chart for each size below a heading; nothing where no size has one. */
  private static void group(
      List<Block> blocks,
      String title,
      List<List<RowFigures>> sizes,
      Function<List<RowFigures>, Optional<Chart>> chart) {
    List<Block> figures = new ArrayList<>();
    sizes.forEach(twins -> add(figures, chart.apply(twins)));
    if (!figures.isEmpty()) {
      blocks.add(new Block.Heading(title));
      blocks.addAll(figures);
    }
  }

  private static void add(List<Block> blocks, Optional<Chart> chart) {
    chart.ifPresent(c -> blocks.add(new Block.Figure(c)));
  }
}
