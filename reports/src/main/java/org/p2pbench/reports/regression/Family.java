// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.regression;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Adjusts the p values of a whole table, so that each may be held against the table's share of
 * false alarms. An adjusted value never falls below its own p.
 */
public final class Family {
  private Family() {}

  /**
   * Holm (1979): the chance that any benchmark of the table is called by mistake stays below the
   * level, however the benchmarks depend on each other.
   */
  public static double[] holm(double[] p) {
    Integer[] order = rising(p);
    double[] adjusted = new double[p.length];
    double most = 0;
    for (int i = 0; i < p.length; i++) {
      most = Math.max(most, Math.min(1, (p.length - i) * p[order[i]]));
      adjusted[order[i]] = most;
    }
    return adjusted;
  }

  /**
   * Benjamini and Hochberg (1995): of the benchmarks that are called, the expected share that is
   * called by mistake stays below the level (independent or positively dependent benchmarks).
   */
  public static double[] benjaminiHochberg(double[] p) {
    Integer[] order = rising(p);
    double[] adjusted = new double[p.length];
    double least = 1;
    for (int i = p.length - 1; i >= 0; i--) {
      least = Math.min(least, p.length * p[order[i]] / (i + 1));
      adjusted[order[i]] = least;
    }
    return adjusted;
  }

  private static Integer[] rising(double[] p) {
    return IntStream.range(0, p.length)
        .boxed()
        .sorted(Comparator.comparingDouble(i -> p[i]))
        .toArray(Integer[]::new);
  }
}
