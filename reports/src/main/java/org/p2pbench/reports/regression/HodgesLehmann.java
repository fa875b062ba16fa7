// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.regression;

import java.util.Arrays;

/** Hodges and Lehmann's estimates of a shift, which single outliers hardly move. */
final class HodgesLehmann {
  private HodgesLehmann() {}

  /** Median of all differences b[j] - a[i]. */
  static double shift(double[] a, double[] b) {
    double[] differences = new double[a.length * b.length];
    int n = 0;
    for (double x : a) {
      for (double y : b) {
        differences[n++] = y - x;
      }
    }
    return median(differences);
  }

  /** Of pairs: median of the averages of any two (or the same) differences b[i] - a[i]. */
  static double center(double[] a, double[] b) {
    double[] averages = new double[a.length * (a.length + 1) / 2];
    int n = 0;
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j <= i; j++) {
        averages[n++] = (b[i] - a[i] + b[j] - a[j]) / 2;
      }
    }
    return median(averages);
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return (values[(values.length - 1) / 2] + values[values.length / 2]) / 2;
  }
}
