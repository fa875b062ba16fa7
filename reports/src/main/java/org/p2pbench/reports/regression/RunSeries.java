// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.regression;

import java.util.Arrays;

/**
 * One metric of one benchmark over the runs of one machine, oldest first. Values are above zero; a
 * missing run is left out, not filled in.
 *
 * @param id names the series and seeds its shuffles: benchmark, parameters, metric and machine
 */
public record RunSeries(String id, double[] values) {

  /** Copies the values. */
  public RunSeries {
    values = values.clone();
  }

  /**
   * Natural logarithms.
   *
   * @throws IllegalArgumentException where a value has none
   */
  double[] logs() {
    double[] logs = Arrays.stream(values).map(Math::log).toArray();
    for (int i = 0; i < logs.length; i++) {
      if (!Double.isFinite(logs[i])) {
        throw new IllegalArgumentException(
            "series %s, run %d: %s has no logarithm".formatted(id, i, values[i]));
      }
    }
    return logs;
  }

  /** The series as it was, so many runs ago. */
  RunSeries without(int runs) {
    return new RunSeries(id, Arrays.copyOf(values, values.length - runs));
  }
}
