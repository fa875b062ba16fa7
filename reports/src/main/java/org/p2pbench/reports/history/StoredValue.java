// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.history;

import java.util.Arrays;

/**
 * A run's value of one metric of one row.
 *
 * @param value the median over its forks
 * @param forks each fork's value, in the order of the rounds
 */
public record StoredValue(double value, double[] forks) {

  /** Checks that the value is one of these forks. */
  public StoredValue {
    forks = Checks.present(forks, "forks").clone();
    double least = Double.NaN;
    double most = Double.NaN;
    for (double fork : forks) {
      if (!(fork >= 0 && Double.isFinite(fork))) {
        throw new IllegalArgumentException("a fork is " + fork + ", not a number from 0 up");
      }
      least = least <= fork ? least : fork;
      most = most >= fork ? most : fork;
    }
    if (!(value >= least && value <= most)) {
      throw new IllegalArgumentException(
          "value is " + value + ", which is no median of " + Arrays.toString(forks));
    }
  }

  /** Not a fork more than it has. */
  @Override
  public double[] forks() {
    return forks.clone();
  }
}
