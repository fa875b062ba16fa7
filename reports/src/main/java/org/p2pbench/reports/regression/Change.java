// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.regression;

import java.util.List;
import java.util.Optional;

/**
 * How the forks of a candidate differ from those of its baseline, in one metric.
 *
 * @param method what p and the interval come from; says which of the members below there are
 * @param baselineForks forks (pairs, where paired) of the baseline
 * @param candidateForks forks of the candidate
 * @param p two-sided; 1 where nothing was tested
 * @param ratio candidate / baseline: exponential of the difference of clipped means of logarithms;
 *     NaN where there is none
 * @param low lower end of the ratio's 95 % interval; NaN where there is none
 * @param high upper end
 * @param hodgesLehmann exponential of the median of all candidate - baseline differences of
 *     logarithms (of the pairs' Walsh averages, where paired); NaN where there is none
 * @param modes forks that fall into two groups, and p without clipping
 * @param outliers forks that lie beyond 3 robust standard deviations; clipped, never dropped
 * @param warnings sentences that belong beside the figures
 */
public record Change(
    Method method,
    int baselineForks,
    int candidateForks,
    double p,
    double ratio,
    double low,
    double high,
    double hodgesLehmann,
    Optional<Modes> modes,
    List<Outlier> outliers,
    List<String> warnings) {

  /** What p and interval come from. */
  public enum Method {
    /** Permutation test of two independent sides, and the interval by its inversion. */
    PERMUTATION(true),
    /** Permutation test of pairs of neighbouring forks, and the interval by its inversion. */
    PAIRED_PERMUTATION(true),
    /** Too few forks for a permutation to reach 5 %: Welch's t interval alone, p is 1. */
    WELCH(false),
    /** One new run against stored runs: Student's t for one new value. Counts are of runs. */
    HISTORY(true),
    /** The values do not scatter: compared as they are, the interval is their range, p 0 or 1. */
    EXACT(true),
    /** One fork, or a value that has no logarithm: nothing but the ratio of means. */
    NONE(false);

    private final boolean judges;

    Method(boolean judges) {
      this.judges = judges;
    }

    /** Whether a verdict may rest on it. */
    public boolean judges() {
      return judges;
    }
  }

  /** Where a fork comes from. */
  public enum Side {
    /** What is compared with. */
    BASELINE,
    /** What is judged. */
    CANDIDATE
  }

  /**
   * @param index which fork of its side, from 0
   * @param value as measured
   */
  public record Outlier(Side side, int index, double value) {}

  /**
   * Forks in two groups with a gap between: a mean of such forks describes none of them.
   *
   * @param threshold between the groups, in the metric's unit
   * @param baselineAbove share of the baseline's forks above it
   * @param candidateAbove share of the candidate's forks above it
   * @param unclippedP p of the same test without clipping, which sees a new rare mode better
   */
  public record Modes(
      double threshold, double baselineAbove, double candidateAbove, double unclippedP) {}

  /** Makes the lists immutable. */
  public Change {
    outliers = List.copyOf(outliers);
    warnings = List.copyOf(warnings);
  }

  /** Half the interval's width on the log scale: about the relative precision of the ratio. */
  public double halfWidth() {
    return (Math.log(high) - Math.log(low)) / 2;
  }

  /**
   * p of "candidate is on this side of the baseline" alone: half of p where the ratio lies there,
   * the rest otherwise.
   */
  public double oneSidedP(boolean towardsHigher) {
    return ratio > 1 == towardsHigher ? p / 2 : 1 - p / 2;
  }
}
