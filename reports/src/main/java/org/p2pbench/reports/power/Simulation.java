// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.power;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.p2pbench.reports.regression.Seeds;

/** Runs every experiment and holds its outcomes against their bounds. */
public final class Simulation {
  private static final int SMALL_SHARE = 20;
  private static final int FEWEST_REPETITIONS = 20;

  private final boolean full;
  private final long seed;

  /**
   * @param full all repetitions and the bounds as they are; otherwise one in 20, and bounds that
   *     are three standard errors wider
   * @param seed that every generator is derived from
   */
  public Simulation(boolean full, long seed) {
    this.full = full;
    this.seed = seed;
  }

  /**
   * Runs all, each on all processors.
   *
   * @param sink gets each result as soon as it is there
   * @return all results
   */
  public List<CellResult> run(Consumer<CellResult> sink) {
    return run("", sink);
  }

  /**
   * Runs those whose group and name, with a space between, contain a text. Each has seeds of its
   * own, so that their figures are those of a run of all.
   */
  public List<CellResult> run(String only, Consumer<CellResult> sink) {
    List<CellResult> results = new ArrayList<>();
    experiments()
        .filter(e -> named(e, only))
        .flatMap(e -> run(e).stream())
        .forEach(
            result -> {
              sink.accept(result);
              results.add(result);
            });
    return results;
  }

  /** Whether any experiment's group and name contain a text. */
  public static boolean simulates(String only) {
    return experiments().anyMatch(e -> named(e, only));
  }

  private static boolean named(Experiment experiment, String only) {
    return (experiment.group() + " " + experiment.name()).contains(only);
  }

  private static Stream<Experiment> experiments() {
    return Stream.of(
            TwoRunExperiments.all(),
            TailExperiments.all(),
            SeriesExperiments.all(),
            SpeedExperiments.all())
        .flatMap(List::stream);
  }

  private List<CellResult> run(Experiment experiment) {
    boolean speed = experiment.group().equals("speed");
    int repetitions = speed ? experiment.repetitions() : repetitions(experiment);
    IntStream numbers = IntStream.range(0, repetitions);
    double[][] outcomes =
        (speed ? numbers : numbers.parallel())
            .mapToObj(i -> once(experiment, i))
            .toArray(double[][]::new);
    List<CellResult> results = new ArrayList<>();
    for (int i = 0; i < experiment.outcomes().size(); i++) {
      int which = i;
      double[] values =
          Stream.of(outcomes)
              .mapToDouble(o -> o[which])
              .skip(speed ? 1 : 0) // the first is the compiler's
              .toArray();
      results.add(result(experiment, experiment.outcomes().get(i), values));
    }
    return results;
  }

  private int repetitions(Experiment experiment) {
    return full
        ? experiment.repetitions()
        : Math.max(FEWEST_REPETITIONS, experiment.repetitions() / SMALL_SHARE);
  }

  private double[] once(Experiment experiment, int number) {
    long own = Seeds.of(Long.toString(seed), experiment.group(), experiment.name(), "" + number);
    return experiment.once().of(Seeds.generator(own), own);
  }

  private CellResult result(Experiment experiment, Experiment.Outcome outcome, double[] values) {
    double mean =
        IntStream.range(0, values.length).mapToDouble(i -> values[i]).sum() / values.length;
    double squares =
        IntStream.range(0, values.length).mapToDouble(i -> Math.pow(values[i] - mean, 2)).sum();
    double error = Math.sqrt(squares / Math.max(1, values.length - 1) / values.length);
    Bound bound = bound(experiment, outcome, values.length, error);
    return new CellResult(
        experiment.group(), experiment.name(), outcome.name(), values.length, mean, error, bound);
  }

  /** Speed is a promise for the full program; a small one may run beside anything. */
  private Bound bound(
      Experiment experiment, Experiment.Outcome outcome, int repetitions, double error) {
    if (full) {
      return outcome.bound();
    }
    return experiment.group().equals("speed")
        ? Bound.NONE
        : outcome.bound().widened(repetitions, error);
  }
}
