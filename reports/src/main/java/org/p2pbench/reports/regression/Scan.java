// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.regression;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * Scans stretches of a series for the best place to split them, and says how often shuffled runs
 * would split as well. Scratch of one thread; inner loops allocate nothing.
 */
final class Scan {
  /** Runs on either side of a split. */
  static final int LEAST_SEGMENT = 3;

  private static final int LEAST_INTERVAL = 8;
  private static final int WINDOW = 5;
  private static final double CLIP_SIGMAS = 3;
  private static final double SIGMA_OF_MEDIAN_DIFFERENCE = 1.4826022185056018 / Math.sqrt(2);
  private static final double TIE = 1 - 1e-9;
  private static final double AS_GOOD = 0.97;
  private static final double COST_IN_MIDDLE = 1.5;
  private static final double END = 0.1;
  private static final double MIDDLE = 0.25;

  /** After so many expected exceedances without a single one, p is below alpha (e^-5 is 0.7 %). */
  private static final double SURE = 5;

  /**
   * Where a stretch splits best: z is the normal equivalent of its t, less the cost of its place.
   */
  record Split(int index, double squaredZ) {}

  /**
   * Share of shuffles that split as well as the data.
   *
   * @param accepted whether p is at most the level asked for
   * @param shuffles how many were made until that was decided
   */
  record Significance(double p, boolean accepted, int shuffles) {}

  /** Splits that cost the same, from the first one to that before the end. */
  private record Zone(int first, int end, double cost) {}

  private interface Statistic {
    double of(double[] values, int n);
  }

  private final double[] clipped;
  private final double[] sums;
  private final double[] squares;
  private final double[] scratch;
  private final double[] shuffled;
  private final double[] redrawn;
  private final double[][] weights;
  private final Zone[][] zones;
  private List<int[]> intervals = List.of();
  private double leastSigma;
  private int bestIndex;

  Scan(int longest) {
    clipped = new double[longest];
    sums = new double[longest + 1];
    squares = new double[longest + 1];
    scratch = new double[longest];
    shuffled = new double[longest];
    redrawn = new double[longest];
    weights = new double[longest + 1][];
    zones = new Zone[longest + 1][];
  }

  // ---- splits --------------------------------------------------------------------

  /** The best split of a whole stretch. */
  Split whole(double[] values) {
    findLeastSigma(values);
    double squaredZ = whole(values, values.length);
    return new Split(bestIndex, squaredZ);
  }

  /**
   * Where a stretch splits: the place that has most of the likelihood within a few runs of it. The
   * best split alone is further off more often, where a step is no larger than the noise. Of places
   * that are as good, the one next to the best split: sharp steps keep theirs.
   *
   * @param within runs on either side
   */
  int place(double[] values, int within) {
    int best = whole(values).index();
    double[] sums = likelihoods(values.length, best);
    for (int k = 1; k < sums.length; k++) {
      sums[k] += sums[k - 1];
    }
    double most = 0;
    for (int k = LEAST_SEGMENT; k <= values.length - LEAST_SEGMENT; k++) {
      most = Math.max(most, around(sums, k, within));
    }
    int away = 0;
    while (true) {
      for (int k : new int[] {best - away, best + away}) {
        boolean split = k >= LEAST_SEGMENT && k <= values.length - LEAST_SEGMENT;
        if (split && around(sums, k, within) >= AS_GOOD * most) {
          return k;
        }
      }
      away++;
    }
  }

  private static double around(double[] sums, int k, int within) {
    int before = k - within - 1;
    return sums[Math.min(sums.length - 1, k + within)] - (before < 0 ? 0 : sums[before]);
  }

  /** Of each place, by that of the best one: residual squares to the power of -n / 2. */
  private double[] likelihoods(int n, int best) {
    double mean = sums[n] / n;
    double explained = between(best, n, mean);
    double left = Math.max(squares[n] - n * mean * mean - explained, Double.MIN_NORMAL);
    double[] likelihoods = new double[n];
    for (int k = LEAST_SEGMENT; k <= n - LEAST_SEGMENT; k++) {
      double more = Math.max(0, explained - between(k, n, mean));
      likelihoods[k] = Math.exp(-n / 2.0 * Math.log1p(more / left));
    }
    return likelihoods;
  }

  private double between(int k, int n, double mean) {
    double d = sums[k] - k * mean;
    return d * d * weights(n)[k];
  }

  /** The best split of all seeded sub-intervals of a stretch. */
  Split within(double[] values) {
    findLeastSigma(values);
    intervals = seeded(values.length);
    double squaredZ = within(values, values.length);
    return new Split(bestIndex, squaredZ);
  }

  private double whole(double[] values, int n) {
    prepare(values, n);
    return interval(0, n);
  }

  private double within(double[] values, int n) {
    prepare(values, n);
    double best = -1;
    int index = 0;
    for (int i = 0; i < intervals.size(); i++) {
      int[] interval = intervals.get(i);
      double squaredZ = interval(interval[0], interval[1]);
      if (squaredZ > best) {
        best = squaredZ;
        index = bestIndex;
      }
    }
    bestIndex = index;
    return best;
  }

  /** Lengths n / sqrt(2)^k down to 8, each half over the next. (Kovács et al., 2023.) */
  private static List<int[]> seeded(int n) {
    List<int[]> intervals = new ArrayList<>();
    for (double length = n / Math.sqrt(2); length >= LEAST_INTERVAL; length /= Math.sqrt(2)) {
      int size = (int) Math.ceil(length);
      int count = (int) Math.ceil(2 * (n - size) / (double) size) + 1;
      for (int i = 0; i < count; i++) {
        int start = (int) Math.round((double) (n - size) * i / (count - 1));
        intervals.add(new int[] {start, start + size});
      }
    }
    return intervals;
  }

  /**
   * Squared normal equivalent of the best pooled two-sample t of an interval, so that intervals of
   * different length compare (Wallace's approximation), less what its place costs. The split is
   * left in bestIndex.
   *
   * <p>In the middle, where a step has so many runs on both sides that it stands out anyway, a
   * split costs something: so more of the false alarms that are allowed is left for the ends, where
   * a step is young.
   */
  private double interval(int from, int to) {
    int n = to - from;
    double[] weight = weights(n);
    double first = sums[from];
    double mean = (sums[to] - first) / n;
    double total = squares[to] - squares[from] - n * mean * mean;
    double best = 0;
    double bestBetween = -1;
    for (Zone zone : zones(n)) {
      double most = bestBetween;
      int split = -1;
      double expected = first + zone.first * mean;
      for (int k = zone.first; k < zone.end; k++) {
        double d = sums[from + k] - expected;
        expected += mean;
        double between = d * d * weight[k];
        if (between > most) {
          most = between;
          split = k;
        }
      }
      // What explains no more than a split that costs less cannot win.
      double squaredZ = split < 0 ? 0 : squaredZ(most, total, n) - zone.cost;
      if (split >= 0 && (squaredZ > best || bestBetween < 0)) {
        best = Math.max(0, squaredZ);
        bestBetween = most;
        bestIndex = from + split;
      }
    }
    return best;
  }

  private Zone[] zones(int n) {
    if (zones[n] == null) {
      int end = Math.max(LEAST_SEGMENT, (int) Math.ceil(END * n));
      int middle = Math.max(end, (int) Math.ceil(MIDDLE * n));
      zones[n] =
          new Zone[] {
            new Zone(LEAST_SEGMENT, end, 0),
            new Zone(n - end + 1, n - LEAST_SEGMENT + 1, 0),
            new Zone(end, middle, COST_IN_MIDDLE / 2),
            new Zone(n - middle + 1, n - end + 1, COST_IN_MIDDLE / 2),
            new Zone(middle, n - middle + 1, COST_IN_MIDDLE)
          };
    }
    return zones[n];
  }

  private static double squaredZ(double between, double total, int n) {
    if (!(between > 1e-18)) {
      return 0;
    }
    double freedom = n - 2.0;
    double factor = (8 * freedom + 1) / (8 * freedom + 3);
    double share = Math.min(between / total, 1 - 1e-12);
    return -factor * factor * freedom * Math.log1p(-share);
  }

  private double[] weights(int n) {
    if (weights[n] == null) {
      weights[n] = new double[n];
      for (int k = 1; k < n; k++) {
        weights[n][k] = (double) n / ((double) k * (n - k));
      }
    }
    return weights[n];
  }

  // ---- clipping ------------------------------------------------------------------

  /** Clipped values of a stretch, as the scan sees them. */
  double[] clip(double[] values) {
    findLeastSigma(values);
    clip(values, values.length);
    return Arrays.copyOf(clipped, values.length);
  }

  private void prepare(double[] values, int n) {
    clip(values, n);
    double origin = clipped[0];
    double sum = 0;
    double square = 0;
    for (int i = 0; i < n; i++) {
      double d = clipped[i] - origin;
      sum += d;
      square += d * d;
      sums[i + 1] = sum;
      squares[i + 1] = square;
    }
  }

  /** Each point to the running median of 5 ± 3 sigma, of which steps survive and spikes do not. */
  private void clip(double[] values, int n) {
    double sigma = sigma(values, n);
    double reach = CLIP_SIGMAS * (sigma > 0 ? sigma : leastSigma);
    for (int i = 0; i < n; i++) {
      int from = Math.max(0, Math.min(i - WINDOW / 2, n - WINDOW));
      double middle = middle(values, from);
      clipped[i] = Math.max(middle - reach, Math.min(middle + reach, values[i]));
    }
  }

  /** What stands for sigma where most neighbours are equal; shuffles do not change it. */
  private void findLeastSigma(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    leastSigma = PermutationTest.leastSigma(sorted);
  }

  /** Robust standard deviation from differences of neighbours, which levels do not enter. */
  double sigma(double[] values, int n) {
    for (int i = 1; i < n; i++) {
      scratch[i - 1] = Math.abs(values[i] - values[i - 1]);
    }
    return SIGMA_OF_MEDIAN_DIFFERENCE * RobustScale.select(scratch, n - 1, (n - 1) / 2);
  }

  static double middle(double[] v, int i) {
    double a = v[i];
    double b = v[i + 1];
    double c = v[i + 2];
    double d = v[i + 3];
    double e = v[i + 4];
    double low = larger(smaller(a, b), smaller(c, d));
    double high = smaller(larger(a, b), larger(c, d));
    return larger(smaller(low, high), smaller(larger(low, high), e));
  }

  // Values are finite: without Math.min's care for NaN and -0.
  private static double smaller(double x, double y) {
    return x < y ? x : y;
  }

  private static double larger(double x, double y) {
    return x > y ? x : y;
  }

  // ---- significance --------------------------------------------------------------

  /** How often a shuffled stretch has as good a split. */
  Significance wholeSignificance(
      double[] values, double correlation, double alpha, int most, UniformRandomProvider random) {
    return significance(values, this::whole, correlation, alpha, most, random);
  }

  /** How often a sub-interval of a shuffled stretch has as good a split. */
  Significance withinSignificance(
      double[] values, double correlation, double alpha, int most, UniformRandomProvider random) {
    intervals = seeded(values.length);
    return significance(values, this::within, correlation, alpha, most, random);
  }

  /**
   * Redraws until p is known to be above alpha, or surely below, or the most shuffles are made.
   *
   * @param correlation lag-1 correlation of the runs; 0 shuffles them as they are
   */
  private Significance significance(
      double[] values,
      Statistic statistic,
      double correlation,
      double alpha,
      int most,
      UniformRandomProvider random) {
    int n = values.length;
    findLeastSigma(values);
    double observed = statistic.of(values, n) * TIE;
    takeInnovations(values, n, correlation);
    int allowed = (int) Math.floor(alpha * (most + 1) + 1e-9) - 1;
    int asGood = 0;
    int made = 0;
    while (made < most && asGood <= allowed && !(asGood == 0 && made * alpha >= SURE)) {
      shuffle(n, random);
      made++;
      if (statistic.of(withCorrelation(n, correlation), n) >= observed) {
        asGood++;
      }
    }
    boolean accepted = asGood <= allowed;
    double p = accepted ? (1.0 + asGood) / (made + 1) : (double) asGood / made;
    return new Significance(p, accepted, made);
  }

  /**
   * What a run adds to what its neighbour before it foretells. These are exchangeable where the
   * runs are not: shuffled, and given the correlation again, they are a series as this one could
   * have been without a change (the autoregressive sieve of Bühlmann, 1997, of order 1).
   */
  private void takeInnovations(double[] values, int n, double correlation) {
    double mean = 0;
    for (int i = 0; correlation > 0 && i < n; i++) {
      mean += values[i] / n;
    }
    shuffled[0] = (values[0] - mean) * Math.sqrt(1 - correlation * correlation);
    for (int i = 1; i < n; i++) {
      shuffled[i] = values[i] - mean - correlation * (values[i - 1] - mean);
    }
  }

  private void shuffle(int n, UniformRandomProvider random) {
    for (int i = n - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      double swap = shuffled[i];
      shuffled[i] = shuffled[j];
      shuffled[j] = swap;
    }
  }

  private double[] withCorrelation(int n, double correlation) {
    if (correlation == 0) {
      return shuffled;
    }
    redrawn[0] = shuffled[0] / Math.sqrt(1 - correlation * correlation);
    for (int i = 1; i < n; i++) {
      redrawn[i] = correlation * redrawn[i - 1] + shuffled[i];
    }
    return redrawn;
  }
}
