// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.charts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class IntervalFrameTest {

  @Test
  void oneIntervalFarWiderThanTheOthersIsCutOffAtBothEnds() {
    List<Series> series =
        List.of(
            Series.intervals(
                "a",
                0,
                List.of(
                    new Series.Interval(0, 0.95, 1.0, 1.1), new Series.Interval(1, 0.01, 1.2, 80))),
            Series.intervals("b", 1, List.of(new Series.Interval(2, 0.9, 1.02, 1.1))));

    IntervalFrame frame = IntervalFrame.of(series);

    assertThat(frame.high()).isCloseTo(Math.pow(0.9, -4), within(1e-9));
    assertThat(frame.low()).isCloseTo(Math.pow(0.9, 4), within(1e-9));
    assertThat(frame.cutOff(series, true)).containsExactly(1);
    assertThat(frame.cutOff(series, false)).containsExactly(1);
    assertThat(frame.within(80)).isEqualTo(frame.high());
    assertThat(frame.within(0.01)).isEqualTo(frame.low());
    assertThat(frame.within(Double.NaN)).as("a gap").isNaN();
  }

  @Test
  void noPointIsCutOff() {
    List<Series> series =
        List.of(
            Series.intervals(
                "a",
                0,
                List.of(
                    new Series.Interval(0, 0.99, 1.0, 1.01),
                    new Series.Interval(1, 0.99, 1.0, 1.01),
                    new Series.Interval(2, 7.9, 8, 8.1))));

    IntervalFrame frame = IntervalFrame.of(series);

    assertThat(frame.high()).isGreaterThan(8.1);
    assertThat(frame.cutsOff(series)).isFalse();
  }

  @Test
  void whereAllAreWideAllAreWhole() {
    List<Series> series =
        List.of(
            Series.intervals(
                "a",
                0,
                List.of(
                    new Series.Interval(0, 0, 0.5, 30), new Series.Interval(1, 0.02, 1.2, 80))));

    assertThat(IntervalFrame.of(series).within(80)).isEqualTo(80);
    assertThat(IntervalFrame.of(series).low()).isPositive();
    assertThat(IntervalFrame.of(List.of()).cutsOff(series)).isFalse();
  }
}
