// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.charts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.p2pbench.reports.charts.ChartAxis.Kind;

class AxisScaleTest {

  @Test
  void blockSizesStandAtPowersOfTwo() {
    AxisScale scale = AxisScale.of(ChartAxis.of("Size", Kind.BLOCK_BYTES), 4096, 2097152, 5);

    // Nine octaves and room for five labels: every second octave.
    assertThat(scale.position().applyAsDouble(4096)).isCloseTo(6, within(1e-9));
    assertThat(scale.label().apply(6)).isEqualTo("4 KiB");
    assertThat(scale.label().apply(10)).isEqualTo("1 MiB");
  }

  @Test
  void runsStandAtRoundNumbers() {
    AxisScale scale = AxisScale.of(ChartAxis.of("run", Kind.RUNS), 1, 430, 5);

    // 86 runs between labels would do: every hundredth.
    assertThat(scale.position().applyAsDouble(300)).isCloseTo(3, within(1e-9));
    assertThat(scale.label().apply(3)).isEqualTo("300");
    assertThat(AxisScale.of(ChartAxis.of("run", Kind.RUNS), 1, 3, 5).label().apply(2))
        .isEqualTo("2");
  }

  @Test
  void latenciesOverAWideRangeAreLogarithmicInOneUnit() {
    AxisScale scale = AxisScale.of(ChartAxis.of("Latency", Kind.TIME), 7_000, 200_000, 7);

    assertThat(scale.title()).isEqualTo("Latency, µs");
    assertThat(scale.position().applyAsDouble(64_000)).isCloseTo(6, within(1e-9));
    assertThat(scale.label().apply(6)).isEqualTo("64");
  }

  @Test
  void latenciesOverAnEvenWiderRangeHaveDecades() {
    AxisScale scale = AxisScale.of(ChartAxis.of("Latency", Kind.TIME), 500, 2_000_000, 7);

    assertThat(scale.position().applyAsDouble(1_000)).isCloseTo(3, within(1e-9));
    assertThat(scale.label().apply(3)).isEqualTo("1.00 µs");
    assertThat(scale.label().apply(6)).isEqualTo("1.00 ms");
  }

  @Test
  void throughputOfOneOrderOfMagnitudeStartsAtZero() {
    AxisScale scale = AxisScale.of(ChartAxis.of("Throughput", Kind.RATE), 5e8, 2e9, 7);

    assertThat(scale.title()).isEqualTo("Throughput, GiB/s");
    assertThat(scale.min()).isCloseTo(0, within(1e-5));
    assertThat(scale.label().apply(0.5)).isEqualTo("0.5");
  }

  @Test
  void percentilesStandAtTheirNines() {
    AxisScale scale = AxisScale.of(ChartAxis.of("Percentile", Kind.NINES), 0.301, 4, 5);

    assertThat(scale.min()).isCloseTo(0.30103, within(1e-5));
    assertThat(scale.label().apply(1)).isEqualTo("90 %");
    assertThat(scale.label().apply(2)).isEqualTo("99 %");
    assertThat(scale.label().apply(3)).isEqualTo("99.9 %");
    assertThat(scale.label().apply(4)).isEqualTo("99.99 %");
  }

  @Test
  void aFactorsAxisAlwaysHasOneOnIt() {
    AxisScale scale = AxisScale.of(ChartAxis.of("Ratio", Kind.FACTOR), 1.2, 1.4, 5);

    assertThat(scale.min()).isLessThan(1);
    assertThat(scale.label().apply(1)).isEqualTo("1×");
  }

  @Test
  void halfAsMuchAndTwiceAsMuchAreAsFarFromOneWhereFactorsSpanALot() {
    AxisScale scale = AxisScale.of(ChartAxis.of("Ratio", Kind.FACTOR), 0.02, 80, 5);

    // Twelve octaves and room for five labels: every third octave.
    assertThat(scale.position().applyAsDouble(8)).isCloseTo(1, within(1e-9));
    assertThat(scale.position().applyAsDouble(0.125)).isCloseTo(-1, within(1e-9));
    assertThat(scale.label().apply(0)).isEqualTo("1×");
    assertThat(scale.label().apply(-2)).isEqualTo("0.0156×");
  }
}
