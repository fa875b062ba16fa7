// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.statistics;

import java.util.Collections;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * What the report needs of one fork's histogram of one stage, in ns. The histogram itself is let
 * go: a full run has hundreds.
 *
 * @param count transactions recorded
 * @param curve latency by nines, where nines = -log10(1 - p); measurable ones only
 * @param bins transactions by bin of equal width on the log scale, {@link #BINS_PER_OCTAVE} each
 */
public record StageLatency(
    long count,
    double meanNs,
    double maxNs,
    SortedMap<Double, Double> curve,
    SortedMap<Integer, Long> bins) {

  /** A percentile is shown with this many samples or more above it. */
  public static final int FEWEST_BEYOND = 10;

  /** A percentile is compared with this many or more: below, forks differ by chance. */
  public static final int FEWEST_BEYOND_TO_COMPARE = 100;

  /** Bins of the shown histograms between a latency and its double. */
  public static final int BINS_PER_OCTAVE = 16;

  private static final int CURVE_STEPS_PER_NINE = 6;
  private static final int MOST_NINES = 5;

  /** Summarises a histogram that has values. */
  public static StageLatency of(Histogram histogram) {
    SortedMap<Double, Double> curve = new TreeMap<>();
    for (double nines : curveNines()) {
      put(curve, histogram, nines);
    }
    for (double percentile : new double[] {50, 90, 99, 99.9, 99.99}) {
      put(curve, histogram, nines(percentile));
    }
    return new StageLatency(
        histogram.getTotalCount(),
        histogram.getMean(),
        histogram.getMaxValue(),
        Collections.unmodifiableSortedMap(curve),
        Collections.unmodifiableSortedMap(bins(histogram)));
  }

  /** Whether enough samples lie above a percentile (such as 99.9) for it to be shown. */
  public static boolean measurable(long count, double percentile) {
    return reaches(count, percentile, FEWEST_BEYOND);
  }

  /** Whether so many samples, at least, lie above a percentile. */
  private static boolean reaches(long count, double percentile, int beyond) {
    // The small term forgives that 1 - 0.999 is not quite 0.001.
    return count * (100 - percentile) / 100 >= beyond - 1e-6;
  }

  /** Whether a percentile of this fork may be compared with that of another fork. */
  public boolean comparable(double percentile) {
    return reaches(count, percentile, FEWEST_BEYOND_TO_COMPARE);
  }

  /** Where a percentile (such as 99.9) stands on the nines axis (3). Rounded: it is a map's key. */
  public static double nines(double percentile) {
    return Math.rint(-Math.log10(1 - percentile / 100) * 1e6) / 1e6;
  }

  /** Latency at a percentile in ns, or empty where it is not measurable. */
  public OptionalDouble at(double percentile) {
    Double value = curve.get(nines(percentile));
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  /** The latency in ns at the lower edge of a bin. */
  public static double binStartNs(int bin) {
    return Math.pow(2, (double) bin / BINS_PER_OCTAVE);
  }

  private static double[] curveNines() {
    double[] nines = new double[MOST_NINES * CURVE_STEPS_PER_NINE];
    for (int i = 0; i < nines.length; i++) {
      nines[i] = Math.rint(1e6 * (i + 1) / CURVE_STEPS_PER_NINE) / 1e6;
    }
    return nines;
  }

  private static void put(SortedMap<Double, Double> curve, Histogram histogram, double nines) {
    double percentile = 100 - Math.pow(10, 2 - nines);
    // 1e-4 undoes the rounding of the nines.
    if (percentile > 49.9999 && measurable(histogram.getTotalCount(), percentile - 1e-7)) {
      curve.put(nines, (double) histogram.getValueAtPercentile(percentile));
    }
  }

  private static SortedMap<Integer, Long> bins(Histogram histogram) {
    SortedMap<Integer, Long> bins = new TreeMap<>();
    for (HistogramIterationValue value : histogram.recordedValues()) {
      double ns = Math.max(1, value.getValueIteratedTo());
      int bin = (int) Math.floor(BINS_PER_OCTAVE * Math.log(ns) / Math.log(2));
      bins.merge(bin, value.getCountAddedInThisIterationStep(), Long::sum);
    }
    return bins;
  }
}
