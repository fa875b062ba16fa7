// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.power;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.p2pbench.reports.regression.ChangePoints;
import org.p2pbench.reports.regression.ForkComparison;
import org.p2pbench.reports.regression.RunSeries;
import org.p2pbench.reports.regression.Seeds;
import org.p2pbench.reports.regression.Tails;

/** How long the procedures take here. Run alone, not beside other experiments. */
final class SpeedExperiments {
  private static final int ROWS = 60;
  private static final int FORKS = 10;
  private static final int TIMINGS = 8;
  private static final int STAGES = 3;
  private static final int SERIES = 200;
  private static final int RUNS = 500;
  private static final int CHANGED_ONE_IN = 20;

  private SpeedExperiments() {}

  static List<Experiment> all() {
    return List.of(
        timed("60 rows of 12 metrics, 10 forks each, compared", 1, SpeedExperiments::compareRows),
        timed("200 series of 500 runs, one in 20 changed", 4, SpeedExperiments::analyseSeries));
  }

  private static Experiment timed(
      String name, double mostSeconds, java.util.function.LongConsumer work) {
    return new Experiment(
        "speed",
        name,
        3,
        List.of(new Experiment.Outcome("seconds", Bound.atMost(mostSeconds))),
        (random, seed) -> {
          long began = System.nanoTime();
          work.accept(seed);
          return new double[] {(System.nanoTime() - began) / 1e9};
        });
  }

  /** What a transfer has: throughput, CPU time and pins, and three percentiles of three stages. */
  private static void compareRows(long seed) {
    IntStream.range(0, ROWS)
        .parallel()
        .forEach(
            i -> {
              Generator g = new Generator(Seeds.generator(seed + i));
              for (int timing = 0; timing < TIMINGS; timing++) {
                ForkComparison.compare(g.forks(FORKS, 0.05, 0), g.forks(FORKS, 0.05, 0.03), seed);
              }
              for (int stage = 0; stage < STAGES; stage++) {
                Tails.compare(tails(g, 0), tails(g, 0.03), 99.9, 3, seed);
              }
              double[] pins = new double[FORKS];
              ForkComparison.compareExact(pins, pins);
            });
  }

  private static List<Tails.ForkTail> tails(Generator g, double slower) {
    return Arrays.stream(g.forks(FORKS, 0.05, slower))
        .mapToObj(value -> new Tails.ForkTail(value, Tails.samplesNeeded(99.9)))
        .toList();
  }

  private static void analyseSeries(long seed) {
    List<RunSeries> series =
        IntStream.range(0, SERIES)
            .mapToObj(
                i -> {
                  Generator g = new Generator(Seeds.generator(seed + i));
                  double[] values = g.forks(RUNS, 0.03, 0);
                  for (int j = 300; i % CHANGED_ONE_IN == 0 && j < RUNS; j++) {
                    values[j] *= 1.05;
                  }
                  return new RunSeries("series " + i, values);
                })
            .toList();
    ChangePoints.analyse(series, ChangePoints.ALERT_ALPHA);
  }
}
