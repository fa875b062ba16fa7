// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.regression;

/** Median and spread that a few outliers do not move. Nothing is allocated. */
final class RobustScale {
  private RobustScale() {}

  /** The middle of sorted values, or the mean of the two middle ones. */
  static double median(double[] sorted) {
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  /**
   * Robust standard deviation: Qn of Rousseeuw and Croux (1993), about the lower quartile of the
   * distances of all pairs of values, with their factors for small samples. Needs no centre, so
   * that two groups far apart count by their own spread (times two at most) and not by their
   * distance.
   *
   * @param values of 8 numbers or more
   * @param distances scratch of n (n - 1) / 2 numbers
   */
  static double qn(double[] values, double[] distances) {
    int n = values.length;
    int pairs = 0;
    for (int i = 1; i < n; i++) {
      for (int j = 0; j < i; j++) {
        distances[pairs++] = Math.abs(values[i] - values[j]);
      }
    }
    int half = n / 2 + 1;
    double smallSample = n / (n + (n % 2 == 0 ? 3.8 : 1.4));
    return 2.2219 * smallSample * select(distances, pairs, half * (half - 1) / 2 - 1);
  }

  /** Hoare's selection: the k-th smallest of the first n values, which it reorders. */
  static double select(double[] v, int n, int k) {
    int low = 0;
    int high = n - 1;
    while (low < high) {
      double pivot = v[(low + high) >>> 1];
      int i = low;
      int j = high;
      while (i <= j) {
        while (v[i] < pivot) {
          i++;
        }
        while (v[j] > pivot) {
          j--;
        }
        if (i <= j) {
          double swap = v[i];
          v[i++] = v[j];
          v[j--] = swap;
        }
      }
      if (k <= j) {
        high = j;
      } else if (k >= i) {
        low = i;
      } else {
        break;
      }
    }
    return v[k];
  }

  /** The value, or the nearer of the bounds ± reach. */
  static double clip(double value, double reach) {
    return Math.max(-reach, Math.min(reach, value));
  }
}
