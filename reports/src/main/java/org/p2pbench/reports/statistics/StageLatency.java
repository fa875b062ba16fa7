// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.statistics;

import java.util.Arrays;
import java.util.Collections;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import org.p2pbench.reports.rundir.LatencyCounts;

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

  /** Summarises counts that are not all zero. */
  public static StageLatency of(LatencyCounts counts) {
    Ranks ranks = Ranks.of(counts);
    SortedMap<Double, Double> curve = new TreeMap<>();
    for (int step = 1; step <= MOST_NINES * CURVE_STEPS_PER_NINE; step++) {
      double nines = Math.rint(1e6 * step / CURVE_STEPS_PER_NINE) / 1e6;
      put(curve, ranks, 100 - Math.pow(10, 2 - (double) step / CURVE_STEPS_PER_NINE), nines);
    }
    for (double percentile : new double[] {50, 90, 99, 99.9, 99.99}) {
      put(curve, ranks, percentile, nines(percentile));
    }
    return new StageLatency(
        ranks.count(),
        ranks.meanNs(),
        ranks.maxNs(),
        Collections.unmodifiableSortedMap(curve),
        Collections.unmodifiableSortedMap(ranks.bins()));
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

  private static void put(
      SortedMap<Double, Double> curve, Ranks ranks, double percentile, double nines) {
    if (percentile >= 50 && measurable(ranks.count(), percentile)) {
      curve.put(nines, ranks.at(percentile));
    }
  }

  /**
   * The counts in one pass, as HdrHistogram gives them: a percentile is the highest latency of the
   * bucket that it lies in, the mean takes the middle ones.
   *
   * @param values highest latency of each bucket that has any, rising
   * @param ranks how many transactions took so long or shorter
   */
  private record Ranks(double[] values, long[] ranks, double meanNs) {

    static Ranks of(LatencyCounts counts) {
      int filled = 0;
      double[] values = new double[counts.end()];
      long[] ranks = new long[counts.end()];
      long rank = 0;
      double sum = 0;
      for (int bucket = 0; bucket < counts.end(); bucket++) {
        long count = counts.in(bucket);
        if (count > 0) {
          long lowest = LatencyCounts.lowestNs(bucket);
          long width = LatencyCounts.widthNs(bucket);
          rank += count;
          sum += (double) count * (lowest + width / 2);
          values[filled] = lowest + width - 1;
          ranks[filled++] = rank;
        }
      }
      return new Ranks(Arrays.copyOf(values, filled), Arrays.copyOf(ranks, filled), sum / rank);
    }

    double maxNs() {
      return values[values.length - 1];
    }

    long count() {
      return ranks[ranks.length - 1];
    }

    double at(double percentile) {
      // The small term forgives what binary fractions add.
      long rank = Math.max(1, (long) Math.ceil(percentile / 100 * count() - 1e-6));
      int found = Arrays.binarySearch(ranks, rank);
      return values[found >= 0 ? found : -found - 1];
    }

    SortedMap<Integer, Long> bins() {
      SortedMap<Integer, Long> bins = new TreeMap<>();
      long before = 0;
      for (int i = 0; i < values.length; i++) {
        boolean last = i == values.length - 1 || bin(values[i + 1]) != bin(values[i]);
        if (last) {
          bins.put(bin(values[i]), ranks[i] - before);
          before = ranks[i];
        }
      }
      return bins;
    }

    private static int bin(double ns) {
      return (int) Math.floor(BINS_PER_OCTAVE * Math.log(Math.max(1, ns)) / Math.log(2));
    }
  }
}
