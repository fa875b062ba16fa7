// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.regression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChangePointsTest {
  private static final double ALPHA = ChangePoints.LIST_ALPHA;

  @Test
  void aConstantSeriesHasNoChange() {
    SeriesAnalysis analysis = analyse(Samples.constant(42, 50));

    assertThat(analysis.changes()).isEmpty();
    assertThat(analysis.outliers()).isEmpty();
  }

  @Test
  void twoConstantsAreAnExactStep() {
    SeriesAnalysis analysis = analyse(joined(Samples.constant(100, 13), Samples.constant(110, 9)));

    assertThat(analysis.changes()).hasSize(1);
    ChangePoint change = analysis.changes().get(0);
    assertThat(change.index()).isEqualTo(13);
    assertThat(new int[] {change.from(), change.to()}).containsExactly(13, 13);
    assertThat(change.before()).isCloseTo(100, within(1e-9));
    assertThat(change.after()).isCloseTo(110, within(1e-9));
    assertThat(change.low()).isCloseTo(1.1, within(1e-9));
    assertThat(change.high()).isCloseTo(1.1, within(1e-9));
  }

  @Test
  void stepsAreFoundWhereTheyAre() {
    Samples samples = new Samples(1);
    double[] series =
        joined(
            samples.around(100, 0.02, 40),
            samples.around(110, 0.02, 40),
            samples.around(104, 0.02, 40));

    List<ChangePoint> changes = analyse(series).changes();

    assertThat(changes).hasSize(2);
    assertThat(changes.get(0).index()).isBetween(39, 41);
    assertThat(changes.get(1).index()).isBetween(78, 82);
    assertThat(changes.get(0).ratio()).isCloseTo(1.1, within(0.02));
    assertThat(changes.get(0).low()).isLessThan(changes.get(0).ratio());
    assertThat(changes.get(0).high()).isGreaterThan(changes.get(0).ratio());
    assertThat(changes.get(0).p()).isLessThanOrEqualTo(ALPHA);
  }

  /** Series of Apache Otava's own tests (tests/series_test.py, tests/analysis_test.py). */
  @Test
  void agreesWithOtavaOnItsOwnSmallSeries() {
    double[] halved = {1.02, .95, .99, 1, 1.12, .9, .5, .51, .48, .48, .55};
    double[] tenth = {2.02, 2.03, 2.01, 2.04, 1.82, 1.85, 1.79, 1.81, 1.8, 1.76, 1.78};
    double[] longer = {
      1.02, .95, .99, 1, 1.12, 1, 1.01, .98, 1.01, .96, .5, .51, .48, .48, .55, .5, .49, .51, .5,
      .49
    };
    double[] levels =
        joined(
            Samples.constant(1, 5),
            Samples.constant(5, 8),
            Samples.constant(9, 8),
            Samples.constant(3, 9));

    assertThat(analyse(halved).changes()).extracting(ChangePoint::index).containsExactly(6);
    assertThat(analyse(tenth).changes()).extracting(ChangePoint::index).containsExactly(4);
    assertThat(analyse(longer).changes()).extracting(ChangePoint::index).containsExactly(10);
    assertThat(analyse(levels).changes()).extracting(ChangePoint::index).containsExactly(5, 13, 21);
  }

  @Test
  void aChangeThatDidNotLastHasTwoEnds() {
    Samples samples = new Samples(2);
    double[] series =
        joined(
            samples.around(100, 0.02, 45),
            samples.around(108, 0.02, 12),
            samples.around(100, 0.02, 43));

    assertThat(analyse(series).changes())
        .extracting(ChangePoint::index)
        .satisfiesExactly(
            at -> assertThat(at).isBetween(43, 47), at -> assertThat(at).isBetween(55, 59));
  }

  @Test
  void aSingleSpikeIsAnOutlierAndNoChange() {
    double[] series = new Samples(3).around(100, 0.01, 60);
    series[30] = 150;
    series[59] = 140;

    SeriesAnalysis analysis = analyse(series);

    assertThat(analysis.changes()).isEmpty();
    assertThat(analysis.outliers()).containsExactly(30, 59);
  }

  @Test
  void aRisingCorrelatedSeriesIsShuffledInBlocks() {
    double[] noise = new Samples(4).around(1, 0.02, 200);
    double[] series = new double[200];
    double level = 0;
    for (int i = 0; i < 200; i++) {
      level = 0.97 * level + Math.log(noise[i]);
      series[i] = 100 * Math.exp(level);
    }

    assertThat(analyse(series).correlated()).isTrue();
    assertThat(analyse(new Samples(5).around(100, 0.02, 200)).correlated()).isFalse();
  }

  @Test
  void fewerThanEightRunsAreNotAnalysedAndFewerThanTwentyDoNotAlert() {
    double[] seven = joined(Samples.constant(100, 4), Samples.constant(200, 3));
    double[] sixteen = joined(Samples.constant(100, 8), Samples.constant(200, 8));

    assertThat(analyse(seven).changes()).isEmpty();
    assertThat(analyse(sixteen).changes()).hasSize(1);
    assertThat(ChangePoints.alerts(new RunSeries("s", sixteen), 0.03)).isEmpty();
  }

  @Test
  void anAlertHasToBeSeenThreeTimesAndToMatter() {
    Samples samples = new Samples(6);
    double[] old = samples.around(100, 0.01, 60);
    double[] three = joined(old, samples.around(110, 0.01, 3));
    double[] six = joined(three, samples.around(110, 0.01, 3));

    assertThat(ChangePoints.alerts(new RunSeries("s", three), 0.03))
        .as("three runs show it once")
        .isEmpty();
    assertThat(ChangePoints.alerts(new RunSeries("s", six), 0.03))
        .extracting(ChangePoint::index)
        .containsExactly(60);
    assertThat(ChangePoints.alerts(new RunSeries("s", six), 0.2)).isEmpty();
  }

  @Test
  void ofALongSeriesTheLastRunsCountAndKeepTheirNumbers() {
    Samples samples = new Samples(7);
    double[] series =
        joined(
            samples.around(50, 0.01, 300),
            samples.around(100, 0.01, 400),
            samples.around(110, 0.01, 100));

    assertThat(analyse(series).changes()).extracting(ChangePoint::index).containsExactly(700);
  }

  @Test
  void amongManySeriesAWeakChangeIsSaidToBeWeak() {
    Samples samples = new Samples(8);
    List<RunSeries> family =
        IntStream.range(0, 60)
            .mapToObj(
                i ->
                    new RunSeries(
                        "series " + i,
                        joined(
                            samples.around(100, 0.02, 60),
                            samples.around(i == 7 ? 110 : 100, 0.02, 40))))
            .toList();

    List<SeriesAnalysis> analyses = ChangePoints.analyse(family, ALPHA);

    assertThat(analyses).hasSize(60);
    assertThat(analyses.stream().filter(a -> !a.changes().isEmpty() && !a.weak()))
        .extracting(SeriesAnalysis::id)
        .containsExactly("series 7");
    assertThat(ChangePoints.analyse(family, ALPHA)).as("again").isEqualTo(analyses);
  }

  @Test
  void aValueWithoutLogarithmIsRefusedWithItsPlace() {
    double[] series = Samples.constant(100, 20);
    series[4] = Double.NaN;

    assertThatThrownBy(() -> ChangePoints.analyse(new RunSeries("p99", series), ALPHA))
        .hasMessage("series p99, run 4: NaN has no logarithm");
  }

  private static SeriesAnalysis analyse(double[] values) {
    return ChangePoints.analyse(new RunSeries("Transfer.cmb p99", values), ALPHA);
  }

  private static double[] joined(double[]... parts) {
    return java.util.Arrays.stream(parts).flatMapToDouble(DoubleStream::of).toArray();
  }
}
