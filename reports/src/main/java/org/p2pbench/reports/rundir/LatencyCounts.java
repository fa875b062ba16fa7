// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.rundir;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * How many transactions took how long, in the buckets of an HdrHistogram of three digits from 1 ns
 * on: 1,024 of equal width between a latency and its double. It holds no more than what was
 * recorded, while a histogram that may hold a minute takes 200 KiB each time that one is read. Not
 * thread-safe.
 *
 * <p>Source of the bucket arithmetic: the class comment of HdrHistogram's AbstractHistogram.
 */
public final class LatencyCounts {
  private static final int HALF_MAGNITUDE = 10;
  private static final int HALF = 1 << HALF_MAGNITUDE;

  /** No value of 63 bits lies in a bucket of a higher index. */
  public static final int BUCKETS = (Long.SIZE - HALF_MAGNITUDE) * HALF;

  /** By octave; null where it has no transaction. */
  private final long[][] octaves = new long[BUCKETS / HALF][];

  private int end;
  private long total;

  /** The counts of a histogram of any precision. */
  public static LatencyCounts of(Histogram histogram) {
    LatencyCounts counts = new LatencyCounts();
    counts.add(histogram);
    return counts;
  }

  /**
   * Adds a histogram of any precision: a bucket of it goes where its lowest value lies, as in the
   * library.
   */
  void add(Histogram histogram) {
    for (HistogramIterationValue value : histogram.recordedValues()) {
      add(
          bucket(histogram.lowestEquivalentValue(value.getValueIteratedTo())),
          value.getCountAtValueIteratedTo());
    }
  }

  /** Adds to one bucket, from 0 to {@link #BUCKETS}, exclusive. */
  void add(int bucket, long count) {
    long[] octave = octaves[bucket >> HALF_MAGNITUDE];
    if (octave == null) {
      octave = new long[HALF];
      octaves[bucket >> HALF_MAGNITUDE] = octave;
    }
    octave[bucket & HALF - 1] += count;
    total += count;
    end = Math.max(end, bucket + 1);
  }

  /** All transactions. */
  public long total() {
    return total;
  }

  /** One more than the highest bucket that has transactions. */
  public int end() {
    return end;
  }

  /** Transactions in a bucket below {@link #end}. */
  public long in(int bucket) {
    long[] octave = octaves[bucket >> HALF_MAGNITUDE];
    return octave == null ? 0 : octave[bucket & HALF - 1];
  }

  /** The first bucket from this one on that has transactions; {@link #end} where none has. */
  public int filledFrom(int bucket) {
    int at = bucket;
    while (at < end) {
      long[] octave = octaves[at >> HALF_MAGNITUDE];
      if (octave == null) {
        at = (at | HALF - 1) + 1;
      } else if (octave[at & HALF - 1] != 0) {
        return at;
      } else {
        at++;
      }
    }
    return end;
  }

  /** The lowest latency of a bucket, in ns. */
  public static long lowestNs(int bucket) {
    return bucket < 2 * HALF ? bucket : (long) (HALF + bucket % HALF) << doublings(bucket);
  }

  /** Latencies in a bucket: from the lowest one on, in ns. */
  public static long widthNs(int bucket) {
    return bucket < 2 * HALF ? 1 : 1L << doublings(bucket);
  }

  private static int doublings(int bucket) {
    return bucket / HALF - 1;
  }

  private static int bucket(long ns) {
    int doublings = Math.max(0, Long.SIZE - HALF_MAGNITUDE - 1 - Long.numberOfLeadingZeros(ns));
    return doublings * HALF + (int) (ns >> doublings);
  }
}
