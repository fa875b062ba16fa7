// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.power;

import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;
import org.p2pbench.reports.power.Experiment.Outcome;
import org.p2pbench.reports.regression.Change;
import org.p2pbench.reports.regression.Tails;
import org.p2pbench.reports.regression.Tails.ForkTail;

/**
 * Percentiles of latencies: a lognormal body (sd 0.25), forks that differ by 2 %, and bursts of 20
 * stalled transactions (0.4 % of all; by fork, their rate scatters by 30 % and their length, 2 + 3
 * times an exponential, by 8 %).
 */
final class TailExperiments {
  private static final int FORKS = 5;
  private static final int PAIRS = 8;
  private static final int DIGITS = 3;
  private static final int BURST = 20;
  private static final double UNIT_NS = 100_000;
  private static final Bound FALSE_ALARMS = new Bound(0.03, 0.07);

  private TailExperiments() {}

  static List<Experiment> all() {
    return List.of(
        experiment(
            "5 forks of 20,000, A/A",
            2_000,
            20_000,
            1,
            List.of(new Outcome("p50", FALSE_ALARMS), new Outcome("p99", FALSE_ALARMS))),
        experiment(
            "5 forks of 100,000, A/A",
            2_000,
            100_000,
            1,
            List.of(
                new Outcome("p50", FALSE_ALARMS),
                new Outcome("p99", FALSE_ALARMS),
                new Outcome("p99.9", FALSE_ALARMS))),
        experiment(
            "5 forks of 100,000, stalls 50 % longer",
            4_000, 100_000, 1.5, List.of(new Outcome("p99.9", Bound.atLeast(0.65)))),
        pairs(),
        new Experiment(
            "tails",
            "5 forks of 5,000",
            100,
            List.of(new Outcome("p99.9 not measurable", Bound.atLeast(1))),
            (random, seed) -> {
              List<Histogram> forks = forks(new Generator(random), 5_000, 1);
              Change change = compare(forks, forks, 99.9, seed);
              return new double[] {change.method() == Change.Method.NONE ? 1 : 0};
            }));
  }

  private static Experiment experiment(
      String name, int repetitions, int transactions, double longer, List<Outcome> outcomes) {
    return new Experiment(
        "tails",
        name,
        repetitions,
        outcomes,
        (random, seed) -> {
          Generator generator = new Generator(random);
          List<Histogram> a = forks(generator, transactions, 1);
          List<Histogram> b = forks(generator, transactions, longer);
          return outcomes.stream()
              .mapToDouble(o -> Double.parseDouble(o.name().substring(1)))
              .map(p -> compare(a, b, p, seed).p() <= 0.05 ? 1 : 0)
              .toArray();
        });
  }

  /** Forks that ran next to each other on a host that drifts: what `ab` compares. */
  private static Experiment pairs() {
    List<Double> percentiles = List.of(50.0, 99.0);
    return new Experiment(
        "tails",
        "8 pairs of 20,000, host drift AR(1) 0.95 of 2 %, A/A",
        2_000,
        percentiles.stream().map(p -> new Outcome("p%.0f".formatted(p), FALSE_ALARMS)).toList(),
        (random, seed) -> {
          Generator generator = new Generator(random);
          double[] drift = generator.drift(2 * PAIRS, 0.95, 0.02);
          List<Histogram> a = new ArrayList<>();
          List<Histogram> b = new ArrayList<>();
          for (int i = 0; i < PAIRS; i++) {
            (i % 2 == 0 ? a : b).add(fork(generator, 20_000, 1, drift[2 * i]));
            (i % 2 == 0 ? b : a).add(fork(generator, 20_000, 1, drift[2 * i + 1]));
          }
          return percentiles.stream()
              .mapToDouble(p -> comparePairs(a, b, p, seed).p() <= 0.05 ? 1 : 0)
              .toArray();
        });
  }

  private static Change comparePairs(List<Histogram> a, List<Histogram> b, double p, long seed) {
    return Tails.comparePairs(tails(a, p), tails(b, p), p, DIGITS, seed);
  }

  private static Change compare(List<Histogram> a, List<Histogram> b, double p, long seed) {
    return Tails.compare(tails(a, p), tails(b, p), p, DIGITS, seed);
  }

  private static List<ForkTail> tails(List<Histogram> forks, double percentile) {
    return forks.stream().map(h -> ForkTail.of(h, percentile)).toList();
  }

  private static List<Histogram> forks(Generator g, int transactions, double longer) {
    List<Histogram> forks = new ArrayList<>();
    for (int i = 0; i < FORKS; i++) {
      forks.add(fork(g, transactions, longer, 0));
    }
    return forks;
  }

  private static Histogram fork(Generator g, int transactions, double longer, double slower) {
    Histogram histogram = new Histogram(DIGITS);
    double scale = UNIT_NS * Math.exp(slower + 0.02 * g.normal.sample());
    double burstsPerTransaction = 0.004 / BURST * Math.max(0.1, 1 + 0.3 * g.normal.sample());
    double stall = scale * longer * Math.exp(0.08 * g.normal.sample());
    double untilBurst = g.exponential.sample() / burstsPerTransaction;
    for (int i = 0; i < transactions; i++) {
      if (i >= untilBurst) {
        for (int j = 0; j < BURST && i < transactions; j++, i++) {
          histogram.recordValue((long) (stall * (2 + 3 * g.exponential.sample())));
        }
        untilBurst = i + g.exponential.sample() / burstsPerTransaction;
        i--;
      } else {
        histogram.recordValue((long) (scale * Math.exp(0.25 * g.normal.sample())));
      }
    }
    return histogram;
  }
}
