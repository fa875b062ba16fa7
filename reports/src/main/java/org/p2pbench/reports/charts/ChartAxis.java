// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.charts;

import java.util.List;

/**
 * An axis of a chart.
 *
 * @param title what is on it, without the unit
 * @param categories names for CATEGORIES at 0, 1, 2…, else empty
 */
public record ChartAxis(String title, Kind kind, List<String> categories) {

  /** Makes the list immutable. */
  public ChartAxis {
    categories = List.copyOf(categories);
  }

  /** An axis of values. */
  public static ChartAxis of(String title, Kind kind) {
    return new ChartAxis(title, kind, List.of());
  }

  /** An axis of names, the first at the top. */
  public static ChartAxis categories(List<String> names) {
    return new ChartAxis("", Kind.CATEGORIES, names);
  }

  /** What the values are; units and spacing follow from it. */
  public enum Kind {
    /** Bytes of a block: powers of two, evenly spaced. */
    BLOCK_BYTES,
    /** A count such as queue depth: powers of two, evenly spaced. */
    POWERS_OF_TWO,
    /** ns; logarithmic where the values span a lot, and only as far as there are values. */
    TIME,
    /** ns; linear from 0, for lengths that are compared. */
    TIME_FROM_ZERO,
    /** Bytes per second; logarithmic where the values span a lot. */
    RATE,
    /** -log10(1 - p): 50, 90, 99, 99.9 % and so on. */
    NINES,
    /** A share of one, shown as %. */
    SHARE,
    /** A factor around 1. */
    FACTOR,
    /** Runs in their order, from 1. */
    RUNS,
    /** ns; only as far as there are values. */
    TIME_AROUND,
    /** Bytes per second; only as far as there are values. */
    RATE_AROUND,
    /** Operations per second; only as far as there are values. */
    PER_SECOND_AROUND,
    /** A count; only as far as there are values. */
    COUNT_AROUND,
    /** Names. */
    CATEGORIES
  }
}
