// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.statistics;

import java.util.Arrays;
import java.util.Collection;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import org.p2pbench.reports.rundir.LatencyCounts;

/**
 * What the report needs of one fork's histogram of one stage, in ns. The histogram itself is let
 * go: a full run has hundreds.
 */
public final class StageLatency {

  /** A percentile is shown with this many samples or more above it. */
  public static final int FEWEST_BEYOND = 10;

  /** A percentile is compared with this many or more: below, forks differ by chance. */
  public static final int FEWEST_BEYOND_TO_COMPARE = 100;

  /** Bins of the shown histograms between a latency and its double. */
  public static final int BINS_PER_OCTAVE = 16;

  private static final int CURVE_STEPS_PER_NINE = 6;
  private static final int MOST_NINES = 5;

  /** Percentiles of the curve by nines, rising. */
  private static final SortedMap<Double, Double> PERCENTILES = percentiles();

  private static final double[] NINES = numbers(PERCENTILES.keySet());
  private static final double[] AT = numbers(PERCENTILES.values());

  /** The bin of a bucket's highest latency: a logarithm for each would take longest of all. */
  private static final short[] BIN_OF_BUCKET = binOfBucket();

  private final long count;
  private final double meanNs;
  private final double maxNs;
  private final double[] curve;
  private final int firstBin;
  private final long[] bins;

  private StageLatency(
      long count, double meanNs, double maxNs, double[] curve, int firstBin, long[] bins) {
    this.count = count;
    this.meanNs = meanNs;
    this.maxNs = maxNs;
    this.curve = curve;
    this.firstBin = firstBin;
    this.bins = bins;
  }

  /**
   * Summarises counts that are not all zero, in one pass, as HdrHistogram does: a percentile is the
   * highest latency of the bucket that it lies in, the mean takes the middle ones.
   */
  public static StageLatency of(LatencyCounts counts) {
    long[] ranks = ranks(counts.total());
    double[] curve = new double[ranks.length];
    int firstBin = BIN_OF_BUCKET[counts.filledFrom(0)];
    long[] bins = new long[BIN_OF_BUCKET[counts.end() - 1] - firstBin + 1];
    int reached = 0;
    long rank = 0;
    double sum = 0;
    double highest = 0;
    for (int b = counts.filledFrom(0); b < counts.end(); b = counts.filledFrom(b + 1)) {
      long lowest = LatencyCounts.lowestNs(b);
      long width = LatencyCounts.widthNs(b);
      rank += counts.in(b);
      sum += (double) counts.in(b) * (lowest + width / 2);
      highest = lowest + width - 1;
      bins[BIN_OF_BUCKET[b] - firstBin] += counts.in(b);
      while (reached < ranks.length && ranks[reached] <= rank) {
        curve[reached++] = highest;
      }
    }
    return new StageLatency(rank, sum / rank, highest, curve, firstBin, bins);
  }

  /** Ranks of the percentiles that are measurable: the first ones. */
  private static long[] ranks(long count) {
    long[] ranks = new long[AT.length];
    int measurable = 0;
    while (measurable < AT.length && measurable(count, AT[measurable])) {
      // The small term forgives what binary fractions add.
      double rank = Math.ceil(AT[measurable] / 100 * count - 1e-6);
      ranks[measurable++] = Math.max(1, (long) rank);
    }
    return Arrays.copyOf(ranks, measurable);
  }

  private static SortedMap<Double, Double> percentiles() {
    SortedMap<Double, Double> percentiles = new TreeMap<>();
    for (int step = 1; step <= MOST_NINES * CURVE_STEPS_PER_NINE; step++) {
      double nines = Math.rint(1e6 * step / CURVE_STEPS_PER_NINE) / 1e6;
      percentiles.put(nines, 100 - Math.pow(10, 2 - (double) step / CURVE_STEPS_PER_NINE));
    }
    for (double percentile : new double[] {50, 90, 99, 99.9, 99.99}) {
      percentiles.put(nines(percentile), percentile);
    }
    percentiles.values().removeIf(percentile -> percentile < 50);
    return percentiles;
  }

  private static double[] numbers(Collection<Double> numbers) {
    return numbers.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static short[] binOfBucket() {
    short[] bins = new short[LatencyCounts.BUCKETS];
    for (int bucket = 0; bucket < bins.length; bucket++) {
      double highest = LatencyCounts.lowestNs(bucket) + LatencyCounts.widthNs(bucket) - 1;
      bins[bucket] =
          (short) Math.floor(BINS_PER_OCTAVE * Math.log(Math.max(1, highest)) / Math.log(2));
    }
    return bins;
  }

  /** Transactions recorded. */
  public long count() {
    return count;
  }

  /** Mean latency in ns. */
  public double meanNs() {
    return meanNs;
  }

  /** Longest latency in ns. */
  public double maxNs() {
    return maxNs;
  }

  /** Latency by nines, where nines = -log10(1 - p); measurable ones only. */
  public SortedMap<Double, Double> curve() {
    SortedMap<Double, Double> byNines = new TreeMap<>();
    for (int i = 0; i < curve.length; i++) {
      byNines.put(NINES[i], curve[i]);
    }
    return byNines;
  }

  /** Transactions by bin of equal width on the log scale, {@link #BINS_PER_OCTAVE} each. */
  public SortedMap<Integer, Long> bins() {
    SortedMap<Integer, Long> filled = new TreeMap<>();
    for (int i = 0; i < bins.length; i++) {
      if (bins[i] > 0) {
        filled.put(firstBin + i, bins[i]);
      }
    }
    return filled;
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
    int found = Arrays.binarySearch(NINES, nines(percentile));
    return found < 0 || found >= curve.length
        ? OptionalDouble.empty()
        : OptionalDouble.of(curve[found]);
  }

  /** The latency in ns at the lower edge of a bin. */
  public static double binStartNs(int bin) {
    return Math.pow(2, (double) bin / BINS_PER_OCTAVE);
  }
}
