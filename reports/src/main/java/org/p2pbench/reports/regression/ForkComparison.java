// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.regression;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * Compares two sides, one value per fork, on the log scale.
 *
 * <p>The test: values are clipped to the median of all ± 3 robust standard deviations; the
 * difference of the sides' clipped means is divided by its standard error (Welch's); p is the share
 * of relabellings of forks to sides that are at least as extreme: all of them up to 20,000 (8 + 8
 * forks), else 9,999 by seed and the data as they are. It is exact for exchangeable forks whatever
 * their distribution. The interval is the set of shifts that the same test does not reject at 5 %,
 * the effect the shift that leaves no difference.
 */
public final class ForkComparison {
  /** Fewer forks on a side cannot reach 5 % (3 + 3 have a smallest p of 10 %). */
  public static final int FEWEST_FORKS = 4;

  /** Fewer pairs cannot reach 5 % (5 have a smallest p of 6.25 %). */
  public static final int FEWEST_PAIRS = 6;

  static final double ALPHA = 0.05;
  private static final double LEAST_GAP_OF_MODES = 0.03;

  private ForkComparison() {}

  /**
   * Compares two sides whose forks are independent.
   *
   * @param baseline one value per fork, in the metric's unit
   * @param candidate likewise
   * @param seed of {@link Seeds#of}
   */
  public static Change compare(double[] baseline, double[] candidate, long seed) {
    return compare(baseline, candidate, seed, (a, b) -> new TwoSampleTest(a, b, true, seed));
  }

  /**
   * The same for values that may scatter with a long side, by {@link SkewedTest}. Pairs need no
   * such thing: the differences of two forks alike are symmetric.
   */
  static Change compareSkewed(double[] baseline, double[] candidate, long seed) {
    return compare(baseline, candidate, seed, (a, b) -> new SkewedTest(a, b, seed));
  }

  private static Change compare(
      double[] baseline,
      double[] candidate,
      long seed,
      BiFunction<double[], double[], TwoSampleTest> tests) {
    Optional<Change> simple = withoutTest(baseline, candidate, FEWEST_FORKS);
    if (simple.isPresent()) {
      return simple.get();
    }
    double[] a = logs(baseline);
    double[] b = logs(candidate);
    TwoSampleTest test = tests.apply(a, b);
    return tested(
        Change.Method.PERMUTATION,
        test,
        HodgesLehmann.shift(a, b),
        modes(a, b, seed),
        () -> outliers(baseline, candidate, test.clippedForks()),
        a.length,
        b.length);
  }

  /**
   * Compares two sides of which fork i of the one ran next to fork i of the other. Fewer than
   * {@link #FEWEST_PAIRS} pairs are compared as independent sides, which drift of the host makes
   * less sensitive, not less honest.
   *
   * @throws IllegalArgumentException where the sides differ in length
   */
  public static Change comparePairs(double[] baseline, double[] candidate, long seed) {
    if (baseline.length != candidate.length) {
      throw new IllegalArgumentException(
          "pairs need as many forks on both sides, not "
              + baseline.length
              + " and "
              + candidate.length);
    }
    if (baseline.length < FEWEST_PAIRS) {
      return compare(baseline, candidate, seed);
    }
    Optional<Change> simple = withoutTest(baseline, candidate, FEWEST_PAIRS);
    if (simple.isPresent()) {
      return simple.get();
    }
    double[] a = logs(baseline);
    double[] b = logs(candidate);
    PairedTest test = new PairedTest(a, b, seed);
    return tested(
        Change.Method.PAIRED_PERMUTATION,
        test,
        HodgesLehmann.center(a, b),
        modes(a, b, seed),
        () -> pairOutliers(candidate, test.clippedPairs()),
        a.length,
        b.length);
  }

  /**
   * The answer of either test. The outliers are asked for last: that moves the test's sides.
   *
   * @param hodgesLehmann on the log scale
   */
  private static Change tested(
      Change.Method method,
      PermutationTest test,
      double hodgesLehmann,
      Optional<Change.Modes> modes,
      Supplier<List<Change.Outlier>> outliers,
      int baselineForks,
      int candidateForks) {
    double effect = test.effect();
    double p = test.p(0);
    return new Change(
        method,
        baselineForks,
        candidateForks,
        p,
        Math.exp(effect),
        Math.exp(test.bound(-1, ALPHA, p <= ALPHA)),
        Math.exp(test.bound(1, ALPHA, p <= ALPHA)),
        Math.exp(hodgesLehmann),
        modes,
        outliers.get(),
        List.of());
  }

  /**
   * Compares values that do not scatter by chance, such as pins or bytes per transaction: any
   * number of forks, zeros allowed. Ratio of medians; the interval is the range of ratios between a
   * candidate's and a baseline's fork. Sides differ (p is 0) where their forks do not overlap: what
   * scatters all the same, such as the pins of a machine on which others pin too, says nothing.
   */
  public static Change compareExact(double[] baseline, double[] candidate) {
    if (baseline.length == 0 || candidate.length == 0) {
      return none(baseline, candidate, "no fork has this metric on one of the sides");
    }
    double[] a = sorted(baseline);
    double[] b = sorted(candidate);
    double low = ratio(b[0], a[a.length - 1]);
    double high = ratio(b[b.length - 1], a[0]);
    double middle = ratio(RobustScale.median(b), RobustScale.median(a));
    boolean apart = low > 1 || high < 1;
    return new Change(
        Change.Method.EXACT,
        a.length,
        b.length,
        apart ? 0 : 1,
        middle,
        low,
        high,
        middle,
        Optional.empty(),
        List.of(),
        List.of());
  }

  /**
   * {@link #compare} without interval, modes and outliers, which take most of its time: those of
   * the answer are NaN and empty.
   */
  public static Change compareWithoutInterval(double[] baseline, double[] candidate, long seed) {
    Optional<Change> simple = withoutTest(baseline, candidate, FEWEST_FORKS);
    if (simple.isPresent()) {
      return simple.get();
    }
    TwoSampleTest test = new TwoSampleTest(logs(baseline), logs(candidate), true, seed);
    return new Change(
        Change.Method.PERMUTATION,
        baseline.length,
        candidate.length,
        test.p(0),
        Math.exp(test.effect()),
        Double.NaN,
        Double.NaN,
        Double.NaN,
        Optional.empty(),
        List.of(),
        List.of());
  }

  /**
   * Whether p of {@link #compare} is at most alpha, without the rest: for simulations, which ask
   * this a million times.
   */
  public static boolean differs(double[] baseline, double[] candidate, double alpha, long seed) {
    return new TwoSampleTest(logs(baseline), logs(candidate), true, seed).rejects(0, alpha);
  }

  /** The same of {@link #comparePairs}, for six pairs or more. */
  public static boolean pairsDiffer(
      double[] baseline, double[] candidate, double alpha, long seed) {
    return new PairedTest(logs(baseline), logs(candidate), seed).rejects(0, alpha);
  }

  /**
   * The smallest p that a comparison of so many forks can have, however far apart the sides are: 1
   * where nothing was tested.
   */
  static double smallestP(Change change) {
    int candidates = change.candidateForks();
    int both = change.baselineForks() + candidates;
    return switch (change.method()) {
      case PERMUTATION ->
          smallestP(
              Relabellings.choices(both, candidates, 0), change.baselineForks() == candidates);
      case PAIRED_PERMUTATION -> smallestP(Relabellings.exchanges(candidates, 0), true);
      case EXACT, HISTORY -> 0;
      case WELCH, NONE -> 1;
    };
  }

  /** Among all relabellings is the mirror image of the data too, as extreme as they are. */
  private static double smallestP(Relabellings relabellings, boolean mirrored) {
    boolean all = relabellings.count() != Relabellings.RANDOM + 1;
    return (all && mirrored ? 2.0 : 1.0) / relabellings.count();
  }

  private static Optional<Change> withoutTest(double[] baseline, double[] candidate, int fewest) {
    int least = Math.min(baseline.length, candidate.length);
    if (least == 0) {
      return Optional.of(none(baseline, candidate, "no fork has this metric on one of the sides"));
    }
    if (least >= fewest && constant(baseline) && constant(candidate)) {
      return Optional.of(compareExact(baseline, candidate));
    }
    if (DoubleStream.concat(Arrays.stream(baseline), Arrays.stream(candidate))
        .anyMatch(v -> !(v > 0) || Double.isInfinite(v))) {
      return Optional.of(
          none(
              baseline,
              candidate,
              "a fork's value is not above zero, so that there is no ratio to test"));
    }
    if (least == 1) {
      return Optional.of(none(baseline, candidate, "one fork says nothing about scatter"));
    }
    return least < FEWEST_FORKS ? Optional.of(welch(baseline, candidate)) : Optional.empty();
  }

  private static Change none(double[] baseline, double[] candidate, String why) {
    double ratio =
        baseline.length == 0 || candidate.length == 0
            ? Double.NaN
            : ratio(RobustScale.median(sorted(candidate)), RobustScale.median(sorted(baseline)));
    return new Change(
        Change.Method.NONE,
        baseline.length,
        candidate.length,
        1,
        ratio,
        Double.NaN,
        Double.NaN,
        Double.NaN,
        Optional.empty(),
        List.of(),
        List.of(why));
  }

  /** Welch's interval, with the Welch-Satterthwaite degrees of freedom. */
  private static Change welch(double[] baseline, double[] candidate) {
    double[] a = logs(baseline);
    double[] b = logs(candidate);
    double va = variance(a) / a.length;
    double vb = variance(b) / b.length;
    double effect = mean(b) - mean(a);
    double halfWidth = 0;
    if (va + vb > 0) {
      double freedom =
          (va + vb) * (va + vb) / (va * va / (a.length - 1) + vb * vb / (b.length - 1));
      halfWidth =
          TDistribution.of(freedom).inverseSurvivalProbability(ALPHA / 2) * Math.sqrt(va + vb);
    }
    return new Change(
        Change.Method.WELCH,
        a.length,
        b.length,
        1,
        Math.exp(effect),
        Math.exp(effect - halfWidth),
        Math.exp(effect + halfWidth),
        Math.exp(HodgesLehmann.shift(a, b)),
        Optional.empty(),
        List.of(),
        List.of());
  }

  /** Two groups: the largest gap of a side exceeds 4 median gaps and 3 %, two forks beside it. */
  private static Optional<Change.Modes> modes(double[] a, double[] b, long seed) {
    double threshold = gap(a);
    if (Double.isNaN(threshold)) {
      threshold = gap(b);
    }
    if (Double.isNaN(threshold)) {
      return Optional.empty();
    }
    double split = threshold;
    return Optional.of(
        new Change.Modes(
            Math.exp(split),
            share(a, split),
            share(b, split),
            new TwoSampleTest(a, b, false, seed).p(0)));
  }

  private static double share(double[] values, double threshold) {
    return (double) Arrays.stream(values).filter(v -> v > threshold).count() / values.length;
  }

  private static double gap(double[] values) {
    double[] sorted = sorted(values);
    double[] gaps =
        IntStream.range(1, sorted.length).mapToDouble(i -> sorted[i] - sorted[i - 1]).toArray();
    int widest = IntStream.range(0, gaps.length).reduce(0, (i, j) -> gaps[j] > gaps[i] ? j : i);
    boolean groups = widest >= 1 && widest <= gaps.length - 2;
    return groups
            && gaps[widest] >= LEAST_GAP_OF_MODES
            && gaps[widest] > 4 * RobustScale.median(sorted(gaps))
        ? (sorted[widest] + sorted[widest + 1]) / 2
        : Double.NaN;
  }

  private static List<Change.Outlier> outliers(double[] baseline, double[] candidate, int[] forks) {
    List<Change.Outlier> outliers = new ArrayList<>();
    for (int i : forks) {
      int j = i - baseline.length;
      outliers.add(
          j < 0
              ? new Change.Outlier(Change.Side.BASELINE, i, baseline[i])
              : new Change.Outlier(Change.Side.CANDIDATE, j, candidate[j]));
    }
    return outliers;
  }

  private static List<Change.Outlier> pairOutliers(double[] candidate, int[] pairs) {
    return Arrays.stream(pairs)
        .mapToObj(i -> new Change.Outlier(Change.Side.CANDIDATE, i, candidate[i]))
        .toList();
  }

  private static double[] logs(double[] values) {
    return Arrays.stream(values).map(Math::log).toArray();
  }

  private static double[] sorted(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted;
  }

  private static boolean constant(double[] values) {
    return Arrays.stream(values).allMatch(v -> v == values[0]);
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).sum() / values.length;
  }

  private static double variance(double[] values) {
    double mean = mean(values);
    return Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum() / (values.length - 1);
  }

  private static double ratio(double candidate, double baseline) {
    return candidate == baseline ? 1 : candidate / baseline;
  }
}
