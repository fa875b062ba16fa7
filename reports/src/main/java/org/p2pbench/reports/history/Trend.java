// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToDoubleBiFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.p2pbench.reports.compare.NoiseFloors;
import org.p2pbench.reports.metrics.RowKey;
import org.p2pbench.reports.metrics.TrackedMetric;
import org.p2pbench.reports.regression.ChangePoint;
import org.p2pbench.reports.regression.ChangePoints;
import org.p2pbench.reports.regression.RunSeries;
import org.p2pbench.reports.regression.SeriesAnalysis;
import org.p2pbench.reports.rundir.MachineClass;

/**
 * What the runs of one branch show, machine by machine. Figures of two machines, or of two machine
 * classes, are never in one series.
 *
 * @param machines the one with most runs first
 */
public record Trend(String branch, List<MachineTrend> machines) {
  // p of a series without a change comes from few shuffles: 1.5 times the level leaves none out.
  private static final double PERHAPS_LISTED = 1.5 * ChangePoints.LIST_ALPHA;

  /** Makes the list immutable. */
  public Trend {
    machines = List.copyOf(machines);
  }

  /**
   * What is looked at.
   *
   * @param branch null: the only one that there is, or main
   * @param benchmarks none: all
   * @param metrics none: all
   * @param recentRuns a change among so many last runs is at the end of its series
   * @param floors of machines: no smaller change of theirs alerts
   */
  public record Question(
      String branch,
      Set<String> benchmarks,
      Set<String> metrics,
      int recentRuns,
      List<NoiseFloors> floors) {

    /** Makes the list immutable. */
    public Question {
      floors = List.copyOf(floors);
    }

    /** The greatest floor of a machine's series; 0 where there is none. */
    private ToDoubleBiFunction<RowKey, TrackedMetric> floor(String machine) {
      List<ToDoubleBiFunction<RowKey, TrackedMetric>> known =
          floors.stream().filter(f -> f.machine().equals(machine)).map(NoiseFloors::byRow).toList();
      return (row, metric) ->
          known.stream().mapToDouble(f -> f.applyAsDouble(row, metric)).max().orElse(0);
    }
  }

  /**
   * Analyses stored runs, on all processors.
   *
   * @param runs oldest first
   * @throws StoreException where it is not clear which branch is meant, it has no run, or every
   *     series is too short
   */
  public static Trend of(String store, List<HistoryRun> runs, Question question)
      throws StoreException {
    List<StoredRun> usable =
        runs.stream()
            .filter(r -> r.state() != HistoryRun.State.REJECTED)
            .map(HistoryRun::run)
            .toList();
    String branch = branch(store, usable, question.branch());
    Map<String, List<StoredRun>> byMachine =
        usable.stream()
            .filter(run -> run.branch().equals(branch))
            .collect(
                Collectors.groupingBy(
                    StoredRun::fingerprint, LinkedHashMap::new, Collectors.toList()));
    List<Unfinished> all = new ArrayList<>();
    byMachine.values().forEach(machine -> collect(machine, question, all));
    checkLength(store, branch, all);
    Map<Unfinished, SeriesAnalysis> analyses = analyse(all);
    List<MachineTrend> machines = new ArrayList<>();
    for (List<StoredRun> machine : byMachine.values()) {
      String fingerprint = machine.get(0).fingerprint();
      ToDoubleBiFunction<RowKey, TrackedMetric> floor = question.floor(fingerprint);
      List<TrendSeries> series =
          all.parallelStream()
              .filter(s -> s.runs.get(0).fingerprint().equals(fingerprint))
              .map(s -> s.finish(analyses.get(s), floor, question.recentRuns()))
              .toList();
      machines.add(new MachineTrend(machine, series));
    }
    machines.sort(Comparator.comparingInt(m -> -m.runs().size()));
    return new Trend(branch, machines);
  }

  /** All series of all machines. */
  public List<TrendSeries> series() {
    return machines.stream().flatMap(m -> m.series().stream()).toList();
  }

  /** Whether something got worse lately and is sure enough to alert. */
  public boolean alertAtTheEnd() {
    return series().stream().anyMatch(TrendSeries::alertAtTheEnd);
  }

  private static String branch(String store, List<StoredRun> runs, String asked)
      throws StoreException {
    Set<String> branches =
        runs.stream().map(StoredRun::branch).collect(Collectors.toCollection(TreeSet::new));
    String there = branches.isEmpty() ? "it has no runs" : "it has " + String.join(", ", branches);
    if (asked != null && !branches.contains(asked)) {
      throw StoreException.cannot(store + ": no run of the branch " + asked + ": " + there + ".");
    }
    if (asked != null) {
      return asked;
    }
    if (branches.isEmpty()) {
      throw StoreException.cannot(store + ": there are no runs. `history add RUN` adds one.");
    }
    if (branches.size() > 1 && !branches.contains("main")) {
      throw StoreException.badInput(
          store + ": runs of several branches: " + there + ". Name one with --branch.");
    }
    return branches.contains("main") ? "main" : branches.iterator().next();
  }

  private static void collect(List<StoredRun> runs, Question question, List<Unfinished> all) {
    record Key(RowKey row, MachineClass machineClass) {}
    Map<Key, Map<String, Unfinished>> found = new LinkedHashMap<>();
    for (StoredRun run : runs) {
      for (StoredRow row : run.rows()) {
        if (question.benchmarks().isEmpty() || question.benchmarks().contains(row.benchmark())) {
          Key key = new Key(row.key(), row.machineClass());
          collect(run, row, question, found.computeIfAbsent(key, k -> new LinkedHashMap<>()));
        }
      }
    }
    found.values().forEach(series -> all.addAll(series.values()));
  }

  private static void collect(
      StoredRun run, StoredRow row, Question question, Map<String, Unfinished> found) {
    row.metrics()
        .forEach(
            (name, value) -> {
              TrackedMetric metric = TrackedMetric.named(name).orElse(null);
              if (metric != null
                  && (question.metrics().isEmpty() || question.metrics().contains(name))) {
                found
                    .computeIfAbsent(
                        name, n -> new Unfinished(row.key(), row.machineClass(), metric))
                    .add(run, value.value());
              }
            });
  }

  private static void checkLength(String store, String branch, List<Unfinished> all)
      throws StoreException {
    int longest = all.stream().mapToInt(s -> s.values.size()).max().orElse(0);
    if (longest < ChangePoints.FEWEST_RUNS) {
      throw StoreException.cannot(
          store
              + ": "
              + (all.isEmpty()
                  ? "no stored run of the branch " + branch + " has what was asked for"
                  : "the longest series of the branch "
                      + branch
                      + " has "
                      + longest
                      + (longest == 1 ? " run" : " runs"))
              + "; it takes "
              + ChangePoints.FEWEST_RUNS
              + " of one machine to see a change.");
    }
  }

  private static Map<Unfinished, SeriesAnalysis> analyse(List<Unfinished> all) {
    List<Unfinished> fit = all.stream().filter(Unfinished::canChange).toList();
    List<RunSeries> series = fit.stream().map(Unfinished::runSeries).toList();
    List<SeriesAnalysis> analyses = ChangePoints.analyse(series, ChangePoints.ALERT_ALPHA);
    List<SeriesAnalysis> listed =
        IntStream.range(0, fit.size())
            .parallel()
            .mapToObj(i -> listed(series.get(i), analyses.get(i)))
            .toList();
    Map<Unfinished, SeriesAnalysis> found = new java.util.IdentityHashMap<>();
    IntStream.range(0, fit.size()).forEach(i -> found.put(fit.get(i), listed.get(i)));
    return found;
  }

  /** With changes that hold at the weaker level alone, where there are no others. */
  private static SeriesAnalysis listed(RunSeries series, SeriesAnalysis analysis) {
    if (!analysis.changes().isEmpty() || analysis.p() > PERHAPS_LISTED) {
      return analysis;
    }
    SeriesAnalysis weaker = ChangePoints.analyse(series, ChangePoints.LIST_ALPHA);
    return new SeriesAnalysis(
        weaker.id(),
        weaker.runs(),
        weaker.changes(),
        weaker.outliers(),
        weaker.correlation(),
        weaker.p(),
        !weaker.changes().isEmpty());
  }

  /** A series while its runs are collected. */
  private static final class Unfinished {
    private final RowKey row;
    private final MachineClass machineClass;
    private final TrackedMetric metric;
    private final List<StoredRun> runs = new ArrayList<>();
    private final List<Double> values = new ArrayList<>();

    Unfinished(RowKey row, MachineClass machineClass, TrackedMetric metric) {
      this.row = row;
      this.machineClass = machineClass;
      this.metric = metric;
    }

    void add(StoredRun run, double value) {
      runs.add(run);
      values.add(value);
    }

    boolean canChange() {
      return values.size() >= ChangePoints.FEWEST_RUNS
          && values.stream().anyMatch(v -> !v.equals(values.get(0)))
          && (offset() > 0 || values.stream().allMatch(v -> v > 0));
    }

    /** Zero has no logarithm: counts with a zero among them are analysed one higher. */
    double offset() {
      boolean zero = values.stream().anyMatch(v -> v == 0);
      return zero && metric.kind() == TrackedMetric.Kind.EXACT ? 1 : 0;
    }

    RunSeries runSeries() {
      String id =
          String.join(
              "/", runs.get(0).fingerprint(), runs.get(0).branch(), row.toString(), metric.name());
      double higher = offset();
      return new RunSeries(id, values.stream().mapToDouble(v -> v + higher).toArray());
    }

    TrendSeries finish(
        SeriesAnalysis analysis, ToDoubleBiFunction<RowKey, TrackedMetric> floor, int recentRuns) {
      double smallestChange = Math.max(metric.smallestChange(), floor.applyAsDouble(row, metric));
      List<ChangePoint> alerts =
          analysis == null || analysis.changes().isEmpty() || analysis.weak()
              ? List.of()
              : ChangePoints.alerts(runSeries(), smallestChange);
      return TrendSeries.of(
          new TrendSeries.Subject(row, machineClass, metric),
          runs,
          values.stream().mapToDouble(Double::doubleValue).toArray(),
          new TrendSeries.Found(analysis, alerts, smallestChange, offset(), recentRuns));
    }
  }
}
