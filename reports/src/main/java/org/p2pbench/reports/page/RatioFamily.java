// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.p2pbench.reports.regression.Family;
import org.p2pbench.reports.statistics.Analysis;
import org.p2pbench.reports.statistics.Comparison;
import org.p2pbench.reports.statistics.Contrast;
import org.p2pbench.reports.statistics.Metric;
import org.p2pbench.reports.statistics.Ratio;
import org.p2pbench.reports.statistics.RowFigures;

/**
 * All ratios to RAM of a report, their p adjusted over all of them (Benjamini and Hochberg): a
 * table of a hundred ratios without a difference would call five of them better or worse, each by
 * its own interval.
 */
final class RatioFamily {
  /** Metrics by which paths are compared. */
  static final List<Metric> METRICS =
      List.of(Metric.THROUGHPUT, Metric.P50, Metric.P99, Metric.P999, Metric.CPU_PER_GIB);

  private final Map<RowFigures, List<Ratio>> toRam = new IdentityHashMap<>();
  private final Analysis analysis;

  private RatioFamily(Analysis analysis) {
    this.analysis = analysis;
  }

  /** The family of a run. */
  static RatioFamily of(Analysis analysis) {
    RatioFamily family = new RatioFamily(analysis);
    List<RowFigures> rows =
        analysis.rows().stream()
            .filter(row -> !row.forks().isEmpty() && !Comparison.isBaseline(row.parameters()))
            .filter(row -> analysis.baselineOf(row).isPresent())
            .toList();
    List<Ratio> all = new ArrayList<>();
    for (RowFigures row : rows) {
      RowFigures ram = analysis.baselineOf(row).orElseThrow();
      METRICS.forEach(metric -> all.add(row.ratioTo(ram, metric)));
    }
    List<Ratio> adjusted = adjusted(all);
    for (int i = 0; i < rows.size(); i++) {
      int first = i * METRICS.size();
      family.toRam.put(rows.get(i), adjusted.subList(first, first + METRICS.size()));
    }
    return family;
  }

  /** A row's ratio to RAM in one of {@link #METRICS}. */
  Ratio toRam(RowFigures row, Metric metric) {
    List<Ratio> ratios = toRam.get(row);
    return ratios == null
        ? new Ratio.Unknown("RAM was not measured")
        : ratios.get(METRICS.indexOf(metric));
  }

  /** Throughput ratios of contrasts: those to RAM as in the tables, others over this list. */
  List<Ratio> throughput(List<Contrast> contrasts) {
    List<Ratio> own = adjusted(contrasts.stream().map(c -> c.ratio(Metric.THROUGHPUT)).toList());
    return IntStream.range(0, contrasts.size())
        .mapToObj(
            i -> {
              Contrast contrast = contrasts.get(i);
              boolean againstRam =
                  toRam.containsKey(contrast.a())
                      && analysis.baselineOf(contrast.a()).orElseThrow() == contrast.b();
              return againstRam ? toRam(contrast.a(), Metric.THROUGHPUT) : own.get(i);
            })
        .toList();
  }

  /** The same ratios, p of the known ones adjusted over all known ones. */
  static List<Ratio> adjusted(List<Ratio> ratios) {
    double[] p =
        ratios.stream()
            .filter(Ratio.Known.class::isInstance)
            .mapToDouble(ratio -> ((Ratio.Known) ratio).p())
            .toArray();
    double[] adjusted = Family.benjaminiHochberg(p);
    List<Ratio> all = new ArrayList<>();
    int next = 0;
    for (Ratio ratio : ratios) {
      all.add(ratio instanceof Ratio.Known known ? known.withP(adjusted[next++]) : ratio);
    }
    return all;
  }
}
