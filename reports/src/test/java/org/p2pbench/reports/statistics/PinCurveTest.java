// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.p2pbench.reports.SampleParameters;
import org.p2pbench.reports.rundir.Fork;
import org.p2pbench.reports.rundir.LatencyCounts;
import org.p2pbench.reports.rundir.MachineClass;
import org.p2pbench.reports.rundir.Parameters;
import org.p2pbench.reports.rundir.Row;
import org.p2pbench.reports.rundir.Stage;

class PinCurveTest {
  private static final long PAGE = 4096;
  private static final long[] PAGES = {1, 16, 64, 256};
  private static final int FORKS = 4;
  private static final int SAMPLES = 100;

  @Test
  void timesThatLieOnALineGiveThatLine() {
    PinCurve curve = PinCurve.of(rows(5_000, 100, 0, new Random(1), PAGES), PAGE).orElseThrow();

    // Histograms keep three digits.
    assertThat(curve.perPage().value()).isCloseTo(100, within(0.3));
    assertThat(curve.fixed().value()).isCloseTo(5_000, within(15.0));
    assertThat(curve.ns(100)).isCloseTo(15_000, within(30.0));
    assertThat(curve.largestMisfit()).isLessThan(0.002);
    assertThat(curve.points().keySet()).containsExactly(1L, 16L, 64L, 256L);
  }

  @Test
  void twoSizesGiveNoCurve() {
    assertThat(PinCurve.of(rows(5_000, 100, 0, new Random(1), 1, 256), PAGE)).isEmpty();
  }

  @Test
  void whatIsNoLineIsSeenInTheMisfit() {
    List<RowFigures> rows = new ArrayList<>(rows(5_000, 100, 0, new Random(1), 1, 256));
    rows.addAll(rows(20_000, 100, 0, new Random(1), 16));

    assertThat(PinCurve.of(rows, PAGE).orElseThrow().largestMisfit()).isGreaterThan(0.2);
  }

  @Test
  void intervalsOfNominal95PercentCoverTheTruth() {
    Random random = new Random(20260101);
    int trials = 1_000;
    int slopes = 0;
    int constants = 0;
    for (int i = 0; i < trials; i++) {
      PinCurve curve = PinCurve.of(rows(5_000, 100, 0.05, random, PAGES), PAGE).orElseThrow();
      slopes += curve.perPage().low() <= 100 && 100 <= curve.perPage().high() ? 1 : 0;
      constants += curve.fixed().low() <= 5_000 && 5_000 <= curve.fixed().high() ? 1 : 0;
    }

    assertThat((double) slopes / trials).isBetween(0.92, 0.98);
    assertThat((double) constants / trials).isBetween(0.92, 0.98);
  }

  /** Forks whose pin and unpin take as long, with noise that is proportional to the time. */
  private static List<RowFigures> rows(
      double fixed, double perPage, double noise, Random random, long... pages) {
    List<RowFigures> rows = new ArrayList<>();
    for (long count : pages) {
      Parameters parameters =
          SampleParameters.of(
              Map.of(
                  "memory", "ram",
                  "blockBytes", count * PAGE,
                  "pages", "4KiB",
                  "mechanism", "io_uring-register"));
      List<ForkFigures> forks = new ArrayList<>();
      for (int fork = 0; fork < FORKS; fork++) {
        double ns = (fixed + perPage * count) * (1 + noise * random.nextGaussian());
        Map<Stage, LatencyCounts> stages = new TreeMap<>();
        stages.put(Stage.PIN, always(ns / 2));
        stages.put(Stage.UNPIN, always(ns / 2));
        Fork empty =
            new Fork(fork, 0, null, null, null, null, List.of(), null, null, null, null, null);
        forks.add(ForkFigures.of(empty, parameters, stages));
      }
      rows.add(
          new RowFigures(
              new Row(
                  "pin-" + count,
                  "pin",
                  "group",
                  parameters,
                  MachineClass.EMULATED,
                  Row.RowStatus.MEASURED,
                  null,
                  List.of()),
              forks));
    }
    return rows;
  }

  private static LatencyCounts always(double ns) {
    Histogram histogram = new Histogram(3);
    histogram.recordValueWithCount(Math.round(ns), SAMPLES);
    return LatencyCounts.of(histogram);
  }
}
