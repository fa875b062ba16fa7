// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.p2pbench.reports.page.AdjustedRatios.Asked;
import org.p2pbench.reports.statistics.Analysis;
import org.p2pbench.reports.statistics.Comparison;
import org.p2pbench.reports.statistics.Contrast;
import org.p2pbench.reports.statistics.Metric;
import org.p2pbench.reports.statistics.Ratio;
import org.p2pbench.reports.statistics.RowFigures;

/** All ratios to RAM of a report, adjusted over all of them. */
final class RatioFamily {
  /** Metrics by which paths are compared. */
  static final List<Metric> METRICS =
      List.of(Metric.THROUGHPUT, Metric.P50, Metric.P99, Metric.P999, Metric.CPU_PER_GIB);

  private final Map<RowFigures, RowFigures> baselines;
  private final AdjustedRatios toRam;

  private RatioFamily(Map<RowFigures, RowFigures> baselines) {
    this.baselines = baselines;
    this.toRam =
        new AdjustedRatios(
            baselines.entrySet().stream()
                .flatMap(e -> METRICS.stream().map(m -> new Asked(e.getKey(), e.getValue(), m)))
                .toList());
  }

  /** The family of a run. */
  static RatioFamily of(Analysis analysis) {
    Map<RowFigures, RowFigures> baselines = new IdentityHashMap<>();
    analysis.rows().stream()
        .filter(row -> !row.forks().isEmpty() && !Comparison.isBaseline(row.parameters()))
        .forEach(row -> analysis.baselineOf(row).ifPresent(ram -> baselines.put(row, ram)));
    return new RatioFamily(baselines);
  }

  /** A row's ratio to RAM in one of {@link #METRICS}. */
  Ratio toRam(RowFigures row, Metric metric) {
    RowFigures ram = baselines.get(row);
    return ram == null ? new Ratio.Unknown("RAM was not measured") : toRam.of(row, ram, metric);
  }

  /** Throughput ratios of contrasts: those to RAM as in the tables, others over this list. */
  List<Ratio> throughput(List<Contrast> contrasts) {
    List<Ratio> own =
        AdjustedRatios.adjusted(contrasts.stream().map(c -> c.ratio(Metric.THROUGHPUT)).toList());
    return IntStream.range(0, contrasts.size())
        .mapToObj(
            i -> {
              Contrast contrast = contrasts.get(i);
              return baselines.get(contrast.a()) == contrast.b()
                  ? toRam(contrast.a(), Metric.THROUGHPUT)
                  : own.get(i);
            })
        .toList();
  }
}
