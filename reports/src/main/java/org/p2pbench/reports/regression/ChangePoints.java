// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.regression;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * Finds where a series of runs moves to another level.
 *
 * <p>A stretch is scanned for the split with the largest pooled t, of values that were clipped to a
 * running median; a split in the middle has to be a little better than one near an end. p is the
 * share of shuffled stretches whose best split is as good, so the search over places is paid for,
 * however long the series. A stretch that does not split at the level is scanned in seeded
 * sub-intervals at 0.2 of it, which finds changes that did not last. Where it splits, both sides
 * are scanned in turn. Points found are then dropped, the weakest first, until each holds between
 * its neighbours, and moved to the likeliest place there. This last step pays for the second scan:
 * a lone point has to split the whole stretch at the level itself (simulated: see {@code power}).
 *
 * <p>Where neighbouring runs are alike, shuffling single runs would find changes everywhere: with a
 * lag-1 correlation of the residuals above 1 / sqrt(n), from 30 runs, what is shuffled is what each
 * run adds to what its neighbour foretells. Shorter series have no such protection.
 *
 * <p>Shuffles are seeded by the series' id: the same runs give the same answer.
 */
public final class ChangePoints {
  /** Level of points that may alert. */
  public static final double ALERT_ALPHA = 0.02;

  /** Level of points that are only listed. */
  public static final double LIST_ALPHA = 0.05;

  /** Shorter series are not analysed. */
  public static final int FEWEST_RUNS = 8;

  /** Shorter series never alert. */
  public static final int FEWEST_RUNS_TO_ALERT = 20;

  /** Of longer series the last runs are analysed. */
  public static final int MOST_RUNS = 500;

  private static final double WITHIN_SHARE = 0.2;
  private static final int SHUFFLES = 999;
  private static final int MORE_SHUFFLES = 4_999;
  private static final int MOST_SHUFFLES = 99_999;
  private static final int FEWEST_RUNS_FOR_INTERVALS = 20;
  private static final int FEWEST_RUNS_FOR_CORRELATION = 30;
  private static final double MOST_CORRELATION = 0.95;
  private static final double CAUTION = 0.2;
  private static final double OUTLIER_SIGMAS = 4;
  private static final double NEAR_BEST = 0.9;
  private static final int SEEN_IN_A_ROW = 3;
  private static final int SAME_PLACE = 3;

  private final double[] values;
  private final double alpha;
  private final UniformRandomProvider random;
  private final Scan scan;
  private double correlation;
  private double firstP = Double.NaN;

  private ChangePoints(String id, double[] values, double alpha) {
    this.values = values;
    this.alpha = alpha;
    this.random = Seeds.generator(Seeds.of(id));
    this.scan = new Scan(values.length);
  }

  /**
   * Analyses one series.
   *
   * @param alpha chance that a series without a change shows one
   * @throws IllegalArgumentException where a value is not above zero
   */
  public static SeriesAnalysis analyse(RunSeries series, double alpha) {
    double[] logs = lastLogs(series);
    int runs = series.values().length;
    int skipped = runs - logs.length;
    if (runs < FEWEST_RUNS) {
      return new SeriesAnalysis(series.id(), runs, List.of(), List.of(), 0, 1, false);
    }
    ChangePoints search = new ChangePoints(series.id(), logs, alpha);
    List<Integer> places = search.places();
    if (!places.isEmpty()) {
      search.correlation = search.correlation(places);
      if (search.correlation > 0) {
        places = search.places();
      }
    }
    return new SeriesAnalysis(
        series.id(),
        runs,
        search.describe(places, skipped),
        search.outliers(skipped),
        search.correlation,
        search.firstP,
        false);
  }

  /**
   * Analyses many series at once, on all processors. Changes of a series are weak where its p does
   * not hold among all series (Benjamini and Hochberg).
   */
  public static List<SeriesAnalysis> analyse(List<RunSeries> series, double alpha) {
    List<SeriesAnalysis> analyses =
        IntStream.range(0, series.size())
            .parallel()
            .mapToObj(i -> analyseInFamily(series.get(i), alpha, series.size()))
            .toList();
    double[] adjusted =
        Family.benjaminiHochberg(analyses.stream().mapToDouble(SeriesAnalysis::p).toArray());
    return IntStream.range(0, analyses.size())
        .mapToObj(i -> weak(analyses.get(i), adjusted[i] > alpha))
        .toList();
  }

  /**
   * Changes that are worth an alert: seen in three analyses in a row, after the last run and after
   * the two before it, within 3 runs of each other, and no smaller than what matters.
   *
   * @param smallestChange relative, such as 0.03
   */
  public static List<ChangePoint> alerts(RunSeries series, double smallestChange) {
    if (series.values().length < FEWEST_RUNS_TO_ALERT) {
      return List.of();
    }
    List<ChangePoint> left = analyse(series, ALERT_ALPHA).changes();
    for (int ago = 1; ago < SEEN_IN_A_ROW && !left.isEmpty(); ago++) {
      List<ChangePoint> before = analyse(series.without(ago), ALERT_ALPHA).changes();
      left = left.stream().filter(c -> before.stream().anyMatch(b -> near(b, c))).toList();
    }
    return left.stream()
        .filter(c -> Math.abs(Math.log(c.ratio())) >= Math.log1p(smallestChange))
        .toList();
  }

  private static boolean near(ChangePoint a, ChangePoint b) {
    return Math.abs(a.index() - b.index()) <= SAME_PLACE;
  }

  private static SeriesAnalysis analyseInFamily(RunSeries series, double alpha, int family) {
    SeriesAnalysis a = analyse(series, alpha);
    return a.changes().isEmpty() ? a : withFinerP(a, series, family);
  }

  private static SeriesAnalysis weak(SeriesAnalysis a, boolean weak) {
    return new SeriesAnalysis(
        a.id(), a.runs(), a.changes(), a.outliers(), a.correlation(), a.p(), weak);
  }

  /**
   * As small a p as it takes for one series to hold among all of them. Shuffles alone would need
   * hundreds per series of the family: a split that is far beyond doubt for independent runs
   * (Bonferroni over places) needs none.
   */
  private static SeriesAnalysis withFinerP(SeriesAnalysis a, RunSeries series, int family) {
    double[] logs = lastLogs(series);
    ChangePoints search = new ChangePoints(series.id(), logs, ALERT_ALPHA);
    double wanted = ALERT_ALPHA / family;
    double p = 1;
    search.correlation = a.correlation();
    if (!a.correlated()) {
      double z = Math.sqrt(search.scan.whole(logs).squaredZ());
      p = 2 * logs.length * NormalDistribution.of(0, 1).survivalProbability(z);
    }
    if (p > wanted / 10 && a.p() > wanted) {
      int most = (int) Math.min(MOST_SHUFFLES, Math.ceil(2 / wanted));
      Scan.Shuffles shuffles = new Scan.Shuffles(wanted, most, most);
      p = search.scan.wholeSignificance(logs, search.correlation, shuffles, search.random).p();
    }
    return new SeriesAnalysis(
        a.id(), a.runs(), a.changes(), a.outliers(), a.correlation(), Math.min(a.p(), p), a.weak());
  }

  private static double[] lastLogs(RunSeries series) {
    double[] all = series.logs();
    return Arrays.copyOfRange(all, Math.max(0, all.length - MOST_RUNS), all.length);
  }

  // ---- the search ----------------------------------------------------------------

  private List<Integer> places() {
    firstP = Double.NaN;
    TreeSet<Integer> found = new TreeSet<>();
    split(0, values.length, found);
    return eliminate(new ArrayList<>(found));
  }

  private void split(int from, int to, TreeSet<Integer> found) {
    if (to - from < FEWEST_RUNS) {
      return;
    }
    double[] stretch = Arrays.copyOfRange(values, from, to);
    Scan.Significance whole =
        scan.wholeSignificance(stretch, correlation, searching(alpha), random);
    double p = whole.p();
    int at = -1;
    if (whole.accepted()) {
      at = scan.whole(stretch).index();
    } else if (stretch.length >= FEWEST_RUNS_FOR_INTERVALS) {
      Scan.Significance within =
          scan.withinSignificance(stretch, correlation, searching(WITHIN_SHARE * alpha), random);
      p = Math.min(p, within.p() / WITHIN_SHARE);
      if (within.accepted()) {
        at = scan.within(stretch).index();
      }
    }
    if (Double.isNaN(firstP)) {
      firstP = Math.min(1, p);
    }
    if (at >= 0) {
      found.add(from + at);
      split(from, from + at, found);
      split(from + at, to, found);
    }
  }

  /** Chance of the shuffles must not decide on an alert; a point that is only listed may be off. */
  private Scan.Shuffles searching(double level) {
    return new Scan.Shuffles(level, SHUFFLES, alpha > ALERT_ALPHA ? SHUFFLES : MORE_SHUFFLES);
  }

  private Scan.Shuffles holding() {
    return new Scan.Shuffles(alpha, SHUFFLES, SHUFFLES);
  }

  /** Drops the weakest point until all hold, then moves each to its likeliest place. */
  private List<Integer> eliminate(List<Integer> places) {
    List<Integer> kept = new ArrayList<>(places);
    boolean dropped = true;
    while (dropped && !kept.isEmpty()) {
      dropped = false;
      int weakest = -1;
      double weakestP = alpha;
      for (int i = 0; i < kept.size(); i++) {
        Scan.Significance own =
            scan.wholeSignificance(between(kept, i), correlation, holding(), random);
        if (!own.accepted() && own.p() > weakestP) {
          weakest = i;
          weakestP = own.p();
        }
      }
      if (weakest >= 0) {
        kept.remove(weakest);
        dropped = true;
      }
    }
    for (int i = 0; i < kept.size(); i++) {
      kept.set(i, start(kept, i) + scan.place(between(kept, i), SAME_PLACE));
    }
    return kept;
  }

  private static int start(List<Integer> places, int i) {
    return i == 0 ? 0 : places.get(i - 1);
  }

  private double[] between(List<Integer> places, int i) {
    int end = i == places.size() - 1 ? values.length : places.get(i + 1);
    return Arrays.copyOfRange(values, start(places, i), end);
  }

  /**
   * Lag-1 correlation of the residuals; 0 where it may be chance. What is added is its bias
   * (Kendall, 1954: -(1 + 3 rho) / n for each mean that was taken off), and a fifth of its error
   * for what a split at the best of all places takes off beyond that.
   */
  private double correlation(List<Integer> places) {
    int n = values.length;
    if (n < FEWEST_RUNS_FOR_CORRELATION) {
      return 0;
    }
    double[] residuals = scan.clip(values);
    int start = 0;
    for (int i = 0; i <= places.size(); i++) {
      int end = i < places.size() ? places.get(i) : n;
      double mean = Arrays.stream(residuals, start, end).average().orElse(0);
      for (int j = start; j < end; j++) {
        residuals[j] -= mean;
      }
      start = end;
    }
    double products = 0;
    double squares = residuals[0] * residuals[0];
    for (int i = 1; i < n; i++) {
      products += residuals[i] * residuals[i - 1];
      squares += residuals[i] * residuals[i];
    }
    double seen = squares > 0 ? products / squares : 0;
    return seen > 1 / Math.sqrt(n)
        ? Math.min(
            MOST_CORRELATION,
            seen + (1 + 3 * seen) * (places.size() + 1) / n + CAUTION / Math.sqrt(n))
        : 0;
  }

  // ---- what is said of the points --------------------------------------------------

  private List<ChangePoint> describe(List<Integer> places, int skipped) {
    List<ChangePoint> changes = new ArrayList<>();
    for (int i = 0; i < places.size(); i++) {
      changes.add(describe(places, i, skipped));
    }
    return changes;
  }

  private ChangePoint describe(List<Integer> places, int i, int skipped) {
    double[] stretch = between(places, i);
    int split = places.get(i) - start(places, i);
    double p = scan.wholeSignificance(stretch, correlation, holding(), random).p();
    double[] clipped = scan.clip(stretch);
    int from = split;
    int to = split;
    double best = t(clipped, split);
    while (from > Scan.LEAST_SEGMENT && t(clipped, from - 1) >= NEAR_BEST * best) {
      from--;
    }
    while (to < clipped.length - Scan.LEAST_SEGMENT && t(clipped, to + 1) >= NEAR_BEST * best) {
      to++;
    }
    double effect = mean(clipped, split, clipped.length) - mean(clipped, 0, split);
    double halfWidth = halfWidth(clipped, split);
    int origin = skipped + start(places, i);
    return new ChangePoint(
        origin + split,
        origin + from,
        origin + to,
        Math.exp(median(stretch, 0, split)),
        Math.exp(median(stretch, split, stretch.length)),
        Math.exp(effect),
        Math.exp(effect - halfWidth),
        Math.exp(effect + halfWidth),
        p);
  }

  private static double t(double[] v, int split) {
    double error = error(v, split);
    double difference = Math.abs(mean(v, split, v.length) - mean(v, 0, split));
    return error > 0 ? difference / error : difference * 1e12;
  }

  private static double error(double[] v, int split) {
    int after = v.length - split;
    return Math.sqrt(variance(v, 0, split) / split + variance(v, split, v.length) / after);
  }

  private static double halfWidth(double[] v, int split) {
    double a = variance(v, 0, split) / split;
    double b = variance(v, split, v.length) / (v.length - split);
    if (!(a + b > 0)) {
      return 0;
    }
    double freedom = (a + b) * (a + b) / (a * a / (split - 1) + b * b / (v.length - split - 1));
    return TDistribution.of(freedom).inverseSurvivalProbability(0.025) * Math.sqrt(a + b);
  }

  private static double mean(double[] v, int from, int to) {
    return Arrays.stream(v, from, to).sum() / (to - from);
  }

  private static double variance(double[] v, int from, int to) {
    double mean = mean(v, from, to);
    return Arrays.stream(v, from, to).map(x -> (x - mean) * (x - mean)).sum() / (to - from - 1);
  }

  private static double median(double[] v, int from, int to) {
    double[] sorted = Arrays.copyOfRange(v, from, to);
    Arrays.sort(sorted);
    return RobustScale.median(sorted);
  }

  private List<Integer> outliers(int skipped) {
    int n = values.length;
    double reach = OUTLIER_SIGMAS * scan.sigma(values, n);
    return IntStream.range(0, n)
        .filter(
            i -> {
              double middle = Scan.middle(values, Math.max(0, Math.min(i - 2, n - 5)));
              return Math.abs(values[i] - middle) > Math.max(reach, 1e-9);
            })
        .map(i -> i + skipped)
        .boxed()
        .toList();
  }
}
