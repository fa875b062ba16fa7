// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.metrics;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.p2pbench.reports.regression.SteadyState;
import org.p2pbench.reports.rundir.Fork;
import org.p2pbench.reports.rundir.Iteration;
import org.p2pbench.reports.rundir.Row;
import org.p2pbench.reports.statistics.ForkFigures;
import org.p2pbench.reports.statistics.Metric;
import org.p2pbench.reports.statistics.RowFigures;

/**
 * A row with one value per fork and metric. Metrics that no fork has are absent.
 *
 * @param unsteadyForks forks whose iterations did not reach a steady state
 */
public record RowValues(
    RowFigures figures, Map<TrackedMetric, List<ForkValue>> values, int unsteadyForks) {
  private static final double TENTH = 10;

  /** Makes the map immutable. */
  public RowValues {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  /**
   * Values of a row.
   *
   * @param alone the busy neighbour without transfers, which a row beside it is held against
   */
  public static RowValues of(RowFigures figures, Optional<RowFigures> alone) {
    Map<TrackedMetric, List<ForkValue>> values = new LinkedHashMap<>();
    TrackedMetric.all().forEach(metric -> values.put(metric, new ArrayList<>()));
    int unsteady = 0;
    for (ForkFigures fork : figures.forks()) {
      SteadyState steady = steadyState(figures.row(), fork.round());
      if (steady.state() == SteadyState.State.NOT_STEADY) {
        unsteady++;
      }
      for (TrackedMetric metric : TrackedMetric.all()) {
        value(metric, figures, fork, steady).ifPresent(v -> values.get(metric).add(v));
      }
      alone.ifPresent(load -> against(load, fork, values));
    }
    values.values().removeIf(List::isEmpty);
    return new RowValues(figures, values, unsteady);
  }

  /** A fork's neighbour divided by the neighbour alone in the same round. */
  private static void against(
      RowFigures alone, ForkFigures fork, Map<TrackedMetric, List<ForkValue>> values) {
    Map<TrackedMetric, Metric> neighbour =
        Map.of(
            TrackedMetric.NEIGHBOUR_BANDWIDTH, Metric.NEIGHBOUR_BANDWIDTH,
            TrackedMetric.NEIGHBOUR_LATENCY, Metric.NEIGHBOUR_LATENCY);
    for (ForkFigures load : alone.forks()) {
      if (load.round() == fork.round()) {
        neighbour.forEach(
            (tracked, metric) -> {
              double ratio =
                  fork.value(metric).orElse(Double.NaN) / load.value(metric).orElse(Double.NaN);
              if (Double.isFinite(ratio)) {
                values.get(tracked).add(new ForkValue(fork.round(), ratio, 1));
              }
            });
      }
    }
  }

  /** The row itself. */
  public Row row() {
    return figures.row();
  }

  /** Whether so many forks are unsteady that timings of the row are not judged. */
  public boolean unsteady() {
    return unsteadyForks >= SteadyState.MOST_UNSTEADY_FORKS * figures.forks().size()
        && unsteadyForks > 0;
  }

  /** The forks' values of a metric; empty without any. */
  public double[] of(TrackedMetric metric) {
    return values.getOrDefault(metric, List.of()).stream().mapToDouble(ForkValue::value).toArray();
  }

  /** A zero has no logarithm, hence no state: such a fork is met again by the tests, in words. */
  private static SteadyState steadyState(Row row, int round) {
    double[] scores =
        row.forks().stream()
            .filter(fork -> fork.round() == round)
            .map(Fork::iterations)
            .flatMap(List::stream)
            .mapToDouble(Iteration::operationsPerSecond)
            .toArray();
    boolean judged = java.util.Arrays.stream(scores).allMatch(score -> score > 0);
    return judged
        ? SteadyState.of(scores)
        : new SteadyState(SteadyState.State.TOO_FEW_ITERATIONS, 0, OptionalDouble.of(0));
  }

  private static Optional<ForkValue> value(
      TrackedMetric metric, RowFigures row, ForkFigures fork, SteadyState steady) {
    Long blockBytes = row.parameters().blockBytes();
    return switch (metric.kind()) {
      case BYTE_RATE ->
          value(fork, blockBytes == null ? none() : times(steady.value(), blockBytes));
      case RATE -> value(fork, blockBytes == null ? steady.value() : none());
      case TIME -> value(fork, fork.value(Metric.CPU_PER_TRANSACTION));
      case RATIO, OFFERED -> Optional.empty(); // of several rows together
      case EXACT -> value(fork, rounded(fork.value(Metric.PINS)));
      case PERCENTILE ->
          fork.stage(metric.stage())
              .map(
                  latency ->
                      new ForkValue(
                          fork.round(),
                          latency.at(metric.percentile()).orElse(Double.NaN),
                          latency.count()));
    };
  }

  private static Optional<ForkValue> value(ForkFigures fork, OptionalDouble value) {
    return value.isPresent()
        ? Optional.of(new ForkValue(fork.round(), value.getAsDouble(), 1))
        : Optional.empty();
  }

  private static OptionalDouble none() {
    return OptionalDouble.empty();
  }

  private static OptionalDouble times(OptionalDouble value, double factor) {
    return value.isPresent() ? OptionalDouble.of(value.getAsDouble() * factor) : value;
  }

  private static OptionalDouble rounded(OptionalDouble value) {
    return value.isPresent()
        ? OptionalDouble.of(Math.rint(value.getAsDouble() * TENTH) / TENTH)
        : value;
  }
}
