// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.p2pbench.reports.regression.Family;
import org.p2pbench.reports.statistics.Metric;
import org.p2pbench.reports.statistics.Ratio;
import org.p2pbench.reports.statistics.RowFigures;

/**
 * The ratios that one question asks for, their p adjusted over all of them (Benjamini and
 * Hochberg): a table of a hundred ratios without a difference would call five of them better or
 * worse, each by its own interval. Immutable.
 */
final class AdjustedRatios {

  /** Of a row to another one in a metric. Rows are known by their ids, which a run has once. */
  private record Key(String row, String other, Metric metric) {}

  /** A ratio that a table will show. */
  record Asked(RowFigures row, RowFigures other, Metric metric) {
    private Key key() {
      return new Key(row.row().id(), other.row().id(), metric);
    }
  }

  private final Map<Key, Ratio> ratios = new HashMap<>();

  /** Computes all of them. */
  AdjustedRatios(List<Asked> asked) {
    List<Ratio> adjusted =
        adjusted(asked.stream().map(a -> a.row().ratioTo(a.other(), a.metric())).toList());
    for (int i = 0; i < asked.size(); i++) {
      ratios.put(asked.get(i).key(), adjusted.get(i));
    }
  }

  /**
   * One of them.
   *
   * @throws IllegalArgumentException for one that was not asked for: it would not be adjusted
   */
  Ratio of(RowFigures row, RowFigures other, Metric metric) {
    Ratio ratio = ratios.get(new Asked(row, other, metric).key());
    if (ratio == null) {
      throw new IllegalArgumentException(
          "not among them: %s of %s to %s".formatted(metric, row.row().id(), other.row().id()));
    }
    return ratio;
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
