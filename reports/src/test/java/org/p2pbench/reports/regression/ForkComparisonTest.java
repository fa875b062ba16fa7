// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.regression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.apache.commons.statistics.inference.DataDispersion;
import org.apache.commons.statistics.inference.MannWhitneyUTest;
import org.apache.commons.statistics.inference.TTest;
import org.junit.jupiter.api.Test;

class ForkComparisonTest {
  private static final long SEED = Seeds.of("Transfer.cmb", "run-a", "run-b");

  @Test
  void sidesThatDoNotOverlapHaveTheSmallestPThatSoManyForksCanHave() {
    double[] low = {100, 101, 102, 103, 104, 105, 106, 107};
    double[] high = {200, 201, 202, 203, 204, 205, 206, 207};

    assertThat(p(low, high, 4)).isCloseTo(2 / 70.0, within(1e-12));
    assertThat(p(low, high, 5)).isCloseTo(2 / 252.0, within(1e-12));
    assertThat(p(low, high, 6)).isCloseTo(2 / 924.0, within(1e-12));
    assertThat(p(low, high, 8)).isCloseTo(2 / 12870.0, within(1e-12));
  }

  @Test
  void twoAndThreeForksGetWelchsIntervalAndNoTest() {
    double[] a = {100, 104, 99};
    double[] b = {108, 113};

    Change change = ForkComparison.compare(a, b, SEED);

    assertThat(change.method()).isEqualTo(Change.Method.WELCH);
    assertThat(change.method().judges()).isFalse();
    assertThat(change.p()).isEqualTo(1);
    for (double end : new double[] {change.low(), change.high()}) {
      assertThat(welchP(b, Arrays.stream(a).map(v -> v * end).toArray()))
          .as("the interval ends where Welch's test has 5 %%")
          .isCloseTo(0.05, within(1e-9));
    }
  }

  @Test
  void oneForkGetsARatioAndNoInterval() {
    Change change = ForkComparison.compare(new double[] {100}, new double[] {110, 110}, SEED);

    assertThat(change.method()).isEqualTo(Change.Method.NONE);
    assertThat(change.ratio()).isCloseTo(1.1, within(1e-12));
    assertThat(change.low()).isNaN();
    assertThat(change.warnings()).containsExactly("one fork says nothing about scatter");
  }

  @Test
  void equalConstantsAreExactlyEqual() {
    Change change =
        ForkComparison.compare(Samples.constant(512, 5), Samples.constant(512, 5), SEED);

    assertThat(change.method()).isEqualTo(Change.Method.EXACT);
    assertThat(change.p()).isEqualTo(1);
    assertThat(new double[] {change.ratio(), change.low(), change.high()}).containsExactly(1, 1, 1);
  }

  @Test
  void twoConstantsDifferExactly() {
    Change change =
        ForkComparison.compare(Samples.constant(512, 5), Samples.constant(514, 5), SEED);

    assertThat(change.method()).isEqualTo(Change.Method.EXACT);
    assertThat(change.p()).isZero();
    assertThat(change.ratio()).isCloseTo(514 / 512.0, within(1e-12));
  }

  @Test
  void exactMetricsMayBeZero() {
    Change same = ForkComparison.compareExact(new double[] {0, 0}, new double[] {0});
    Change more = ForkComparison.compareExact(new double[] {0, 0}, new double[] {2});

    assertThat(same.p()).isEqualTo(1);
    assertThat(same.ratio()).isEqualTo(1);
    assertThat(more.p()).isZero();
    assertThat(more.ratio()).isInfinite();
  }

  @Test
  void aSideThatDoesNotScatterIsTestedAgainstOneThatDoes() {
    Change same =
        ForkComparison.compare(
            Samples.constant(100, 6), new double[] {99, 100, 100, 100, 101, 100}, SEED);
    Change worse =
        ForkComparison.compare(
            Samples.constant(100, 6), new double[] {109, 110, 110, 110, 111, 110}, SEED);

    assertThat(same.p()).isEqualTo(1);
    assertThat(worse.p()).isCloseTo(2 / 924.0, within(1e-12));
    assertThat(worse.low()).isBetween(1.08, 1.1);
    assertThat(worse.high()).isBetween(1.1, 1.12);
  }

  @Test
  void valuesWithoutLogarithmAreNotTested() {
    for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      Change change =
          ForkComparison.compare(
              new double[] {1, 2, 3, 4, bad}, new double[] {1, 2, 3, 4, 5}, SEED);
      assertThat(change.method()).isEqualTo(Change.Method.NONE);
      assertThat(change.warnings())
          .containsExactly("a fork's value is not above zero, so that there is no ratio to test");
    }
  }

  @Test
  void intervalHasOneInItExactlyWherePIsAboveFivePercent() {
    int apart = 0;
    for (int i = 0; i < 200; i++) {
      Samples samples = new Samples(i);
      double[] a = samples.around(100, 0.05, 5);
      double[] b = samples.around(106, 0.05, 5);
      Change change = ForkComparison.compare(a, b, i);
      assertThat(change.low() > 1 || change.high() < 1).isEqualTo(change.p() <= 0.05);
      assertThat(change.ratio()).isBetween(change.low(), change.high());
      assertThat(ForkComparison.differs(a, b, 0.05, i)).isEqualTo(change.p() <= 0.05);
      apart += change.p() <= 0.05 ? 1 : 0;
    }
    assertThat(apart).as("both cases were seen").isBetween(20, 180);
  }

  @Test
  void intervalEndsWhereTheTestOfAShiftedCandidateHasFivePercent() {
    int clipped = 0;
    for (int i = 0; i < 60; i++) {
      Samples samples = new Samples(i);
      int forks = 5 + i % 8;
      double[] a = samples.around(100, 0.05, forks);
      double[] b = samples.around(104, 0.05, forks + (i % 5 == 0 ? 1 : 0));
      b[0] *= i % 3 == 0 ? 1.5 : 1;
      Change change = ForkComparison.compare(a, b, SEED);
      clipped += change.outliers().isEmpty() ? 0 : 1;
      double little = Math.log(change.high() / change.low()) * 0.01;

      for (double[] end : new double[][] {{change.low(), -1}, {change.high(), 1}}) {
        double inner = end[0] * Math.exp(-end[1] * little);
        double outer = end[0] * Math.exp(end[1] * little);
        assertThat(ForkComparison.differs(a, scaled(b, 1 / inner), 0.05, SEED))
            .as("inside, samples %d", i)
            .isFalse();
        assertThat(ForkComparison.differs(a, scaled(b, 1 / outer), 0.05, SEED))
            .as("outside, samples %d", i)
            .isTrue();
      }
    }
    assertThat(clipped).as("with and without outliers").isBetween(10, 50);
  }

  @Test
  void intervalOfPairsEndsWhereTheTestOfAShiftedCandidateHasFivePercent() {
    for (int i = 0; i < 60; i++) {
      Samples samples = new Samples(i);
      double[] a = samples.around(100, 0.05, 6 + i % 12);
      double[] b = samples.around(104, 0.05, 6 + i % 12);
      Change change = ForkComparison.comparePairs(a, b, SEED);
      double little = Math.log(change.high() / change.low()) * 0.01;

      for (double[] end : new double[][] {{change.low(), -1}, {change.high(), 1}}) {
        double inner = end[0] * Math.exp(-end[1] * little);
        double outer = end[0] * Math.exp(end[1] * little);
        assertThat(ForkComparison.pairsDiffer(a, scaled(b, 1 / inner), 0.05, SEED))
            .as("inside, samples %d", i)
            .isFalse();
        assertThat(ForkComparison.pairsDiffer(a, scaled(b, 1 / outer), 0.05, SEED))
            .as("outside, samples %d", i)
            .isTrue();
      }
    }
  }

  @Test
  void agreesWithStudentAndWithMannWhitneyWhereForksAreNormal() {
    double fromStudent = 0;
    double fromRanks = 0;
    for (int i = 0; i < 100; i++) {
      Samples samples = new Samples(i);
      double[] a = samples.around(100, 0.05, 10);
      double[] b = samples.around(103, 0.05, 10);
      double p = ForkComparison.compare(a, b, i).p();
      fromStudent += Math.abs(p - welchP(a, b)) / 100;
      fromRanks += Math.abs(p - MannWhitneyUTest.withDefaults().test(a, b).getPValue()) / 100;
    }
    assertThat(fromStudent).isLessThan(0.015);
    assertThat(fromRanks).isLessThan(0.08);
  }

  @Test
  void outliersAreClippedAndListed() {
    double[] a = {100, 101, 99, 100.5, 99.5, 100.2, 99.8, 300};
    double[] b = {110, 111, 109, 110.5, 109.5, 110.2, 109.8, 110.1};

    Change change = ForkComparison.compare(a, b, SEED);

    assertThat(change.outliers()).containsExactly(new Change.Outlier(Change.Side.BASELINE, 7, 300));
    assertThat(change.ratio()).isBetween(1.08, 1.11);
    assertThat(change.p()).isLessThan(0.05);
    assertThat(change.hodgesLehmann()).isBetween(1.09, 1.11);
  }

  @Test
  void forksInTwoGroupsAreFlaggedWithBothPs() {
    double[] a = {100, 101, 99, 100.5, 99.5, 100.2, 99.8, 100.1, 130, 131};
    double[] b = {130, 131, 129, 130.5, 129.5, 130.2, 129.8, 130.1, 100, 101};

    Change.Modes modes = ForkComparison.compare(a, b, SEED).modes().orElseThrow();

    assertThat(modes.threshold()).isBetween(101.0, 129.0);
    assertThat(modes.baselineAbove()).isEqualTo(0.2);
    assertThat(modes.candidateAbove()).isEqualTo(0.8);
    assertThat(modes.unclippedP()).isBetween(0.005, 0.05);
    assertThat(ForkComparison.compare(new Samples(1).around(9, .1, 10), b, SEED).modes())
        .as("one side's modes are enough")
        .isPresent();
    Samples plain = new Samples(2);
    assertThat(
            ForkComparison.compare(plain.around(9, .1, 10), plain.around(9, .1, 10), SEED).modes())
        .isEmpty();
  }

  @Test
  void theSameRunsAlwaysGetTheSameFigures() {
    Samples samples = new Samples(5);
    double[] a = samples.around(100, 0.05, 12);
    double[] b = samples.around(103, 0.05, 12);

    assertThat(ForkComparison.compare(a, b, SEED)).isEqualTo(ForkComparison.compare(a, b, SEED));
    assertThat(Seeds.of("ab", "c")).isNotEqualTo(Seeds.of("a", "bc"));
  }

  @Test
  void unitsDoNotMatter() {
    Samples samples = new Samples(6);
    double[] a = samples.around(100, 0.05, 6);
    double[] b = samples.around(103, 0.05, 7);

    Change ns = ForkComparison.compare(a, b, SEED);
    Change ms = ForkComparison.compare(scaled(a, 1e-6), scaled(b, 1e-6), SEED);

    assertThat(ms.p()).isEqualTo(ns.p());
    assertThat(ms.low()).isCloseTo(ns.low(), within(1e-9));
  }

  @Test
  void pairsCancelWhatBothForksOfAPairSee() {
    double[] drift = {1, 2, 4, 3, 1.5, 5, 2.5, 6};
    double[] noise = {1.001, .999, 1.002, .998, 1.0005, 1.0015, .9985, .9995};
    double[] a = new double[8];
    double[] b = new double[8];
    for (int i = 0; i < 8; i++) {
      a[i] = 100 * drift[i];
      b[i] = 105 * drift[i] * noise[i];
    }

    Change paired = ForkComparison.comparePairs(a, b, SEED);

    assertThat(paired.method()).isEqualTo(Change.Method.PAIRED_PERMUTATION);
    assertThat(paired.p()).isCloseTo(2 / 256.0, within(1e-12));
    assertThat(paired.low()).isBetween(1.047, 1.05);
    assertThat(paired.high()).isBetween(1.05, 1.053);
    assertThat(paired.hodgesLehmann()).isCloseTo(1.05, within(0.001));
    assertThat(ForkComparison.compare(a, b, SEED).p()).isGreaterThan(0.5);
    assertThat(ForkComparison.pairsDiffer(a, b, 0.05, SEED)).isTrue();
  }

  @Test
  void tooFewPairsAreComparedAsIndependentForks() {
    Samples samples = new Samples(7);
    double[] a = samples.around(100, 0.02, 5);
    double[] b = samples.around(120, 0.02, 5);

    assertThat(ForkComparison.comparePairs(a, b, SEED).method())
        .isEqualTo(Change.Method.PERMUTATION);
    assertThatThrownBy(() -> ForkComparison.comparePairs(a, new double[3], SEED))
        .hasMessage("pairs need as many forks on both sides, not 5 and 3");
  }

  @Test
  void manyForksAreNoTrouble() {
    Samples samples = new Samples(8);

    Change change =
        ForkComparison.compare(samples.around(100, 0.1, 60), samples.around(110, 0.1, 40), SEED);
    Change pairs =
        ForkComparison.comparePairs(samples.around(100, .1, 40), samples.around(110, .1, 40), SEED);

    assertThat(change.p()).isLessThan(0.01);
    assertThat(change.ratio()).isCloseTo(1.1, within(0.06));
    assertThat(pairs.p()).isLessThan(0.01);
    assertThat(pairs.ratio()).isCloseTo(1.1, within(0.06));
  }

  private static double p(double[] a, double[] b, int forks) {
    return ForkComparison.compare(Arrays.copyOf(a, forks), Arrays.copyOf(b, forks), SEED).p();
  }

  private static double[] scaled(double[] values, double factor) {
    return Arrays.stream(values).map(v -> v * factor).toArray();
  }

  private static double welchP(double[] a, double[] b) {
    return TTest.withDefaults()
        .with(DataDispersion.HETEROSCEDASTIC)
        .test(Arrays.stream(a).map(Math::log).toArray(), Arrays.stream(b).map(Math::log).toArray())
        .getPValue();
  }
}
