// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.statistics;

import java.util.Arrays;
import java.util.Optional;

/** A row's value: the median over its forks, with the least and the greatest fork. */
public record Spread(double median, double min, double max, int forks) {

  /** Of the forks' values; empty without any. */
  public static Optional<Spread> of(double[] values) {
    if (values.length == 0) {
      return Optional.empty();
    }
    double min = Arrays.stream(values).min().getAsDouble();
    double max = Arrays.stream(values).max().getAsDouble();
    return Optional.of(new Spread(Medians.of(values).getAsDouble(), min, max, values.length));
  }
}
