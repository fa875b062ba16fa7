// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.regression;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.p2pbench.reports.regression.Judgement.Criteria;

class JudgementTest {
  private static final Criteria LATENCY = Criteria.of(Better.LOWER, 0.03);
  private static final Criteria THROUGHPUT = Criteria.of(Better.HIGHER, 0.03);

  private static final double[] BASE = {100, 101, 102, 103, 104, 105};
  private static final double[] TENTH_MORE = {110, 111, 112, 113, 114, 115};

  @Test
  void moreLatencyIsARegressionAndMoreThroughputAnImprovement() {
    assertThat(judge(BASE, TENTH_MORE, LATENCY).verdict()).isEqualTo(Verdict.REGRESSED);
    assertThat(judge(BASE, TENTH_MORE, THROUGHPUT).verdict()).isEqualTo(Verdict.IMPROVED);
    assertThat(judge(TENTH_MORE, BASE, LATENCY).verdict()).isEqualTo(Verdict.IMPROVED);
    assertThat(judge(TENTH_MORE, BASE, THROUGHPUT).verdict()).isEqualTo(Verdict.REGRESSED);
    assertThat(judge(BASE, TENTH_MORE, LATENCY).reason()).isEqualTo("p = 0.0022");
  }

  @Test
  void aChangeSmallerThanWhatMattersIsNoRegressionHoweverSureItIs() {
    double[] hundredthMore = {100.9, 101.1, 101.0, 100.95, 101.05, 101.02};
    double[] tight = {99.9, 100.1, 100.0, 99.95, 100.05, 100.02};

    Judgement judgement = judge(tight, hundredthMore, LATENCY);

    assertThat(judgement.verdict()).isEqualTo(Verdict.EQUIVALENT);
    assertThat(judgement.reason()).isEqualTo("all of the interval is within 3 %");
  }

  @Test
  void strictlyAllOfTheIntervalHasToMatter() {
    double[] fourPercent = {100, 103.5, 104, 104.5, 105, 107};
    double[] base = {98, 99, 100, 100.5, 101, 102};
    Criteria strict = new Criteria(Better.LOWER, 0.03, 0.05, true);

    assertThat(judge(base, fourPercent, LATENCY).verdict()).isEqualTo(Verdict.REGRESSED);
    assertThat(judge(base, fourPercent, strict).verdict()).isEqualTo(Verdict.CANNOT_TELL);
  }

  @Test
  void noiseIsCalledNoiseWithTheForksThatItWouldTake() {
    double[] noisy = {80, 95, 100, 105, 125};
    double[] alike = {82, 93, 104, 108, 121};

    Judgement judgement = judge(noisy, alike, LATENCY);

    assertThat(judgement.verdict()).isEqualTo(Verdict.CANNOT_TELL);
    assertThat(judgement.moreForks().getAsInt()).isBetween(100, 2000);
    assertThat(judgement.reason())
        .isEqualTo("needs about " + judgement.moreForks().getAsInt() + " more forks on each side");
  }

  @Test
  void theAdjustedPDecides() {
    Change change = ForkComparison.compare(BASE, TENTH_MORE, 1);

    assertThat(Judgement.of(change, 0.06, LATENCY).verdict()).isEqualTo(Verdict.CANNOT_TELL);
  }

  @Test
  void whatTheWholeTableDoesNotConfirmIsWeakAndNeedsMoreForksThanByItself() {
    Change change = ForkComparison.compare(BASE, TENTH_MORE, 1);
    Change noise =
        ForkComparison.compare(
            new double[] {80, 95, 100, 105, 125}, new double[] {82, 93, 104, 108, 121}, 1);

    assertThat(Judgement.of(change, 0.06, LATENCY).reason())
        .isEqualTo(
            "weak: p = 0.0022 by itself, 0.06 over the whole table; needs about 1 more fork on each"
                + " side");
    assertThat(Judgement.of(change, 0.5, LATENCY).moreForks().getAsInt())
        .isGreaterThanOrEqualTo(Judgement.of(change, 0.06, LATENCY).moreForks().getAsInt());
    assertThat(Judgement.of(noise, 0.9, LATENCY).reason()).doesNotContain("weak");
  }

  @Test
  void threeForksNeverGate() {
    Judgement judgement =
        judge(new double[] {100, 100, 101}, new double[] {200, 201, 202}, LATENCY);

    assertThat(judgement.verdict()).isEqualTo(Verdict.CANNOT_TELL);
    assertThat(judgement.reason())
        .isEqualTo("3 and 3 forks give an interval, not a verdict: 4 on each side are needed");
    assertThat(judgement.moreForks()).hasValue(1);
  }

  @Test
  void anyMoveOfAnExactMetricBeyondItsToleranceCounts() {
    Criteria anyMove = Criteria.of(Better.LOWER, 0);
    Change pins = ForkComparison.compareExact(new double[] {512, 512}, new double[] {513, 513});
    Change same = ForkComparison.compareExact(new double[] {512, 512}, new double[] {512, 512});
    Change mixed = ForkComparison.compareExact(new double[] {512, 512}, new double[] {512, 513});
    Change fromZero = ForkComparison.compareExact(new double[] {0}, new double[] {1});
    Change toZero = ForkComparison.compareExact(new double[] {1}, new double[] {0});

    assertThat(Judgement.of(pins, pins.p(), anyMove).verdict()).isEqualTo(Verdict.REGRESSED);
    assertThat(Judgement.of(pins, pins.p(), LATENCY).verdict()).isEqualTo(Verdict.EQUIVALENT);
    assertThat(Judgement.of(same, same.p(), anyMove).reason())
        .isEqualTo("exact: every fork agrees");
    assertThat(Judgement.of(mixed, mixed.p(), anyMove).reason())
        .isEqualTo("forks of one side disagree, though the metric should be exact");
    assertThat(Judgement.of(fromZero, 0, anyMove).verdict()).isEqualTo(Verdict.REGRESSED);
    assertThat(Judgement.of(toZero, 0, anyMove).verdict()).isEqualTo(Verdict.IMPROVED);
  }

  @Test
  void holmAndBenjaminiHochbergAsWorkedOutByHand() {
    double[] p = {0.01, 0.04, 0.03, 0.005};

    assertThat(Family.holm(p)).containsExactly(new double[] {0.03, 0.06, 0.06, 0.02}, almost());
    assertThat(Family.benjaminiHochberg(p))
        .containsExactly(new double[] {0.02, 0.04, 0.04, 0.02}, almost());
    assertThat(Family.holm(new double[] {0.6, 0.7})).containsExactly(1, 1);
    assertThat(Family.benjaminiHochberg(new double[0])).isEmpty();
  }

  @Test
  void onlyWhatLooksWorseIsMeasuredAgain() {
    Change worse = ForkComparison.compare(BASE, TENTH_MORE, 1);
    Change noise =
        ForkComparison.compare(
            new double[] {80, 95, 100, 105, 125}, new double[] {82, 93, 104, 108, 121}, 1);

    assertThat(TwoStage.screens(worse, Better.LOWER)).isTrue();
    assertThat(TwoStage.screens(worse, Better.HIGHER)).isFalse();
    assertThat(TwoStage.screens(noise, Better.LOWER)).isFalse();
    assertThat(TwoStage.confirm(List.of(worse, noise), List.of(LATENCY, LATENCY)))
        .extracting(Judgement::verdict)
        .containsExactly(Verdict.REGRESSED, Verdict.CANNOT_TELL);
  }

  @Test
  void tenPairsCanConfirmOneOfThirtyFiveThatLookWorseAndNoneOfMore() {
    Change apart = ForkComparison.comparePairs(rising(10, 100), rising(10, 200), 1);

    assertThat(apart.p()).isEqualTo(2.0 / 1024).isEqualTo(ForkComparison.smallestP(apart));
    assertThat(confirmed(Collections.nCopies(35, apart)))
        .containsOnly(new Judgement(Verdict.REGRESSED, "p = 0.049", OptionalInt.empty()));
    assertThat(confirmed(Collections.nCopies(36, apart)))
        .containsOnly(
            Judgement.cannotTell(
                "10 fresh forks on each side cannot confirm any of 36 that looked worse"));
  }

  @Test
  void noComparisonHasASmallerPThanTheSmallest() {
    double[] few = {98, 99, 100, 101};
    double[] many = {198, 199, 200, 201, 202};

    Change unequal = ForkComparison.compare(few, many, 1);
    Change equal = ForkComparison.compare(few, Arrays.copyOf(many, 4), 1);
    Change random = ForkComparison.comparePairs(rising(16, 100), rising(16, 200), 1);

    assertThat(unequal.p()).isEqualTo(1.0 / 126).isEqualTo(ForkComparison.smallestP(unequal));
    assertThat(equal.p()).isEqualTo(2.0 / 70).isEqualTo(ForkComparison.smallestP(equal));
    assertThat(ForkComparison.smallestP(random)).isEqualTo(1e-4).isLessThanOrEqualTo(random.p());
  }

  private static double[] rising(int count, int from) {
    return IntStream.range(0, count).mapToDouble(i -> from + i).toArray();
  }

  private static List<Judgement> confirmed(List<Change> fresh) {
    return TwoStage.confirm(fresh, Collections.nCopies(fresh.size(), LATENCY));
  }

  @Test
  void theNullControlFailsWhereMostOfItDiffersAndNotByOneChance() {
    double[] five = {98, 99, 100, 101, 102};
    Change differs = ForkComparison.compare(five, new double[] {108, 109, 110, 111, 112}, 1);
    Change alike = ForkComparison.compare(five, five, 1);

    assertThat(differs.p()).isEqualTo(2.0 / 252);
    assertThat(TwoStage.nullControlPasses(Collections.nCopies(10, alike))).isTrue();
    assertThat(TwoStage.nullControlPasses(List.of(alike, alike, differs))).isTrue();
    assertThat(TwoStage.nullControlPasses(Collections.nCopies(10, differs))).isFalse();
  }

  @Test
  void pinsThatOthersAddToFailTheNullControlOnlyWhereTheSidesAreApart() {
    Change apart = ForkComparison.compareExact(new double[] {32, 32}, new double[] {34, 34});
    Change strangers = ForkComparison.compareExact(new double[] {32, 32.4}, new double[] {32, 33});

    assertThat(TwoStage.nullControlPasses(List.of(apart))).isFalse();
    assertThat(TwoStage.nullControlPasses(List.of(strangers))).isTrue();
    assertThat(TwoStage.screens(apart, Better.LOWER)).isTrue();
    assertThat(TwoStage.screens(strangers, Better.LOWER)).isFalse();
  }

  private static Judgement judge(double[] baseline, double[] candidate, Criteria criteria) {
    Change change = ForkComparison.compare(baseline, candidate, 1);
    return Judgement.of(change, change.p(), criteria);
  }

  private static org.assertj.core.data.Offset<Double> almost() {
    return org.assertj.core.data.Offset.offset(1e-12);
  }
}
