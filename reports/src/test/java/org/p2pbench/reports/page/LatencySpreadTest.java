// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LatencySpreadTest {

  @Test
  void binsBetweenTwoHeapsAreDrawnAsTheyAreAndNotPassedOver() {
    SortedMap<Integer, Double> histogram = new TreeMap<>();
    histogram.put(200, 0.9);
    histogram.put(202, 0.0004);
    histogram.put(204, 0.0996);

    assertThat(LatencySpread.points(histogram).values())
        .containsExactly(0.0, 0.9, 0.0, 0.0004, 0.0, 0.0996, 0.0);
  }

  @Test
  void tailsOfSmallBinsAreCutOff() {
    SortedMap<Integer, Double> histogram = new TreeMap<>();
    histogram.put(100, 0.0003);
    histogram.put(200, 0.9990);
    histogram.put(201, 0.0004);
    histogram.put(300, 0.0003);

    assertThat(LatencySpread.points(histogram).values()).containsExactly(0.0, 0.9990, 0.0004);
    assertThat(LatencySpread.points(new TreeMap<>())).isEqualTo(new TreeMap<>());
    assertThat(List.copyOf(LatencySpread.points(histogram).keySet()).get(1)).isPositive();
  }
}
