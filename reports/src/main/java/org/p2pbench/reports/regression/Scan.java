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

  // Their sum is below 1, by more than rounding. Of normal runs the first leaves 7 % to look at.
  private static final double OWN_SHARE = 0.6;
  private static final double MIDDLE_SHARE = 0.399;
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
   */
  record Significance(double p, boolean accepted) {}

  /**
   * How many shuffles it takes to hold p against a level: fewer where more are as good as p at the
   * level allows, or none is where several would be.
   *
   * @param level p asked for
   * @param first at most so many, where they tell p from the level
   * @param last as many at most where p is so close that chance of the first ones might decide
   */
  record Shuffles(double level, int first, int last) {
    private static final double SURE_ERRORS = 3;

    private int allowed(int most) {
      return (int) Math.floor(level * (most + 1) + 1e-9) - 1;
    }

    private boolean decided(int asGood, int made, int most) {
      return made >= most || asGood > allowed(most) || (asGood == 0 && made * level >= SURE);
    }

    private boolean close(int asGood, int made) {
      double error = Math.sqrt(level * (1 - level) / made);
      return made > first / 4 && Math.abs((double) asGood / made - level) < SURE_ERRORS * error;
    }
  }

  /** Splits that cost the same, from the first one to that before the end. */
  private record Zone(int first, int end, double cost) {}

  private interface Statistic {
    double of(double[] values, int n);
  }

  private final double[] clipped;
  private final double[] sums;
  private final double[] squares;
  private final double[] scratch;
  private final int[] perhapsClipped;
  private final double[] shuffled;
  private final double[] redrawn;
  private final double[][] weights;
  private final Zone[][] zones;
  private List<int[]> intervals = List.of();
  private double leastSigma;
  private double centre;
  private double lastMedianDifference;
  private int bestIndex;

  Scan(int longest) {
    clipped = new double[longest];
    sums = new double[longest + 1];
    squares = new double[longest + 1];
    scratch = new double[longest];
    perhapsClipped = new int[longest];
    shuffled = new double[longest];
    redrawn = new double[longest];
    weights = new double[longest + 1][];
    zones = new Zone[longest + 1][];
  }

  // ---- splits --------------------------------------------------------------------

  /** The best split of a whole stretch. */
  Split whole(double[] values) {
    describe(values);
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
    describe(values);
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
    describe(values);
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
    int count = findPerhapsClipped(values, n, reach);
    System.arraycopy(values, 0, clipped, 0, n);
    for (int j = 0; j < count; j++) {
      int i = perhapsClipped[j];
      int from = Math.max(0, Math.min(i - WINDOW / 2, n - WINDOW));
      double middle = middle(values, from);
      clipped[i] = Math.max(middle - reach, Math.min(middle + reach, values[i]));
    }
  }

  /**
   * Indices that need their running median looked at, which is most of what a shuffle costs. A
   * point is within reach of its median, whatever that is, where both are near the centre of all
   * values; and the median is where at most two of the five are far off on either side. Without
   * branches, which of shuffled values none could foretell.
   *
   * @return how many
   */
  private int findPerhapsClipped(double[] values, int n, double reach) {
    int count = 0;
    for (int i = 0; i < WINDOW / 2; i++) {
      perhapsClipped[count++] = i;
      perhapsClipped[count++] = n - 1 - i;
    }
    int a = far(values[0], reach);
    int b = far(values[1], reach);
    int c = far(values[2], reach);
    int d = far(values[3], reach);
    for (int i = WINDOW / 2; i < n - WINDOW / 2; i++) {
      int e = far(values[i + 2], reach);
      // Adding one makes a count of three or more set the bit of four.
      int look = (a + b + c + d + e + 0x0101 & 0x0404) | (c & 0x10000);
      perhapsClipped[count] = i;
      count += -look >>> 31;
      a = b;
      b = c;
      c = d;
      d = e;
    }
    return count;
  }

  /** Whether a point is far above the centre, far below, or too far by itself: three bits. */
  private int far(double value, double reach) {
    double d = value - centre;
    double near = MIDDLE_SHARE * reach;
    return negative(near - d)
        | negative(near + d) << 8
        | negative(OWN_SHARE * reach - Math.abs(d)) << 16;
  }

  /** 1 for a number below zero (or -0), else 0; no branch. */
  private static int negative(double d) {
    return (int) (Double.doubleToRawLongBits(d) >>> 63);
  }

  /** What shuffles do not change: the centre, and what is sigma where most neighbours are equal. */
  private void describe(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    leastSigma = PermutationTest.leastSigma(sorted);
    centre = RobustScale.median(sorted);
  }

  /** Robust standard deviation from differences of neighbours, which levels do not enter. */
  double sigma(double[] values, int n) {
    int k = (n - 1) / 2;
    double about = 3.5 / Math.sqrt(n);
    double median = medianDifference(values, n, k, lastMedianDifference, about);
    if (Double.isNaN(median)) {
      for (int i = 1; i < n; i++) {
        scratch[i - 1] = Math.abs(values[i] - values[i - 1]);
      }
      median = RobustScale.select(scratch, n - 1, k);
    }
    lastMedianDifference = median;
    return SIGMA_OF_MEDIAN_DIFFERENCE * median;
  }

  /**
   * The k-th difference, looked for among the few about a guess: that of the shuffle before is
   * seldom far off, and the others are only counted.
   *
   * @return NaN where it is not among them
   */
  private double medianDifference(double[] values, int n, int k, double guess, double about) {
    double low = guess * (1 - about);
    double high = guess * (1 + about);
    int below = 0;
    int among = 0;
    for (int i = 1; i < n; i++) {
      double difference = Math.abs(values[i] - values[i - 1]);
      int lower = negative(difference - low);
      scratch[among] = difference;
      below += lower;
      among += 1 - lower - negative(high - difference);
    }
    boolean found = below <= k && k < below + among;
    return found ? RobustScale.select(scratch, among, k - below) : Double.NaN;
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

  /**
   * How often a shuffled stretch has as good a split.
   *
   * @param correlation lag-1 correlation of the runs; 0 shuffles them as they are
   */
  Significance wholeSignificance(
      double[] values, double correlation, Shuffles shuffles, UniformRandomProvider random) {
    return significance(values, this::whole, correlation, shuffles, random);
  }

  /** How often a sub-interval of a shuffled stretch has as good a split. */
  Significance withinSignificance(
      double[] values, double correlation, Shuffles shuffles, UniformRandomProvider random) {
    intervals = seeded(values.length);
    return significance(values, this::within, correlation, shuffles, random);
  }

  private Significance significance(
      double[] values,
      Statistic statistic,
      double correlation,
      Shuffles shuffles,
      UniformRandomProvider random) {
    int n = values.length;
    describe(values);
    double observed = statistic.of(values, n) * TIE;
    takeInnovations(values, n, correlation);
    int most = shuffles.first();
    int asGood = 0;
    int made = 0;
    boolean decided = false;
    while (!decided) {
      shuffle(n, random);
      made++;
      if (statistic.of(withCorrelation(n, correlation), n) >= observed) {
        asGood++;
      }
      decided = shuffles.decided(asGood, made, most);
      if (decided && most < shuffles.last() && shuffles.close(asGood, made)) {
        most = Math.min(shuffles.last(), most + shuffles.first());
        decided = shuffles.decided(asGood, made, most);
      }
    }
    boolean accepted = asGood <= shuffles.allowed(most);
    double p = accepted ? (1.0 + asGood) / (made + 1) : (double) asGood / made;
    return new Significance(p, accepted);
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

  /** Fisher and Yates; one draw does for two places (Lemire, 2019: biased by n / 2^32 at most). */
  private void shuffle(int n, UniformRandomProvider random) {
    for (int i = n - 1; i > 0; i -= 2) {
      long draw = random.nextLong();
      swap(i, (int) ((draw >>> 32) * (i + 1) >>> 32));
      swap(i - 1, (int) ((draw & 0xffff_ffffL) * i >>> 32));
    }
  }

  private void swap(int i, int j) {
    double swap = shuffled[i];
    shuffled[i] = shuffled[j];
    shuffled[j] = swap;
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
