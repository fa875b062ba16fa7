// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.p2pbench.reports.charts.Units;
import org.p2pbench.reports.rundir.MachineClass;
import org.p2pbench.reports.rundir.Parameters;
import org.p2pbench.reports.statistics.Analysis;
import org.p2pbench.reports.statistics.Comparison;
import org.p2pbench.reports.statistics.Metric;
import org.p2pbench.reports.statistics.Ratio;
import org.p2pbench.reports.statistics.RowFigures;
import org.p2pbench.reports.statistics.Setting;

/** What a busy neighbour does to transfers, and what they do to it. */
final class BusySections {
  private BusySections() {}

  /** Both sides of sharing the memory. */
  static Optional<Section> busyMemory(Findings findings) {
    Analysis analysis = findings.analysis();
    List<BusyScene> scenes = findings.busyScenes();
    if (scenes.isEmpty()) {
      return Optional.empty();
    }
    List<Block> blocks = new ArrayList<>();
    blocks.add(new Block.Text(words(analysis, scenes)));
    blocks.add(transferTable(analysis, scenes));
    blocks.add(neighbourTable(analysis, scenes));
    BusyCharts.of(analysis, scenes).forEach(chart -> blocks.add(new Block.Figure(chart)));
    return Optional.of(new Section("busy-memory", "Busy memory", blocks));
  }

  private static List<String> words(Analysis analysis, List<BusyScene> scenes) {
    List<String> paragraphs = new ArrayList<>();
    scenes.forEach(scene -> paragraphs.add(sentence(analysis, scene)));
    if (analysis.machineClass() == MachineClass.EMULATED) {
      paragraphs.add(
          "The CMB stand-in and RAM are the same DRAM here, so both paths burden the memory alike:"
              + " a difference between them is chance.");
    }
    if (analysis.machineClass() == MachineClass.LAB) {
      paragraphs.add(
          "In the lab the CMB is memory of the host that QEMU serves: these figures say nothing"
              + " about hardware.");
    }
    scenes.stream()
        .map(BusySections::placement)
        .flatMap(Optional::stream)
        .distinct()
        .forEach(paragraphs::add);
    return paragraphs;
  }

  /** What a reader would quote. */
  private static String sentence(Analysis analysis, BusyScene scene) {
    String machine =
        "On this machine ("
            + analysis.machineClass().label()
            + "), beside a neighbour that keeps the memory busy ("
            + BusyScene.load(scene.alone().parameters())
            + "), ";
    List<String> paths = new ArrayList<>();
    scene
        .beside()
        .forEach(
            (path, row) ->
                paths.add(
                    "transfers of "
                        + scene.size()
                        + " through "
                        + path
                        + " reach "
                        + said(scene.transfer(row, Metric.THROUGHPUT))
                        + " of their throughput, and leave it "
                        + said(scene.neighbour(row, Metric.NEIGHBOUR_BANDWIDTH))
                        + " of its bandwidth at "
                        + said(scene.neighbour(row, Metric.NEIGHBOUR_LATENCY))
                        + " its latency"));
    return machine + String.join("; ", paths) + ".";
  }

  private static String said(Ratio ratio) {
    return ratio instanceof Ratio.Known known
        ? Units.factor(known.point()) + " " + Figures.interval(known)
        : "an unknown share (" + ((Ratio.Unknown) ratio).reason() + ")";
  }

  private static Optional<String> placement(BusyScene scene) {
    Parameters p = scene.any().parameters();
    String where = "load on CPU " + p.loadCpus() + ", transfers on CPU " + p.transferCpus();
    return Optional.ofNullable(p.placement())
        .map(
            word ->
                switch (word) {
                  case "apart" -> "Transfers and load ran on different cores (" + where + ").";
                  case "same-cores" ->
                      "The machine has too few cores to keep transfers and load apart: they ran on"
                          + " CPUs of the same cores ("
                          + where
                          + "), so they took execution units from each other, too.";
                  case "same-cpus" ->
                      "The machine has too few CPUs to keep transfers and load apart ("
                          + where
                          + "): they took CPU time from each other, too.";
                  default -> "Placement of transfers and load: " + word + " (" + where + ").";
                });
  }

  private static Block.Table transferTable(Analysis analysis, List<BusyScene> scenes) {
    return new Block.Table(
        analysis.machineClass(),
        "What the load does to the transfer",
        List.of(
            "Block",
            "Path",
            "Throughput alone",
            "beside the load",
            "ratio (more is better)",
            "p99 alone",
            "beside the load",
            "ratio (less is better)"),
        groups(scenes, (scene, row) -> transferCells(analysis, scene, row)),
        "Alone: the load's CPUs are idle. Closed loop: "
            + settings(scenes)
            + ". Ratios come from pairs of forks, with their 95 % intervals; better and worse are"
            + " said only where they hold over all ratios of these two tables together (Benjamini"
            + " and Hochberg)."
            + Figures.WEAK);
  }

  private static List<Cell> transferCells(Analysis analysis, BusyScene scene, RowFigures row) {
    Optional<RowFigures> twin = scene.twin(row);
    List<Cell> cells = new ArrayList<>();
    cells.add(Cell.text(Paths.name(row, analysis)));
    for (Metric metric : BusyScene.TRANSFER) {
      cells.add(twin.map(t -> Figures.cell(t, metric)).orElse(Cell.none("not measured")));
      cells.add(Figures.cell(row, metric));
      cells.add(Figures.narrowRatio(scene.transfer(row, metric), metric));
    }
    return cells;
  }

  private static String settings(List<BusyScene> scenes) {
    return scenes.stream()
        .map(scene -> Paths.setting(Setting.of(scene.any().row())))
        .distinct()
        .collect(Collectors.joining("; "));
  }

  private static Block.Table neighbourTable(Analysis analysis, List<BusyScene> scenes) {
    return new Block.Table(
        analysis.machineClass(),
        "What the transfer does to its neighbour",
        List.of(
            "Load",
            "Beside",
            "Bandwidth",
            "against alone",
            "against beside RAM",
            "Latency",
            "against alone",
            "against beside RAM"),
        scenes.stream().map(scene -> neighbourRows(analysis, scene)).toList(),
        "Bandwidth: bytes that the load reads and writes, as STREAM counts them. Latency: one load"
            + " of a chain of dependent ones over the neighbour's own memory.");
  }

  private static List<List<Cell>> neighbourRows(Analysis analysis, BusyScene scene) {
    List<List<Cell>> rows = new ArrayList<>();
    rows.add(
        List.of(
            Cell.text("nothing"),
            Figures.cell(scene.alone(), Metric.NEIGHBOUR_BANDWIDTH),
            Cell.number("1×", "baseline"),
            Cell.none("–"),
            Figures.cell(scene.alone(), Metric.NEIGHBOUR_LATENCY),
            Cell.number("1×", "baseline"),
            Cell.none("–")));
    for (RowFigures row : scene.beside().values()) {
      List<Cell> cells = new ArrayList<>();
      cells.add(Cell.text(scene.size() + ", " + Paths.name(row, analysis)));
      for (Metric metric : BusyScene.NEIGHBOUR) {
        cells.add(Figures.cell(row, metric));
        cells.add(Figures.narrowRatio(scene.neighbour(row, metric), metric));
        cells.add(againstBounce(scene, row, metric));
      }
      rows.add(cells);
    }
    return Block.Table.group(
        Cell.head(Paths.capital(BusyScene.load(scene.alone().parameters()))), rows);
  }

  private static Cell againstBounce(BusyScene scene, RowFigures row, Metric metric) {
    if (Comparison.isBaseline(row.parameters())) {
      return Cell.number("1×", "baseline");
    }
    return Figures.narrowRatio(scene.neighbourAgainstBounce(row, metric), metric);
  }

  /** What each row of a table is made of. */
  private interface Cells {
    List<Cell> of(BusyScene scene, RowFigures row);
  }

  private static List<List<List<Cell>>> groups(List<BusyScene> scenes, Cells cells) {
    return scenes.stream()
        .map(
            scene ->
                Block.Table.group(
                    new Cell(
                        scene.size(), BusyScene.load(scene.alone().parameters()), Cell.Look.HEAD),
                    scene.beside().values().stream().map(row -> cells.of(scene, row)).toList()))
        .toList();
  }

  /** The neighbour's bandwidth, beside each path of the largest scene. */
  static Optional<KeyFigure> keyFigure(List<BusyScene> scenes) {
    return scenes.stream()
        .max(java.util.Comparator.comparingInt(scene -> scene.beside().size()))
        .flatMap(
            scene -> {
              List<KeyFigure.Value> values =
                  scene.beside().values().stream()
                      .filter(Paths::isMain)
                      .map(value(scene))
                      .flatMap(Optional::stream)
                      .toList();
              return values.isEmpty()
                  ? Optional.empty()
                  : Optional.of(
                      new KeyFigure(
                          "What transfers leave a busy neighbour",
                          values,
                          "bandwidth of the load beside transfers of "
                              + scene.size()
                              + " divided by that alone; "
                              + BusyScene.load(scene.alone().parameters())));
            });
  }

  private static Function<RowFigures, Optional<KeyFigure.Value>> value(BusyScene scene) {
    return row ->
        scene.neighbour(row, Metric.NEIGHBOUR_BANDWIDTH) instanceof Ratio.Known known
            ? Optional.of(
                new KeyFigure.Value(
                    Units.factor(known.point()),
                    "beside " + Paths.name(row.parameters()),
                    Figures.interval(known)
                        + " "
                        + Figures.verdict(known, Metric.NEIGHBOUR_BANDWIDTH)))
            : Optional.empty();
  }

  /** A row in words; {@code transfer} names its path and setting. */
  static String rowName(Parameters p, String transfer) {
    if (p.memory() == null) {
      return "busy memory, " + BusyScene.load(p) + " alone";
    }
    String size = p.blockBytes() == null ? "" : Units.bytes(p.blockBytes()) + ", ";
    return "busy memory, "
        + size
        + transfer
        + (p.loaded() ? ", beside " + BusyScene.load(p) : ", without the load");
  }
}
