// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.p2pbench.reports.charts.Units;
import org.p2pbench.reports.page.AdjustedRatios.Asked;
import org.p2pbench.reports.rundir.Parameters;
import org.p2pbench.reports.statistics.Analysis;
import org.p2pbench.reports.statistics.Comparison;
import org.p2pbench.reports.statistics.Metric;
import org.p2pbench.reports.statistics.Ratio;
import org.p2pbench.reports.statistics.RowFigures;

/**
 * A load with the transfers of one block size and setting, each alone and beside it.
 *
 * @param alone the load without transfers
 * @param without transfers without the load, by path
 * @param beside transfers beside it, by path
 * @param ratios those of all scenes of the run
 */
record BusyScene(
    RowFigures alone,
    Map<String, RowFigures> without,
    Map<String, RowFigures> beside,
    AdjustedRatios ratios) {
  /** What is said of transfers. */
  static final List<Metric> TRANSFER = List.of(Metric.THROUGHPUT, Metric.P99);

  /** What is said of the neighbour. */
  static final List<Metric> NEIGHBOUR =
      List.of(Metric.NEIGHBOUR_BANDWIDTH, Metric.NEIGHBOUR_LATENCY);

  private static final String BENCHMARK = "busy-memory";

  private static Optional<BusyScene> of(List<RowFigures> group) {
    List<RowFigures> transfers =
        group.stream()
            .filter(row -> row.parameters().memory() != null)
            .sorted(Paths.order())
            .toList();
    return group.stream()
        .filter(row -> row.parameters().memory() == null)
        .findFirst()
        .map(
            alone ->
                new BusyScene(
                    alone,
                    paths(transfers, false),
                    paths(transfers, true),
                    new AdjustedRatios(List.of())))
        .filter(scene -> !scene.beside.isEmpty());
  }

  private static Map<String, RowFigures> paths(List<RowFigures> transfers, boolean loaded) {
    return transfers.stream()
        .filter(row -> row.parameters().loaded() == loaded)
        .collect(
            Collectors.toMap(
                row -> Paths.name(row.parameters()), row -> row, (x, y) -> x, LinkedHashMap::new));
  }

  RowFigures any() {
    return beside.values().iterator().next();
  }

  String size() {
    return Units.bytes(TransferCharts.bytes(any()));
  }

  /** The bounce beside the load, which the neighbour beside other paths is held against. */
  private Optional<RowFigures> besideBounce() {
    return beside.values().stream()
        .filter(row -> Comparison.isBaseline(row.parameters()))
        .findFirst();
  }

  /** The same transfer without the load. */
  Optional<RowFigures> twin(RowFigures row) {
    return Optional.ofNullable(without.get(Paths.name(row.parameters())));
  }

  /** One of {@link #TRANSFER} beside the load divided by that without. */
  Ratio transfer(RowFigures row, Metric metric) {
    return twin(row)
        .map(twin -> ratios.of(row, twin, metric))
        .orElse(new Ratio.Unknown("not measured without the load"));
  }

  /** One of {@link #NEIGHBOUR} beside a transfer divided by that of the load alone. */
  Ratio neighbour(RowFigures row, Metric metric) {
    return ratios.of(row, alone, metric);
  }

  /** The same divided by that beside the bounce. */
  Ratio neighbourAgainstBounce(RowFigures row, Metric metric) {
    return besideBounce()
        .map(bounce -> ratios.of(row, bounce, metric))
        .orElse(new Ratio.Unknown("RAM was not measured"));
  }

  private List<Asked> asked() {
    List<Asked> asked = new ArrayList<>();
    for (RowFigures row : beside.values()) {
      twin(row).ifPresent(twin -> TRANSFER.forEach(m -> asked.add(new Asked(row, twin, m))));
      NEIGHBOUR.forEach(m -> asked.add(new Asked(row, alone, m)));
      besideBounce()
          .filter(bounce -> bounce != row)
          .ifPresent(bounce -> NEIGHBOUR.forEach(m -> asked.add(new Asked(row, bounce, m))));
    }
    return asked;
  }

  private BusyScene with(AdjustedRatios adjusted) {
    return new BusyScene(alone, without, beside, adjusted);
  }

  /** The scenes of a run, in its order. */
  static List<BusyScene> all(Analysis analysis) {
    Map<String, List<RowFigures>> groups =
        analysis.measured(BENCHMARK).stream()
            .collect(
                Collectors.groupingBy(
                    row -> row.row().group(), LinkedHashMap::new, Collectors.toList()));
    List<BusyScene> scenes =
        groups.values().stream().map(BusyScene::of).flatMap(Optional::stream).toList();
    AdjustedRatios ratios =
        new AdjustedRatios(scenes.stream().map(BusyScene::asked).flatMap(List::stream).toList());
    return scenes.stream().map(scene -> scene.with(ratios)).toList();
  }

  /** A load in words: "triad, 1 thread, 50 % of the time, random". */
  static String load(Parameters p) {
    List<String> words = new ArrayList<>(List.of(p.load()));
    if (p.loadThreads() != null) {
      words.add(Paths.threads(p.loadThreads()));
    }
    if (p.loadShare() != null && p.loadShare() < 100) {
      words.add(p.loadShare() + " % of the time");
    }
    if (p.loadPattern() != null && !p.loadPattern().equals("sequential")) {
      words.add(p.loadPattern());
    }
    return String.join(", ", words);
  }
}
