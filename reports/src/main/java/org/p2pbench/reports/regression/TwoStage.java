// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.regression;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * A suite in two stages: few forks of everything, then fresh forks of what looks worse. The verdict
 * rests on the fresh forks alone, and only the screened benchmarks share its false alarms; so a
 * suite of any size is red by mistake in at most 5 %, and the effect shown is not the luckiest of
 * many.
 */
public final class TwoStage {
  /** Forks of each side in the first stage. */
  public static final int SCREEN_FORKS = 5;

  /** Fresh forks of each side in the second stage. */
  public static final int CONFIRM_FORKS = 10;

  /** Two-sided level of the first stage, which costs forks and not false alarms. */
  public static final double SCREEN_ALPHA = 0.20;

  // Of the level, what the second stage spends: suites without a change are red in 3 to 4 %.
  private static final double CONFIRM_SHARE = 0.7;

  private static final double NULL_ALPHA = 0.01;

  private TwoStage() {}

  /** Whether a benchmark goes to the second stage: it looks worse, at the first stage's level. */
  public static boolean screens(Change first, Better better) {
    return switch (first.method()) {
      case PERMUTATION, PAIRED_PERMUTATION, EXACT, HISTORY ->
          first.p() <= SCREEN_ALPHA && better.worsening(first.ratio()) > 0;
      case WELCH, NONE -> false;
    };
  }

  /**
   * Judges what was screened, by Holm over the fresh changes. Screening asked for one direction, so
   * p is of that direction alone: "worse by chance" is the only mistake that makes a suite red.
   *
   * <p>The first stage's level is weak, so much of what it screens is chance: what the fresh forks
   * could have confirmed and did not is no regression. That many forks say nothing where there are
   * fewer than the test takes, or where so many share the false alarms that none could have been
   * confirmed, however slow the candidate is: see {@link #confirmable}.
   *
   * @param fresh changes in the second stage's forks alone, none of the first's
   * @param criteria of each, in the same order
   */
  public static List<Judgement> confirm(List<Change> fresh, List<Judgement.Criteria> criteria) {
    double[] adjusted =
        adjusted(
            IntStream.range(0, fresh.size())
                .mapToDouble(i -> worse(fresh.get(i), criteria.get(i).better())));
    List<Boolean> confirmable = confirmable(fresh, criteria);
    return IntStream.range(0, fresh.size())
        .mapToObj(
            i -> {
              Judgement judgement = Judgement.of(fresh.get(i), adjusted[i], criteria.get(i));
              return confirmable.get(i) ? judgement : unconfirmable(judgement, fresh, i);
            })
        .toList();
  }

  /**
   * Which of them the fresh forks could have confirmed, had the candidate been as slow as may be in
   * all of them.
   *
   * @param fresh as for {@link #confirm}
   * @param criteria likewise
   */
  public static List<Boolean> confirmable(List<Change> fresh, List<Judgement.Criteria> criteria) {
    double[] least =
        adjusted(fresh.stream().mapToDouble(change -> ForkComparison.smallestP(change) / 2));
    return IntStream.range(0, fresh.size())
        .mapToObj(i -> least[i] <= criteria.get(i).alpha())
        .toList();
  }

  private static Judgement unconfirmable(Judgement judgement, List<Change> fresh, int which) {
    Change change = fresh.get(which);
    return judgement.verdict() == Verdict.CANNOT_TELL && change.method().judges()
        ? Judgement.cannotTell(
            "%d fresh forks on each side cannot confirm any of %d that looked worse"
                .formatted(Math.min(change.baselineForks(), change.candidateForks()), fresh.size()))
        : judgement;
  }

  /** Holm's, against the part of the level that the second stage spends. */
  private static double[] adjusted(DoubleStream p) {
    return DoubleStream.of(Family.holm(p.toArray()))
        .map(adjusted -> Math.min(1, adjusted / CONFIRM_SHARE))
        .toArray();
  }

  /**
   * The null control: the baseline against itself, through the same code in the same job. Where it
   * fails, something on the machine tells the two sides apart that is not the candidate.
   *
   * <p>That nothing differs is one question about all of them, so it is answered by Simes' test
   * (1986), whatever their number: five forks on a side have no p below 0.8 %, and Holm's would let
   * anything pass from seven changes on. A sound machine fails it once in a hundred times at most.
   *
   * @param nulls changes of the baseline against itself
   */
  public static boolean nullControlPasses(List<Change> nulls) {
    double[] adjusted = Family.benjaminiHochberg(p(nulls, Change::p));
    return DoubleStream.of(adjusted).noneMatch(p -> p <= NULL_ALPHA);
  }

  private static double worse(Change change, Better better) {
    return change.method() == Change.Method.EXACT
        ? change.p()
        : change.oneSidedP(better == Better.LOWER);
  }

  private static double[] p(List<Change> changes, ToDoubleFunction<Change> p) {
    return changes.stream().mapToDouble(p).toArray();
  }
}
