// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.p2pbench.reports.charts.Units;
import org.p2pbench.reports.rundir.Fork;
import org.p2pbench.reports.statistics.Analysis;
import org.p2pbench.reports.statistics.Metric;
import org.p2pbench.reports.statistics.RowFigures;
import org.p2pbench.reports.statistics.Setting;

/** What perf events and memory controllers counted of transactions, or why they did not. */
final class CounterSection implements SectionBuilder {
  private static final Map<Metric, String> COLUMNS = columns();

  private static Map<Metric, String> columns() {
    Map<Metric, String> columns = new LinkedHashMap<>();
    columns.put(Metric.CYCLES, "Cycles");
    columns.put(Metric.INSTRUCTIONS, "Instructions");
    columns.put(Metric.IPC, "Instructions per cycle");
    columns.put(Metric.CACHE_MISSES, "Cache misses");
    columns.put(Metric.CONTEXT_SWITCHES, "Context switches");
    columns.put(Metric.MIGRATIONS, "Migrations");
    columns.put(Metric.DRAM, "System-memory traffic, bytes per byte moved");
    return columns;
  }

  @Override
  public Optional<Section> build(Findings findings) {
    Analysis analysis = findings.analysis();
    // Beside a load and in an open loop other work of the process would be in the counts.
    List<RowFigures> rows =
        Stream.of("transfer", "drain")
            .flatMap(benchmark -> analysis.measured(benchmark).stream())
            .toList();
    List<Metric> counted =
        COLUMNS.keySet().stream()
            .filter(metric -> rows.stream().anyMatch(row -> row.spread(metric).isPresent()))
            .toList();
    List<Block> blocks = new ArrayList<>();
    if (!counted.isEmpty()) {
      blocks.add(table(analysis, rows, counted));
    }
    List<String> missing = missing(rows);
    if (!missing.isEmpty()) {
      blocks.add(new Block.Text(missing));
    }
    return blocks.isEmpty()
        ? Optional.empty()
        : Optional.of(new Section("counters", "What CPU and memory counted", blocks));
  }

  private static Block.Table table(Analysis analysis, List<RowFigures> rows, List<Metric> counted) {
    Map<Long, List<RowFigures>> bySize =
        rows.stream()
            .filter(row -> counted.stream().anyMatch(metric -> row.spread(metric).isPresent()))
            .sorted(Paths.order())
            .collect(
                Collectors.groupingBy(TransferCharts::bytes, TreeMap::new, Collectors.toList()));
    List<String> columns = new ArrayList<>(List.of("Block", "Path", "Setting"));
    counted.forEach(metric -> columns.add(COLUMNS.get(metric)));
    return new Block.Table(
        analysis.machineClass(),
        "Counted for each transaction",
        columns,
        bySize.values().stream().map(twins -> group(analysis, twins, counted)).toList(),
        "Of the whole process, the kernel's work for it and the JVM's own threads included; memory"
            + " traffic is the whole machine's. Large: median over the forks. Small: least and"
            + " greatest fork.");
  }

  private static List<List<Cell>> group(
      Analysis analysis, List<RowFigures> twins, List<Metric> counted) {
    List<List<Cell>> rows = new ArrayList<>();
    for (RowFigures row : twins) {
      String drain = row.row().benchmark().equals("drain") ? "drain alone, " : "";
      List<Cell> cells = new ArrayList<>();
      cells.add(Cell.text(Paths.name(row, analysis)));
      cells.add(Cell.text(drain + Paths.setting(Setting.of(row.row()))));
      counted.forEach(metric -> cells.add(Figures.cell(row, metric)));
      rows.add(cells);
    }
    return Block.Table.group(Cell.head(Units.bytes(TransferCharts.bytes(twins.get(0)))), rows);
  }

  private static List<String> missing(List<RowFigures> rows) {
    List<String> missing = new ArrayList<>();
    reasons(rows, Fork::perf)
        .forEach(why -> missing.add("Perf events: " + Figures.notAvailable(why) + "."));
    reasons(rows, Fork::dram)
        .forEach(why -> missing.add("System-memory traffic: " + Figures.notAvailable(why) + "."));
    return missing;
  }

  private static List<String> reasons(
      List<RowFigures> rows, Function<Fork, Fork.Unavailable> profiler) {
    return rows.stream()
        .flatMap(row -> row.row().forks().stream())
        .map(profiler)
        .filter(Objects::nonNull)
        .map(Fork.Unavailable::unavailable)
        .distinct()
        .toList();
  }
}
