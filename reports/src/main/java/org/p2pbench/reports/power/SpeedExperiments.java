// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.power;

import java.util.List;
import java.util.stream.IntStream;
import org.p2pbench.reports.regression.ChangePoints;
import org.p2pbench.reports.regression.ForkComparison;
import org.p2pbench.reports.regression.RunSeries;
import org.p2pbench.reports.regression.Seeds;

/** How long the procedures take here. Run alone, not beside other experiments. */
final class SpeedExperiments {
  private static final int ROWS = 60;
  private static final int SERIES = 200;
  private static final int RUNS = 500;
  private static final int CHANGED_ONE_IN = 20;

  private SpeedExperiments() {}

  static List<Experiment> all() {
    return List.of(
        timed("60 rows of 10 forks compared", 1, SpeedExperiments::compareRows),
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

  private static void compareRows(long seed) {
    IntStream.range(0, ROWS)
        .parallel()
        .forEach(
            i -> {
              Generator g = new Generator(Seeds.generator(seed + i));
              ForkComparison.compare(g.forks(10, 0.05, 0), g.forks(10, 0.05, 0.03), seed + i);
            });
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
