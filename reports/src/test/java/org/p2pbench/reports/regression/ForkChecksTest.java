// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.regression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.DoubleStream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.p2pbench.reports.regression.Judgement.Criteria;
import org.p2pbench.reports.regression.Tails.ForkTail;

class ForkChecksTest {

  @Test
  void aSlowStartIsWarmUpAndLeftOut() {
    SteadyState state =
        SteadyState.of(new double[] {60, 85, 100, 101, 99, 100.5, 99.5, 100, 101, 100});

    assertThat(state.state()).isEqualTo(SteadyState.State.STEADY);
    assertThat(state.warmUp()).isEqualTo(2);
    assertThat(state.value()).hasValue(100);
  }

  @Test
  void aForkThatKeepsRisingIsNotSteady() {
    assertThat(SteadyState.of(new double[] {100, 103, 106, 109, 112, 116, 119, 123}).state())
        .isEqualTo(SteadyState.State.NOT_STEADY);
    assertThat(SteadyState.of(new double[] {100, 101, 99, 100.4, 99.7}).state())
        .isEqualTo(SteadyState.State.STEADY);
  }

  @Test
  void fourIterationsSayNothing() {
    assertThat(SteadyState.of(new double[] {1, 2, 3, 4}).state())
        .isEqualTo(SteadyState.State.TOO_FEW_ITERATIONS);
    assertThat(SteadyState.of(new double[0]).value()).isEmpty();
  }

  @Test
  void steadyNoiseIsHardlyEverCalledUnsteady() {
    int unsteady = 0;
    for (int seed = 0; seed < 1000; seed++) {
      double[] fork = new Samples(seed).around(100, 0.03, 5);
      unsteady += SteadyState.of(fork).state() == SteadyState.State.STEADY ? 0 : 1;
    }
    assertThat(unsteady).isLessThan(60);
  }

  @Test
  void tooFewSamplesAreNotMeasurable() {
    List<ForkTail> few = List.of(tail(5_000), tail(200_000), tail(200_000), tail(200_000));
    List<ForkTail> many = List.of(tail(200_000), tail(200_000), tail(200_000), tail(200_000));

    Change change = Tails.compare(many, few, 99.9, 3, 1);

    assertThat(change.method()).isEqualTo(Change.Method.NONE);
    assertThat(Judgement.of(change, 1, Criteria.of(Better.LOWER, Tails.P999_CHANGE)).reason())
        .isEqualTo(
            "p99.9 is not measurable well enough to compare: a fork has 5,000 samples, 100,000 are"
                + " needed");
    assertThat(Tails.compare(many, many, 99.9, 3, 1).method()).isEqualTo(Change.Method.EXACT);
    assertThat(Tails.samplesNeeded(99)).isEqualTo(10_000);
  }

  @Test
  void aDifferenceOfOneBucketIsATie() {
    Change tie =
        Tails.compare(tails(1000, 1001, 1000, 1001), tails(1002, 1001, 1002, 1002), 50, 3, 1);
    Change real =
        Tails.compare(tails(1000, 1001, 1000, 1001), tails(1102, 1101, 1102, 1102), 50, 3, 1);

    assertThat(tie.p()).isEqualTo(1);
    assertThat(tie.warnings())
        .containsExactly("a tie: the difference is less than two buckets of the histograms");
    assertThat(real.p()).isLessThan(0.05);
  }

  @Test
  void aForkThatFellBehindHidesLessBeyondP99() {
    List<ForkTail> baseline = tails(670_272, 229_260, 633_924, 745_476, 596_955);
    List<ForkTail> candidate = tails(823_966, 935_698, 514_678, 927_004, 1_074_532);

    Change p99 = Tails.compare(baseline, candidate, 99, 3, 1);
    Change p999 = Tails.compare(baseline, candidate, 99.9, 3, 1);

    assertThat(p99.p()).isGreaterThan(0.05);
    assertThat(p999.p()).isLessThan(0.05);
    assertThat(p999.ratio()).isEqualTo(p99.ratio());
    assertThat(p999.low()).isBetween(1.0, p999.ratio());
    assertThat(p999.high()).isGreaterThan(p999.ratio());
  }

  @Test
  void beyondP99SidesApartHaveTheSmallestP() {
    Change change = Tails.compare(tails(10, 11, 12, 13), tails(20, 21, 22, 23, 24), 99.9, 3, 1);

    assertThat(change.p()).isCloseTo(1.0 / 126, within(1e-12)); // of 4 out of 9, none as extreme
    assertThat(change.low()).isGreaterThan(1);
  }

  @Test
  void beyondP99IntervalAndPAgreeAndEqualSidesAreRarelyCalled() {
    int called = 0;
    for (int seed = 0; seed < 400; seed++) {
      Samples samples = new Samples(seed);
      List<ForkTail> baseline = tails(samples.around(1_000, 0.3, 5));
      List<ForkTail> candidate = tails(samples.around(1_000, 0.3, 6));
      Change change = Tails.compare(baseline, candidate, 99.9, 3, seed);

      boolean differs = change.p() <= 0.05;
      assertThat(change.low() > 1 || change.high() < 1).isEqualTo(differs);
      called += differs ? 1 : 0;
    }
    assertThat(called).isBetween(8, 34); // 20 expected, three standard errors on either side
  }

  @Test
  void aForksPercentileComesFromItsHistogram() {
    Histogram histogram = new Histogram(3);
    for (int i = 1; i <= 1000; i++) {
      histogram.recordValue(i);
    }

    assertThat(ForkTail.of(histogram, 99)).isEqualTo(new ForkTail(990, 1000));
  }

  @Test
  void aNewRunIsHeldAgainstTheScatterOfStoredRuns() {
    double[] stored = {100, 102, 98, 101, 99, 100, 103, 97, 100, 100};

    Change alike = History.compare(new RunSeries("s", stored), 102);
    Change worse = History.compare(new RunSeries("s", stored), 115);

    assertThat(alike.p()).isGreaterThan(0.2);
    assertThat(worse.p()).isLessThan(0.001);
    assertThat(worse.ratio()).isCloseTo(1.15, within(0.002));
    assertThat(Judgement.of(worse, worse.p(), Criteria.of(Better.LOWER, 0.03)).verdict())
        .isEqualTo(Verdict.REGRESSED);
    assertThat(Judgement.of(alike, alike.p(), Criteria.of(Better.LOWER, 0.03)).reason())
        .matches("stored runs scatter: a run would have to differ by 4\\.\\d+ % to show");
  }

  @Test
  void onlyRunsSinceTheLastChangeCount() {
    double[] stored =
        DoubleStream.concat(
                DoubleStream.of(new Samples(1).around(50, 0.01, 40)),
                DoubleStream.of(new Samples(2).around(100, 0.01, 12)))
            .toArray();

    Change change = History.compare(new RunSeries("s", stored), 100);

    assertThat(change.baselineForks()).isEqualTo(12);
    assertThat(change.p()).isGreaterThan(0.05);
  }

  @Test
  void fourStoredRunsAreTooFew() {
    Change change = History.compare(new RunSeries("s", new double[] {1, 2, 3, 4}), 2);

    assertThat(change.warnings())
        .containsExactly("4 stored runs since the last change: 5 are needed");
  }

  @Test
  void theNoiseFloorIsWhatAlmostAllNullComparisonsStayBelow() {
    double[] ratios = {1.01, 0.99, 1.02, 1, 1.03, 0.98, 1.01, 1, 1, 1.005};

    assertThat(NoiseFloor.of(ratios)).hasValueCloseTo(0.03, within(1e-9));
    assertThat(NoiseFloor.of(new double[] {1, 1})).isEmpty();
    assertThat(NoiseFloor.smallestVisible(0.05, 10)).isCloseTo(0.0646, within(0.001));
  }

  private static ForkTail tail(long samples) {
    return new ForkTail(1000, samples);
  }

  private static List<ForkTail> tails(double... values) {
    return DoubleStream.of(values).mapToObj(v -> new ForkTail(v, 1_000_000)).toList();
  }
}
