// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.p2pbench.reports.charts.Series;
import org.p2pbench.reports.charts.Units;

/** Bars of times, each part beginning where the one before it ends. Used by one thread. */
final class StackedBars {
  private final double[] ends;
  private final List<Series> parts = new ArrayList<>();

  StackedBars(int bars) {
    ends = new double[bars];
  }

  /**
   * Adds a part of all bars.
   *
   * @param ns by the number of the bar, the first at the top
   */
  void add(String name, int style, IntToDoubleFunction ns) {
    int points = 3 * ends.length - 1;
    double[] x = new double[points];
    double[] y = new double[points];
    Arrays.fill(x, Double.NaN);
    Arrays.fill(y, Double.NaN);
    for (int i = 0; i < ends.length; i++) {
      x[3 * i] = ends[i];
      ends[i] += ns.applyAsDouble(i);
      x[3 * i + 1] = ends[i];
      y[3 * i] = i;
      y[3 * i + 1] = i;
    }
    parts.add(new Series(name, style, Series.Form.BARS, x, y, new String[points]));
  }

  /** The parts, of which there must be one, with each bar's whole length at its end. */
  List<Series> series() {
    String[] labels = parts.get(parts.size() - 1).labels();
    for (int i = 0; i < ends.length; i++) {
      labels[3 * i + 1] = Units.time(ends[i]);
    }
    return List.copyOf(parts);
  }
}
