// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.regression;

import java.util.OptionalInt;
import org.apache.commons.statistics.distribution.NormalDistribution;

/**
 * A verdict with its reason.
 *
 * @param reason a part of a sentence, such as "needs about 6 more forks on each side"
 * @param moreForks forks on each side that would probably decide it, where that can be said
 */
public record Judgement(Verdict verdict, String reason, OptionalInt moreForks) {

  /**
   * What is asked of a change.
   *
   * @param better which way the metric gets better
   * @param smallestChange smallest relative change that matters, such as 0.03
   * @param alpha share of false alarms that adjusted p values are held against
   * @param strict whether all of the interval has to lie beyond the smallest change
   */
  public record Criteria(Better better, double smallestChange, double alpha, boolean strict) {

    /** 5 %, and the point estimate has to reach the smallest change. */
    public static Criteria of(Better better, double smallestChange) {
      return new Criteria(better, smallestChange, ForkComparison.ALPHA, false);
    }
  }

  /** A verdict that something outside the figures forbids, such as a failed null control. */
  public static Judgement cannotTell(String reason) {
    return new Judgement(Verdict.CANNOT_TELL, reason, OptionalInt.empty());
  }

  /**
   * Judges a change.
   *
   * @param adjustedP the change's p after {@link Family}, or as it is for a table of one
   */
  public static Judgement of(Change change, double adjustedP, Criteria criteria) {
    double matters = Math.log1p(criteria.smallestChange());
    return switch (change.method()) {
      case NONE -> cannotTell(String.join("; ", change.warnings()));
      case WELCH ->
          new Judgement(
              Verdict.CANNOT_TELL,
              "%d and %d forks give an interval, not a verdict: %d on each side are needed"
                  .formatted(
                      change.baselineForks(), change.candidateForks(), ForkComparison.FEWEST_FORKS),
              OptionalInt.of(
                  ForkComparison.FEWEST_FORKS
                      - Math.min(change.baselineForks(), change.candidateForks())));
      case EXACT -> exact(change, matters, criteria);
      case PERMUTATION, PAIRED_PERMUTATION, HISTORY -> tested(change, adjustedP, matters, criteria);
    };
  }

  private static Judgement exact(Change change, double matters, Criteria criteria) {
    double low = change.low() == 0 ? Double.NEGATIVE_INFINITY : Math.log(change.low());
    double high = Math.log(change.high());
    if (low >= -matters && high <= matters) {
      return decided(Verdict.EQUIVALENT, "exact: every fork agrees");
    }
    if (low > matters || high < -matters) {
      boolean worse = low > matters == (criteria.better() == Better.LOWER);
      return decided(
          worse ? Verdict.REGRESSED : Verdict.IMPROVED, "exact: no fork of the two sides agrees");
    }
    return cannotTell("forks of one side disagree, though the metric should be exact");
  }

  private static Judgement tested(
      Change change, double adjustedP, double matters, Criteria criteria) {
    double worse = criteria.better().worsening(change.ratio());
    double nearest =
        Math.min(
            Math.abs(criteria.better().worsening(change.low())),
            Math.abs(criteria.better().worsening(change.high())));
    boolean holds = adjustedP <= criteria.alpha();
    boolean large = (criteria.strict() ? nearest : Math.abs(worse)) >= matters;
    if (holds && large) {
      return decided(worse > 0 ? Verdict.REGRESSED : Verdict.IMPROVED, reason(adjustedP));
    }
    if (Math.log(change.low()) >= -matters && Math.log(change.high()) <= matters) {
      return decided(
          Verdict.EQUIVALENT,
          "all of the interval is within %s %%".formatted(percent(criteria.smallestChange())));
    }
    if (change.method() == Change.Method.HISTORY) {
      return cannotTell(
          "stored runs scatter: a run would have to differ by %s %% to show"
              .formatted(percent(Math.expm1(change.halfWidth()))));
    }
    int more = moreForks(change, adjustedP, matters);
    boolean weak = large && change.p() <= criteria.alpha();
    return new Judgement(
        Verdict.CANNOT_TELL,
        (weak ? weak(change.p(), adjustedP) : "")
            + "needs about %d more fork%s on each side".formatted(more, more == 1 ? "" : "s"),
        OptionalInt.of(more));
  }

  /** One such p is expected by chance among so many that are asked for. */
  private static String weak(double p, double adjustedP) {
    return "weak: %s by itself, %s over the whole table; "
        .formatted(reason(p), reason(adjustedP).substring("p = ".length()));
  }

  private static Judgement decided(Verdict verdict, String reason) {
    return new Judgement(verdict, reason, OptionalInt.empty());
  }

  private static String reason(double p) {
    return p < 0.001
        ? "p < 0.001"
        : "p = "
            + java.math.BigDecimal.valueOf(p).round(new java.math.MathContext(2)).toPlainString();
  }

  private static String percent(double share) {
    return java.math.BigDecimal.valueOf(share * 100)
        .round(new java.math.MathContext(3))
        .stripTrailingZeros()
        .toPlainString();
  }

  /**
   * From the interval's width, which shrinks with the root of the number of forks: until it leaves
   * out 1 where the effect matters, or the smallest change where it does not. An effect close to
   * the smallest change would take any number; half of that change is the least width asked for. A
   * table asks more of an effect than 5 %: the interval is widened to the level that is left of it.
   */
  private static int moreForks(Change change, double adjustedP, double matters) {
    double effect = Math.abs(Math.log(change.ratio()));
    boolean real = effect >= matters;
    double wanted = real ? effect : Math.max(matters - effect, matters / 2);
    double width = change.halfWidth() * (real ? widening(change.p(), adjustedP) : 1);
    double forks = Math.min(change.baselineForks(), change.candidateForks());
    double needed = forks * Math.pow(width / wanted, 2);
    return Double.isFinite(needed)
        ? (int) Math.max(1, Math.min(Math.ceil(needed - forks), 10_000))
        : 10_000;
  }

  /** How much wider a normal interval is at the level that the table leaves. */
  private static double widening(double p, double adjustedP) {
    double level = ForkComparison.ALPHA;
    double left = adjustedP > p && p > 0 ? level * p / adjustedP : level;
    return quantile(left) / quantile(level);
  }

  private static double quantile(double level) {
    return NormalDistribution.of(0, 1).inverseSurvivalProbability(level / 2);
  }
}
