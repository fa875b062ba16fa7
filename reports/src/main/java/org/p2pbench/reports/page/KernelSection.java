// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.p2pbench.reports.charts.Chart;
import org.p2pbench.reports.charts.ChartAxis;
import org.p2pbench.reports.charts.ChartAxis.Kind;
import org.p2pbench.reports.charts.Units;
import org.p2pbench.reports.rundir.KernelTimes;
import org.p2pbench.reports.rundir.KernelTimes.KernelStage;
import org.p2pbench.reports.statistics.Analysis;
import org.p2pbench.reports.statistics.RowFigures;
import org.p2pbench.reports.statistics.Setting;
import org.p2pbench.reports.statistics.Spread;

/** Where the kernel spends a transaction, from the traced iterations of a run that has them. */
final class KernelSection implements SectionBuilder {

  /** The stages of a bar, in the order in which an I/O comes by, each as several of the trace. */
  private static final List<Bar> BARS =
      List.of(
          new Bar("pin", List.of("pin")),
          new Bar("submit, map", List.of("enter", "submit", "map")),
          new Bar("device", List.of("device")),
          new Bar("complete", List.of("complete")),
          new Bar("unmap", List.of("unmap")),
          new Bar("unpin", List.of("unpin")),
          new Bar("wake-up", List.of("wake-up")));

  /** The columns of the table. */
  private static final List<Column> COLUMNS =
      List.of(
          new Column("enter", "Enter"),
          new Column("pin", "Pin"),
          new Column("map", "Map"),
          new Column("submit", "Submit"),
          new Column("device", "Device"),
          new Column("complete", "Complete"),
          new Column("unmap", "Unmap"),
          new Column("unpin", "Unpin"),
          new Column("wake-up", "Wake-up"));

  /** A stage of the trace, and its head. */
  private record Column(String stage, String head) {}

  /** A part of a bar. */
  private record Bar(String name, List<String> stages) {}

  @Override
  public Optional<Section> build(Findings findings) {
    Analysis analysis = findings.analysis();
    List<Block> blocks = new ArrayList<>();
    for (String benchmark : List.of("transfer", "drain")) {
      analysis.settings(benchmark).forEach((setting, rows) -> add(blocks, analysis, setting, rows));
    }
    unavailable(analysis).ifPresent(blocks::add);
    return blocks.isEmpty()
        ? Optional.empty()
        : Optional.of(new Section("kernel", "Inside the kernel", blocks));
  }

  private static void add(
      List<Block> blocks, Analysis analysis, Setting setting, List<RowFigures> rows) {
    Map<Long, List<RowFigures>> bySize =
        rows.stream()
            .filter(row -> traced(row).findAny().isPresent())
            .sorted(Paths.order())
            .collect(
                Collectors.groupingBy(TransferCharts::bytes, TreeMap::new, Collectors.toList()));
    if (bySize.isEmpty()) {
      return;
    }
    blocks.add(table(analysis, setting, bySize));
    bySize.forEach((bytes, twins) -> blocks.add(new Block.Figure(chart(analysis, setting, twins))));
  }

  private static Block.Table table(
      Analysis analysis, Setting setting, Map<Long, List<RowFigures>> bySize) {
    List<String> columns = new ArrayList<>(List.of("Block", "Path"));
    COLUMNS.forEach(column -> columns.add(column.head()));
    columns.addAll(List.of("Sum", "User space saw"));
    List<List<List<Cell>>> groups =
        bySize.values().stream()
            .map(twins -> twins.stream().map(row -> cells(row, twins.get(0), analysis)).toList())
            .toList();
    return new Block.Table(
        analysis.machineClass(),
        "Where the kernel spends a "
            + (setting.benchmark().equals("drain") ? "drain" : "transaction")
            + ", "
            + Paths.setting(setting),
        columns,
        groups,
        note(bySize));
  }

  private static List<Cell> cells(RowFigures row, RowFigures first, Analysis analysis) {
    String size = Units.bytes(TransferCharts.bytes(row));
    List<Cell> cells = new ArrayList<>();
    cells.add(row == first ? Cell.head(size) : Cell.headAgain(size));
    cells.add(Cell.text(Paths.name(row, analysis)));
    for (Column column : COLUMNS) {
      cells.add(Figures.timeCell(spread(row, t -> ns(t, List.of(column.stage()))), "not seen"));
    }
    cells.add(Figures.timeCell(spread(row, KernelTimes::kernelNs), "unknown"));
    Cell user = Figures.timeCell(spread(row, KernelTimes::userNs), "unknown");
    String slowdown =
        spread(row, KernelTimes::slowdown)
            .map(x -> Units.factor(x.median()) + " by tracing")
            .orElse("");
    cells.add(new Cell(user.text(), slowdown, user.look()));
    return cells;
  }

  /** How it was done, and the functions that stand for each stage. */
  private static String note(Map<Long, List<RowFigures>> bySize) {
    List<KernelTimes> all =
        bySize.values().stream().flatMap(List::stream).flatMap(KernelSection::traced).toList();
    Map<String, String> functions = new TreeMap<>();
    for (KernelTimes times : all) {
      for (KernelStage stage : times.stages()) {
        if (!stage.functions().isEmpty()) {
          functions.put(stage.stage(), String.join(", ", stage.functions()));
        }
      }
    }
    String tracers =
        all.stream()
            .map(KernelTimes::tracer)
            .filter(Objects::nonNull)
            .distinct()
            .collect(Collectors.joining(", "));
    return "Mean for each transaction, median over the forks, by "
        + tracers
        + " in a warm-up iteration of its own: no measured iteration was traced. Each moment between"
        + " the begin and the end of the system call is in one stage, so that they add up. By tracing:"
        + " that latency divided by the one of the iterations that were not traced. Functions: "
        + functions.entrySet().stream()
            .map(e -> e.getKey() + ": " + e.getValue())
            .collect(Collectors.joining("; "))
        + ".";
  }

  private static Chart chart(Analysis analysis, Setting setting, List<RowFigures> twins) {
    StackedBars bars = new StackedBars(twins.size());
    for (int style = 0; style < BARS.size(); style++) {
      Bar bar = BARS.get(style);
      if (twins.stream().anyMatch(row -> median(row, bar) > 0)) {
        bars.add(bar.name(), style, i -> median(twins.get(i), bar));
      }
    }
    String size = Units.bytes(TransferCharts.bytes(twins.get(0)));
    return new Chart(
        "kernel-" + TransferCharts.id(setting) + "-" + TransferCharts.bytes(twins.get(0)),
        "Inside the kernel: where a " + size + " transaction goes",
        "Mean time of each stage in the traced iteration, median over the forks; at the end their"
            + " sum. "
            + Paths.setting(setting)
            + ".",
        analysis.machineClass(),
        ChartAxis.of("Mean time", Kind.TIME_FROM_ZERO),
        ChartAxis.categories(twins.stream().map(row -> Paths.name(row, analysis)).toList()),
        bars.series());
  }

  private static double median(RowFigures row, Bar bar) {
    return spread(row, t -> ns(t, bar.stages())).map(Spread::median).orElse(0.0);
  }

  /** Time in some stages, null where none of them was seen. */
  private static Double ns(KernelTimes times, List<String> stages) {
    List<KernelStage> seen =
        times.stages().stream().filter(s -> stages.contains(s.stage())).toList();
    return seen.isEmpty()
        ? null
        : (Double) seen.stream().mapToDouble(KernelStage::nsPerTransaction).sum();
  }

  private static Optional<Spread> spread(RowFigures row, Function<KernelTimes, Double> value) {
    return Spread.of(
        traced(row).map(value).filter(Objects::nonNull).mapToDouble(Double::doubleValue).toArray());
  }

  private static Stream<KernelTimes> traced(RowFigures row) {
    return row.row().forks().stream()
        .map(fork -> fork.kernel())
        .filter(k -> k != null && !k.stages().isEmpty());
  }

  private static Optional<Block> unavailable(Analysis analysis) {
    List<String> reasons =
        analysis.rows().stream()
            .flatMap(row -> row.row().forks().stream())
            .map(fork -> fork.kernel())
            .filter(k -> k != null && k.unavailable() != null)
            .map(k -> "Kernel stages: " + Figures.notAvailable(k.unavailable()) + ".")
            .distinct()
            .toList();
    return reasons.isEmpty() ? Optional.empty() : Optional.of(new Block.Text(reasons));
  }
}
