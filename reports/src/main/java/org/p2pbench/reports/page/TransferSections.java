// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.p2pbench.reports.charts.Chart;
import org.p2pbench.reports.charts.ChartAxis.Kind;
import org.p2pbench.reports.statistics.Analysis;
import org.p2pbench.reports.statistics.Metric;
import org.p2pbench.reports.statistics.RowFigures;
import org.p2pbench.reports.statistics.Setting;

/** The sections about transfers and drains. */
final class TransferSections {
  private TransferSections() {}

  /** The table of the answer, of the setting that answers most. */
  static Optional<Block.Table> answerTable(Analysis analysis) {
    return analysis.settings("transfer").entrySet().stream()
        .findFirst()
        .map(e -> AnswerTables.figures(analysis, e.getKey(), e.getValue(), what(analysis)));
  }

  private static String what(Analysis analysis) {
    return switch (analysis.machineClass()) {
      case EMULATED -> "The stand-in, RAM and the twins that differ in one choice";
      case LAB, HARDWARE -> "CMB-direct against system memory";
    };
  }

  /** The question of the project, at each block size. */
  static Optional<Section> answer(Analysis analysis) {
    TransferCharts charts = new TransferCharts(analysis);
    return first(analysis)
        .map(
            e -> {
              List<Block> blocks = new ArrayList<>();
              answerTable(analysis).ifPresent(blocks::add);
              add(blocks, charts.ratios(e.getKey(), e.getValue()));
              add(
                  blocks,
                  charts.bySize(
                      e.getKey(),
                      e.getValue(),
                      Metric.THROUGHPUT,
                      Kind.RATE,
                      "Throughput by block size"));
              Block.Table ratios = AnswerTables.ratios(analysis, e.getKey(), e.getValue());
              if (!ratios.groups().isEmpty()) {
                blocks.add(ratios);
              }
              return new Section("answer", "Every path against RAM", blocks);
            });
  }

  /** Latencies: percentiles, stages, histograms at a small, a middle and a large block. */
  static Optional<Section> latency(Analysis analysis) {
    TransferCharts charts = new TransferCharts(analysis);
    List<Block> blocks = new ArrayList<>();
    first(analysis)
        .ifPresent(
            e -> {
              List<List<RowFigures>> sizes = smallMiddleLarge(e.getValue());
              sizes.forEach(twins -> add(blocks, charts.percentiles(e.getKey(), twins)));
              sizes.forEach(twins -> add(blocks, charts.stages(e.getKey(), twins)));
              sizes.forEach(twins -> add(blocks, charts.histogram(e.getKey(), twins)));
            });
    return blocks.isEmpty()
        ? Optional.empty()
        : Optional.of(new Section("latency", "Latency", blocks));
  }

  /** What more depth, more threads and larger blocks bring, and what they cost the CPU. */
  static Optional<Section> scaling(Analysis analysis) {
    TransferCharts charts = new TransferCharts(analysis);
    List<Block> blocks = new ArrayList<>();
    first(analysis)
        .ifPresent(
            e ->
                add(
                    blocks,
                    charts.bySize(
                        e.getKey(),
                        e.getValue(),
                        Metric.CPU_PER_GIB,
                        Kind.TIME,
                        "CPU time per GiB by block size")));
    families(analysis, s -> new Setting(s.benchmark(), s.engine(), 0, s.threads(), s.pattern()))
        .ifPresent(
            rows ->
                add(
                    blocks,
                    charts.scaling(
                        "throughput-by-depth",
                        "queue depth",
                        rows,
                        r -> (long) Setting.of(r.row()).depth())));
    families(analysis, s -> new Setting(s.benchmark(), s.engine(), s.depth(), 0, s.pattern()))
        .ifPresent(
            rows ->
                add(
                    blocks,
                    charts.scaling(
                        "throughput-by-threads",
                        "threads",
                        rows,
                        r -> (long) Setting.of(r.row()).threads())));
    return blocks.isEmpty()
        ? Optional.empty()
        : Optional.of(new Section("scaling", "Scaling and CPU time", blocks));
  }

  /** The other settings of transfers, as tables. */
  static Optional<Section> otherSettings(Analysis analysis) {
    List<Block> blocks = new ArrayList<>();
    analysis.settings("transfer").entrySet().stream()
        .skip(1)
        .forEach(
            e -> blocks.add(AnswerTables.figures(analysis, e.getKey(), e.getValue(), "Transfers")));
    return blocks.isEmpty()
        ? Optional.empty()
        : Optional.of(new Section("settings", "Other engines, depths and threads", blocks));
  }

  /** Drains alone: the peer has already delivered. */
  static Optional<Section> drain(Analysis analysis) {
    List<Block> blocks = new ArrayList<>();
    analysis
        .settings("drain")
        .forEach(
            (setting, rows) ->
                blocks.add(
                    AnswerTables.figures(
                        analysis, setting, rows, "Drain alone, from a generator")));
    return blocks.isEmpty()
        ? Optional.empty()
        : Optional.of(new Section("drain", "Drain alone", blocks));
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
        .max(java.util.Comparator.comparingLong(TransferSections::settings));
  }

  private static long settings(List<RowFigures> rows) {
    return rows.stream().map(row -> Setting.of(row.row())).distinct().count();
  }

  private static void add(List<Block> blocks, Optional<Chart> chart) {
    chart.ifPresent(c -> blocks.add(new Block.Figure(c)));
  }
}
