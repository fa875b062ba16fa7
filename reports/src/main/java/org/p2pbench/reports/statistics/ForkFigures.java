// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.statistics;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;
import org.p2pbench.reports.rundir.Fork;
import org.p2pbench.reports.rundir.Iteration;
import org.p2pbench.reports.rundir.LatencyCounts;
import org.p2pbench.reports.rundir.Parameters;
import org.p2pbench.reports.rundir.Stage;

/** The values of one fork. A metric that it does not have is absent. */
public record ForkFigures(
    int round, Map<Metric, Double> values, Map<Stage, StageLatency> stages, long transactions) {

  private static final double NS_PER_SECOND = 1e9;
  private static final double BYTES_PER_GIB = 1L << 30;

  /**
   * @param latencies of the fork by stage, empty without a log
   */
  public static ForkFigures of(
      Fork fork, Parameters parameters, Map<Stage, LatencyCounts> latencies) {
    Map<Metric, Double> values = new EnumMap<>(Metric.class);
    rates(fork.iterations(), parameters, values);
    counters(fork.iterations(), parameters, values);
    Map<Stage, StageLatency> stages = new EnumMap<>(Stage.class);
    latencies.forEach(
        (stage, counts) -> {
          if (counts.total() > 0) {
            stages.put(stage, StageLatency.of(counts));
          }
        });
    events(fork.iterations(), parameters, values);
    percentiles(stages.get(Stage.TRANSACTION), values);
    neighbour(fork.iterations(), values);
    put(values, Metric.FAIRNESS, Fairness.of(fork.iterations()), 1);
    long transactions =
        fork.iterations().stream()
            .mapToLong(i -> i.transactions() == null ? 0 : i.transactions())
            .sum();
    return new ForkFigures(
        fork.round(),
        Collections.unmodifiableMap(values),
        Collections.unmodifiableMap(stages),
        transactions);
  }

  /** The fork's value of a metric. */
  public OptionalDouble value(Metric metric) {
    Double value = values.get(metric);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  /** The fork's latencies in a stage. */
  public Optional<StageLatency> stage(Stage stage) {
    return Optional.ofNullable(stages.get(stage));
  }

  private static void rates(
      List<Iteration> iterations, Parameters parameters, Map<Metric, Double> values) {
    double[] scores = iterations.stream().mapToDouble(Iteration::operationsPerSecond).toArray();
    Medians.of(scores)
        .ifPresent(
            score -> {
              values.put(Metric.OPERATIONS, score);
              if (score > 0) {
                values.put(Metric.TIME_EACH, NS_PER_SECOND / score);
              }
              if (parameters.blockBytes() != null) {
                values.put(Metric.THROUGHPUT, score * parameters.blockBytes());
              }
            });
  }

  private static void counters(
      List<Iteration> iterations, Parameters parameters, Map<Metric, Double> values) {
    OptionalDouble user = perTransaction(iterations, i -> orNaN(i.cpuUserNs()));
    OptionalDouble system = perTransaction(iterations, i -> orNaN(i.cpuSystemNs()));
    OptionalDouble cpu =
        perTransaction(iterations, i -> orNaN(i.cpuUserNs()) + orNaN(i.cpuSystemNs()));
    put(values, Metric.CPU_PER_TRANSACTION, cpu, 1);
    if (parameters.blockBytes() != null) {
      double transactionsPerGib = BYTES_PER_GIB / parameters.blockBytes();
      put(values, Metric.CPU_PER_GIB, cpu, transactionsPerGib);
      put(values, Metric.CPU_USER_PER_GIB, user, transactionsPerGib);
      put(values, Metric.CPU_SYSTEM_PER_GIB, system, transactionsPerGib);
    }
    put(values, Metric.PINS, perTransaction(iterations, i -> orNaN(i.pinsAcquired())), 1);
    put(values, Metric.UNPINS, perTransaction(iterations, i -> orNaN(i.pinsReleased())), 1);
    put(
        values,
        Metric.SWITCHES,
        perTransaction(
            iterations, i -> orNaN(i.voluntarySwitches()) + orNaN(i.involuntarySwitches())),
        1);
  }

  private static void events(
      List<Iteration> iterations, Parameters parameters, Map<Metric, Double> values) {
    put(values, Metric.CYCLES, perTransaction(iterations, i -> orNaN(i.cycles())), 1);
    put(values, Metric.INSTRUCTIONS, perTransaction(iterations, i -> orNaN(i.instructions())), 1);
    put(values, Metric.CACHE_MISSES, perTransaction(iterations, i -> orNaN(i.cacheMisses())), 1);
    put(
        values,
        Metric.CONTEXT_SWITCHES,
        perTransaction(iterations, i -> orNaN(i.contextSwitches())),
        1);
    put(values, Metric.MIGRATIONS, perTransaction(iterations, i -> orNaN(i.migrations())), 1);
    put(
        values,
        Metric.IPC,
        Medians.of(
            iterations.stream()
                .mapToDouble(i -> orNaN(i.instructions()) / orNaN(i.cycles()))
                .filter(Double::isFinite)
                .toArray()),
        1);
    if (parameters.blockBytes() != null) {
      OptionalDouble dram = perTransaction(iterations, i -> orNaN(i.dramBytes()));
      put(values, Metric.DRAM, dram, 1.0 / parameters.blockBytes());
    }
  }

  private static void neighbour(List<Iteration> iterations, Map<Metric, Double> values) {
    put(
        values,
        Metric.NEIGHBOUR_BANDWIDTH,
        Medians.of(
            iterations.stream()
                .filter(i -> i.neighbourBytes() != null && i.neighbourNs() != null)
                .mapToDouble(i -> i.neighbourBytes() / (double) i.neighbourNs())
                .toArray()),
        NS_PER_SECOND);
    put(
        values,
        Metric.NEIGHBOUR_LATENCY,
        Medians.of(
            iterations.stream()
                .filter(i -> i.neighbourLatencyNs() != null)
                .mapToDouble(Iteration::neighbourLatencyNs)
                .toArray()),
        1);
  }

  private static void percentiles(StageLatency latency, Map<Metric, Double> values) {
    if (latency != null) {
      put(values, Metric.P50, latency.at(50), 1);
      put(values, Metric.P90, latency.at(90), 1);
      put(values, Metric.P99, latency.at(99), 1);
      put(values, Metric.P999, latency.at(99.9), 1);
      values.put(Metric.MAX, latency.maxNs());
    }
  }

  /** Median over the iterations that have transactions and the counter (NaN: has not). */
  private static OptionalDouble perTransaction(
      List<Iteration> iterations, ToDoubleFunction<Iteration> counter) {
    return Medians.of(
        iterations.stream()
            .filter(i -> i.transactions() != null && i.transactions() > 0)
            .mapToDouble(i -> counter.applyAsDouble(i) / i.transactions())
            .filter(Double::isFinite)
            .toArray());
  }

  private static double orNaN(Long counter) {
    return counter == null ? Double.NaN : counter;
  }

  private static void put(
      Map<Metric, Double> values, Metric metric, OptionalDouble value, double factor) {
    value.ifPresent(v -> values.put(metric, v * factor));
  }
}
