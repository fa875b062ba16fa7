// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.statistics;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import org.p2pbench.reports.rundir.Parameters;
import org.p2pbench.reports.rundir.Row;
import org.p2pbench.reports.rundir.Stage;

/** A row with the values of its forks. */
public record RowFigures(Row row, List<ForkFigures> forks) {

  /** Makes the list immutable. */
  public RowFigures {
    forks = List.copyOf(forks);
  }

  /** Whether both rows belong to one group, and may differ in what they are compared by alone. */
  public boolean sharesGroupWith(RowFigures other) {
    return row.group().equals(other.row.group());
  }

  /** The row's parameters. */
  public Parameters parameters() {
    return row.parameters();
  }

  /**
   * The row's value of a metric; empty where no fork has it. A percentile needs every fork: those
   * with enough samples for a high one would be the fast ones.
   */
  public Optional<Spread> spread(Metric metric) {
    double[] values = forks.stream().flatMapToDouble(fork -> fork.value(metric).stream()).toArray();
    return metric.percentile().isPresent() && values.length < forks.size()
        ? Optional.empty()
        : Spread.of(values);
  }

  /** This row's value divided by its twin's, from pairs of forks. */
  public Ratio ratioTo(RowFigures twin, Metric metric) {
    if (row.machineClass() != twin.row.machineClass()) {
      return new Ratio.Unknown(
          "no ratio between classes "
              + row.machineClass().label()
              + " and "
              + twin.row.machineClass().label());
    }
    if (spread(metric).isEmpty() || twin.spread(metric).isEmpty()) {
      return new Ratio.Unknown("not measurable");
    }
    if (!comparable(metric) || !twin.comparable(metric)) {
      return new Ratio.Unknown("too few samples beyond it");
    }
    return PairedRatio.of(byRound(metric), twin.byRound(metric));
  }

  /** Whether every fork has enough samples beyond a percentile; other metrics always have. */
  private boolean comparable(Metric metric) {
    OptionalDouble percentile = metric.percentile();
    return percentile.isEmpty()
        || forks.stream()
            .flatMap(fork -> fork.stage(Stage.TRANSACTION).stream())
            .allMatch(latency -> latency.comparable(percentile.getAsDouble()));
  }

  /** Mean latency of a stage in ns: the median over the forks of their means. */
  public Optional<Spread> stageMean(Stage stage) {
    return Spread.of(
        forks.stream()
            .flatMap(f -> f.stage(stage).stream())
            .mapToDouble(StageLatency::meanNs)
            .toArray());
  }

  /** A percentile (such as 99) of a stage in ns; empty where one fork cannot measure it. */
  public Optional<Spread> stagePercentile(Stage stage, double percentile) {
    double[] values =
        forks.stream()
            .flatMap(fork -> fork.stage(stage).stream())
            .flatMapToDouble(latency -> latency.at(percentile).stream())
            .toArray();
    return values.length < forks.size() ? Optional.empty() : Spread.of(values);
  }

  /** Latency by nines: the median over the forks, as far as every fork can measure it. */
  public SortedMap<Double, Double> curve(Stage stage) {
    List<SortedMap<Double, Double>> curves =
        forks.stream()
            .flatMap(fork -> fork.stage(stage).stream())
            .map(StageLatency::curve)
            .toList();
    SortedMap<Double, Double> curve = new TreeMap<>();
    for (Double nines : curves.isEmpty() ? List.<Double>of() : curves.get(0).keySet()) {
      double[] values =
          curves.stream()
              .map(each -> each.get(nines))
              .filter(value -> value != null)
              .mapToDouble(Double::doubleValue)
              .toArray();
      if (values.length == curves.size()) {
        curve.put(nines, Medians.of(values).getAsDouble());
      }
    }
    return curve;
  }

  /** Share of the transactions of all forks by bin of {@link StageLatency#bins}. */
  public SortedMap<Integer, Double> histogram(Stage stage) {
    SortedMap<Integer, Double> counts = new TreeMap<>();
    forks.stream()
        .flatMap(fork -> fork.stage(stage).stream())
        .forEach(
            latency ->
                latency.bins().forEach((bin, n) -> counts.merge(bin, (double) n, Double::sum)));
    double total = counts.values().stream().mapToDouble(Double::doubleValue).sum();
    counts.replaceAll((bin, count) -> count / total);
    return counts;
  }

  private SortedMap<Integer, Double> byRound(Metric metric) {
    SortedMap<Integer, Double> values = new TreeMap<>();
    for (ForkFigures fork : forks) {
      fork.value(metric).ifPresent(value -> values.put(fork.round(), value));
    }
    return values;
  }
}
