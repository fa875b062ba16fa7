// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.p2pbench.reports.charts.Units;
import org.p2pbench.reports.statistics.Analysis;
import org.p2pbench.reports.statistics.Comparison;
import org.p2pbench.reports.statistics.Metric;
import org.p2pbench.reports.statistics.RowFigures;
import org.p2pbench.reports.statistics.Setting;

/** Tables of twins: for each block size every path, against bouncing through RAM. */
final class AnswerTables {
  private static final List<Metric> METRICS =
      List.of(
          Metric.THROUGHPUT, Metric.P50, Metric.P99, Metric.P999, Metric.CPU_PER_GIB, Metric.PINS);
  private static final List<String> COLUMNS =
      List.of(
          "Block",
          "Path",
          "Throughput",
          "p50",
          "p99",
          "p99.9",
          "CPU per GiB",
          "Pins per transaction",
          "Throughput against RAM");

  /** Two medians and the ratio beside them may seem to disagree. */
  static final String RATIO_NOTE =
      "A ratio, before its 95 % interval, comes from pairs of forks that ran in the same round: it"
          + " need not be the quotient of the two medians.";

  private AnswerTables() {}

  /** Every path's figures in one setting. */
  static Block.Table figures(
      Findings findings, Setting setting, List<RowFigures> rows, String what) {
    return table(
        findings.analysis(), what + ": " + Paths.setting(setting), groups(findings, rows, ""));
  }

  /** Every path's figures in several settings, which stand below the block size. */
  static Block.Table figures(
      Findings findings, Map<Setting, List<RowFigures>> settings, String caption) {
    List<List<List<Cell>>> groups = new ArrayList<>();
    settings.forEach(
        (setting, rows) -> groups.addAll(groups(findings, rows, Paths.setting(setting))));
    return table(findings.analysis(), caption, groups);
  }

  private static Block.Table table(
      Analysis analysis, String caption, List<List<List<Cell>>> groups) {
    return new Block.Table(
        analysis.machineClass(),
        caption,
        COLUMNS,
        groups,
        "Large: median over the forks. Small: least and greatest fork. " + RATIO_NOTE);
  }

  private static List<List<List<Cell>>> groups(
      Findings findings, List<RowFigures> rows, String detail) {
    List<List<List<Cell>>> groups = new ArrayList<>();
    bySize(rows)
        .forEach(
            (bytes, twins) ->
                groups.add(
                    sized(
                        bytes,
                        detail,
                        twins.stream()
                            .sorted(Paths.order())
                            .map(row -> figures(findings, row))
                            .toList())));
    return groups;
  }

  /** Every path's ratios to RAM, for each metric. */
  static Block.Table ratios(Findings findings, Setting setting, List<RowFigures> rows) {
    Analysis analysis = findings.analysis();
    List<List<List<Cell>>> groups = new ArrayList<>();
    bySize(rows)
        .forEach(
            (bytes, twins) -> {
              List<List<Cell>> group =
                  twins.stream()
                      .filter(row -> !Comparison.isBaseline(row.parameters()))
                      .filter(row -> analysis.baselineOf(row).isPresent())
                      .sorted(Paths.order())
                      .map(row -> ratios(findings, row))
                      .toList();
              if (!group.isEmpty()) {
                groups.add(sized(bytes, "", group));
              }
            });
    List<String> columns = new ArrayList<>(List.of("Block", "Path"));
    for (Metric metric : RatioFamily.METRICS) {
      columns.add(
          heading(metric) + (metric.higherIsBetter() ? " (more is better)" : " (less is better)"));
    }
    return new Block.Table(
        analysis.machineClass(),
        "Each path divided by RAM: " + Paths.setting(setting),
        columns,
        groups,
        "95 % intervals in brackets, each for itself. Better and worse are said only where the whole"
            + " interval is on one side of 1×, half a per cent or more away, and the difference"
            + " holds over all ratios to RAM of the run (Benjamini and Hochberg, 5 %)."
            + Figures.WEAK);
  }

  private static String heading(Metric metric) {
    return metric.label().startsWith("p") ? metric.label() : Paths.capital(metric.label());
  }

  private static Map<Long, List<RowFigures>> bySize(List<RowFigures> rows) {
    return rows.stream()
        .collect(
            Collectors.groupingBy(
                row -> row.parameters().blockBytes() == null ? 0L : row.parameters().blockBytes(),
                TreeMap::new,
                Collectors.toList()));
  }

  private static List<List<Cell>> sized(long bytes, String detail, List<List<Cell>> rows) {
    return Block.Table.group(new Cell(Units.bytes(bytes), detail, Cell.Look.HEAD), rows);
  }

  private static List<Cell> figures(Findings findings, RowFigures row) {
    List<Cell> cells = new ArrayList<>();
    cells.add(new Cell(Paths.name(row, findings.analysis()), Paths.pagesNote(row), Cell.Look.TEXT));
    for (Metric metric : METRICS) {
      cells.add(Figures.cell(row, metric));
    }
    cells.add(againstRam(findings.ratios(), row));
    return cells;
  }

  private static Cell againstRam(RatioFamily family, RowFigures row) {
    if (Comparison.isBaseline(row.parameters())) {
      return Cell.number("1×", "baseline");
    }
    return Figures.ratio(family.toRam(row, Metric.THROUGHPUT), Metric.THROUGHPUT);
  }

  private static List<Cell> ratios(Findings findings, RowFigures row) {
    List<Cell> cells = new ArrayList<>();
    cells.add(Cell.text(Paths.name(row, findings.analysis())));
    for (Metric metric : RatioFamily.METRICS) {
      cells.add(Figures.narrowRatio(findings.ratios().toRam(row, metric), metric));
    }
    return cells;
  }
}
