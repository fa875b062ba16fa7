// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PairedRatioTest {

  @Test
  void agreesWithStudentsTWorkedOutByHand() {
    // Log ratios 0.1, 0.2, 0.3: mean 0.2, standard error 0.1 / sqrt(3); t(2, 0.975) = 4.302653.
    Ratio ratio =
        PairedRatio.of(rounds(Math.exp(0.1), Math.exp(0.2), Math.exp(0.3)), rounds(1.0, 1.0, 1.0));

    Ratio.Known known = (Ratio.Known) ratio;
    assertThat(known.point()).isCloseTo(Math.exp(0.2), within(1e-12));
    assertThat(known.low()).isCloseTo(Math.exp(0.2 - 0.2484138), within(1e-6));
    assertThat(known.high()).isCloseTo(Math.exp(0.2 + 0.2484138), within(1e-6));
    assertThat(known.pairs()).isEqualTo(3);
    // t = 0.2 / 0.0577350 = 3.4641; with 2 degrees of freedom p = 1 - t / sqrt(t^2 + 2).
    assertThat(known.p()).isCloseTo(1 - Math.sqrt(12 / 14.0), within(1e-9));
  }

  @Test
  void cancelsDriftThatBothForksOfAPairSee() {
    Ratio.Known ratio =
        (Ratio.Known) PairedRatio.of(rounds(110, 220, 55, 440), rounds(100, 200, 50, 400));

    assertThat(ratio.point()).isCloseTo(1.1, within(1e-12));
    assertThat(ratio.high() - ratio.low()).isLessThan(1e-9);
  }

  @Test
  void pairsOnlyForksOfTheSameRound() {
    SortedMap<Integer, Double> a = rounds(2, 4, 6, 8);
    SortedMap<Integer, Double> b = rounds(1, 2, 3, 4);
    b.remove(1);
    b.put(9, 1000.0);

    assertThat(((Ratio.Known) PairedRatio.of(a, b)).pairs()).isEqualTo(3);
  }

  @Test
  void saysSoWhereThereAreTooFewPairs() {
    assertThat(PairedRatio.of(rounds(1, 2), rounds(1, 2)))
        .isEqualTo(new Ratio.Unknown("too few pairs (2)"));
    assertThat(PairedRatio.of(rounds(1, 0, 2), rounds(1, 2, 3)))
        .as("a fork that did nothing has no ratio")
        .isEqualTo(new Ratio.Unknown("too few pairs (2)"));
    assertThat(PairedRatio.of(new TreeMap<>(), rounds(1, 2, 3)))
        .isEqualTo(new Ratio.Unknown("too few pairs (0)"));
  }

  @Test
  void coversTheTrueRatioAsOftenAsItSays() {
    Random random = new Random(20260131);
    int covered = 0;
    int runs = 4_000;
    for (int run = 0; run < runs; run++) {
      double[] a = new double[4];
      double[] b = new double[4];
      for (int i = 0; i < 4; i++) {
        double drift = 0.1 * random.nextGaussian();
        a[i] = 1.2 * Math.exp(drift + 0.02 * random.nextGaussian());
        b[i] = Math.exp(drift + 0.02 * random.nextGaussian());
      }
      Ratio.Known ratio = (Ratio.Known) PairedRatio.of(rounds(a), rounds(b));
      covered += ratio.low() <= 1.2 && 1.2 <= ratio.high() ? 1 : 0;
    }
    // Three standard errors of 95 % in 4000.
    assertThat(covered / (double) runs).isBetween(0.9397, 0.9603);
  }

  @Test
  void callsBetterAndWorseByTheMetric() {
    Ratio.Known above = new Ratio.Known(1.2, 1.1, 1.3, 4, 0.01);
    Ratio.Known around = new Ratio.Known(1.0, 0.9, 1.1, 4, 1);
    Ratio.Known barely = new Ratio.Known(1.004, 1.003, 1.005, 4, 0.001);

    assertThat(above.direction(Metric.THROUGHPUT)).isEqualTo(Ratio.Direction.BETTER);
    assertThat(above.direction(Metric.P99)).isEqualTo(Ratio.Direction.WORSE);
    assertThat(around.direction(Metric.P99)).isEqualTo(Ratio.Direction.UNCLEAR);
    assertThat(barely.direction(Metric.THROUGHPUT)).isEqualTo(Ratio.Direction.UNCLEAR);
    assertThat(above.withP(0.06).direction(Metric.P99))
        .as("one of many, it does not hold")
        .isEqualTo(Ratio.Direction.UNCLEAR);
  }

  private static SortedMap<Integer, Double> rounds(double... values) {
    SortedMap<Integer, Double> rounds = new TreeMap<>();
    for (int i = 0; i < values.length; i++) {
      rounds.put(i, values[i]);
    }
    return rounds;
  }
}
