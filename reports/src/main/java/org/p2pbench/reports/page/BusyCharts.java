// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.p2pbench.reports.charts.Chart;
import org.p2pbench.reports.statistics.Analysis;
import org.p2pbench.reports.statistics.Metric;
import org.p2pbench.reports.statistics.Ratio;
import org.p2pbench.reports.statistics.RowFigures;

/** The charts of transfers beside a busy neighbour: ratios with their intervals. */
final class BusyCharts {
  private BusyCharts() {}

  /** What the load does to the transfers, and they to its bandwidth and latency. */
  static List<Chart> of(Analysis analysis, List<BusyScene> scenes) {
    return Stream.of(
            chart(
                analysis,
                scenes,
                "busy-transfer",
                "Transfers beside busy memory",
                "Throughput beside the load divided by that without; left of 1× the load slows the"
                    + " transfer down.",
                "Throughput divided by that alone",
                (scene, row) -> scene.transfer(row, Metric.THROUGHPUT)),
            chart(
                analysis,
                scenes,
                "busy-neighbour-bandwidth",
                "The neighbour's bandwidth",
                "Bandwidth of the load beside transfers divided by that alone; left of 1× they take"
                    + " some of it.",
                "Bandwidth divided by that alone",
                (scene, row) -> scene.neighbour(row, Metric.NEIGHBOUR_BANDWIDTH)),
            chart(
                analysis,
                scenes,
                "busy-neighbour-latency",
                "The neighbour's latency",
                "Latency of the load's dependent accesses beside transfers divided by that alone;"
                    + " right of 1× they wait longer.",
                "Latency divided by that alone",
                (scene, row) -> scene.neighbour(row, Metric.NEIGHBOUR_LATENCY)))
        .flatMap(Optional::stream)
        .toList();
  }

  /** Which ratio a chart shows. */
  private interface Shown {
    Ratio of(BusyScene scene, RowFigures row);
  }

  private static Optional<Chart> chart(
      Analysis analysis,
      List<BusyScene> scenes,
      String id,
      String title,
      String caption,
      String axis,
      Shown shown) {
    Paths paths = new Paths(analysis);
    RatioIntervals intervals = new RatioIntervals();
    for (BusyScene scene : scenes) {
      String label =
          scene.size()
              + (scenes.size() > 1 ? ", " + BusyScene.load(scene.alone().parameters()) : "");
      for (RowFigures row : scene.beside().values()) {
        intervals.add(label, Paths.name(row, analysis), paths.style(row), shown.of(scene, row));
      }
    }
    return intervals.chart(
        id, title, caption + " Line: 95 % interval.", analysis.machineClass(), axis);
  }
}
