// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.metrics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedSet;
import java.util.TreeSet;
import org.p2pbench.reports.rundir.MachineClass;
import org.p2pbench.reports.rundir.Parameters;
import org.p2pbench.reports.rundir.Results;
import org.p2pbench.reports.rundir.Row;
import org.p2pbench.reports.statistics.Analysis;
import org.p2pbench.reports.statistics.ForkFigures;
import org.p2pbench.reports.statistics.Knee;
import org.p2pbench.reports.statistics.RowFigures;

/**
 * The knee of each path of an open loop with a bound, as a row of its own: it stands for all rates,
 * and two runs have it in common even where rates are percentages, which become other rates in each
 * run. p99 at one rate is a metric of the row of that rate. A path whose p99 does not cross the
 * bound within the rates measured, in every round, has no knee.
 */
final class Knees {
  private Knees() {}

  /** What is the same at all rates of a path. */
  private record Path(Parameters parameters, MachineClass machineClass) {}

  static List<RowValues> of(Analysis analysis) {
    Long boundNs =
        analysis.run().results().map(Results::plan).map(Results.Plan::p99BoundNs).orElse(null);
    if (boundNs == null) {
      return List.of();
    }
    Map<Path, List<RowFigures>> paths = new LinkedHashMap<>();
    for (RowFigures row : analysis.measured("open-loop")) {
      Path path = new Path(row.parameters().ofAllRates(boundNs), row.row().machineClass());
      paths.computeIfAbsent(path, p -> new ArrayList<>()).add(row);
    }
    return paths.entrySet().stream()
        .flatMap(path -> knee(path.getKey(), path.getValue(), boundNs).stream())
        .toList();
  }

  private static Optional<RowValues> knee(Path path, List<RowFigures> rows, long boundNs) {
    SortedSet<Integer> rounds = new TreeSet<>();
    rows.forEach(row -> row.forks().forEach(fork -> rounds.add(fork.round())));
    List<ForkValue> values = new ArrayList<>();
    List<ForkFigures> forks = new ArrayList<>();
    for (int round : rounds) {
      OptionalDouble rate = Knee.between(rows, round, boundNs);
      if (rate.isEmpty()) {
        return Optional.empty();
      }
      values.add(new ForkValue(round, rate.getAsDouble(), rows.size()));
      forks.add(new ForkFigures(round, Map.of(), Map.of(), 0));
    }
    Row any = rows.get(0).row();
    Row row =
        new Row(
            name(any.id(), any.parameters()),
            any.benchmark(),
            name(any.group(), any.parameters()),
            path.parameters(),
            path.machineClass(),
            Row.RowStatus.MEASURED,
            null,
            List.of());
    return Optional.of(
        new RowValues(new RowFigures(row, forks), Map.of(TrackedMetric.KNEE, values), 0));
  }

  /** The name of a row or a group with "knee" in the place of its rate. */
  private static String name(String ofOneRate, Parameters parameters) {
    String rate = "-" + parameters.ratePerSecond();
    String stem =
        ofOneRate.endsWith(rate)
            ? ofOneRate.substring(0, ofOneRate.length() - rate.length())
            : ofOneRate;
    return stem + "-knee";
  }
}
