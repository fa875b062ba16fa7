// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.compare;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.p2pbench.reports.fingerprint.Difference;
import org.p2pbench.reports.metrics.ForkValue;
import org.p2pbench.reports.metrics.MeasuredRun;
import org.p2pbench.reports.metrics.RowKey;
import org.p2pbench.reports.metrics.RowValues;
import org.p2pbench.reports.metrics.TrackedMetric;
import org.p2pbench.reports.regression.Change;
import org.p2pbench.reports.regression.Design;
import org.p2pbench.reports.regression.Family;
import org.p2pbench.reports.regression.ForkComparison;
import org.p2pbench.reports.regression.History;
import org.p2pbench.reports.regression.Judgement;
import org.p2pbench.reports.regression.Judgement.Criteria;
import org.p2pbench.reports.regression.RunSeries;
import org.p2pbench.reports.regression.Seeds;
import org.p2pbench.reports.regression.Tails;
import org.p2pbench.reports.rundir.BadRunDirectoryException;
import org.p2pbench.reports.rundir.Results;
import org.p2pbench.reports.rundir.Results.Ab;

/** Compares two runs. */
public final class Comparer {
  private static final int HISTOGRAM_DIGITS = 3;

  private final Rules rules;
  private final PastRuns past;

  /**
   * @param rules what is compared, and what is asked of it
   */
  public Comparer(Rules rules) {
    this(rules, null);
  }

  /**
   * @param past runs that timings are held against where they are enough, instead of the baseline's
   *     forks; or null
   */
  public Comparer(Rules rules, PastRuns past) {
    this.rules = rules;
    this.past = past;
  }

  /** Two runs that were read. */
  public record Read(MeasuredRun baseline, MeasuredRun candidate) {}

  /**
   * Reads and compares.
   *
   * @throws BadRunDirectoryException where a directory is none, or the two are one measurement
   * @throws NotComparableException where the runs belong to different machines
   */
  public RunComparison compare(Path baseline, Path candidate)
      throws BadRunDirectoryException, NotComparableException {
    return compare(read(baseline, candidate));
  }

  /** Reads both at once. */
  public static Read read(Path baseline, Path candidate) throws BadRunDirectoryException {
    CompletableFuture<MeasuredRun> other = CompletableFuture.supplyAsync(() -> read(candidate));
    MeasuredRun first = MeasuredRun.read(baseline);
    try {
      return new Read(first, other.join());
    } catch (CompletionException e) {
      if (e.getCause() instanceof Unreadable unreadable) {
        throw unreadable.reason;
      }
      throw e;
    }
  }

  private static MeasuredRun read(Path directory) {
    try {
      return MeasuredRun.read(directory);
    } catch (BadRunDirectoryException e) {
      throw new Unreadable(e);
    }
  }

  private static final class Unreadable extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final BadRunDirectoryException reason;

    Unreadable(BadRunDirectoryException reason) {
      super(reason);
      this.reason = reason;
    }
  }

  /** Compares runs that were read. */
  public RunComparison compare(Read runs) throws BadRunDirectoryException, NotComparableException {
    MeasuredRun baseline = runs.baseline();
    MeasuredRun candidate = runs.candidate();
    Design design = againstPast(design(baseline, candidate));
    List<Difference> environment = checkMachines(baseline, candidate, design);
    List<RowPair> pairs = pairs(baseline, candidate);
    List<Fact> facts =
        pairs.stream()
            .map(Fact::of)
            .flatMap(Optional::stream)
            .sorted(Comparator.comparing(Fact::verdict))
            .toList();
    List<Asked> asked =
        pairs.stream().filter(RowPair::both).flatMap(p -> asked(p).stream()).toList();
    return new RunComparison(
        baseline,
        candidate,
        design,
        facts,
        judge(asked, design, seed(baseline, candidate)),
        pairs.stream().filter(p -> p.baseline().isEmpty()).toList(),
        environment,
        notes(baseline, candidate, design));
  }

  private Design againstPast(Design design) {
    return design == Design.SEQUENTIAL && past != null && past.count() >= History.FEWEST_RUNS
        ? Design.STORED
        : design;
  }

  private static Design design(MeasuredRun baseline, MeasuredRun candidate)
      throws BadRunDirectoryException {
    Optional<Results> a = baseline.run().results();
    Optional<Results> b = candidate.run().results();
    Path first = baseline.run().path();
    Path second = candidate.run().path();
    if (a.isPresent()
        && !a.get().rows().isEmpty()
        && a.get().rows().equals(b.map(Results::rows).orElse(null))) {
      throw new BadRunDirectoryException(
          second
              + ": holds the same measurement as "
              + first
              + ", fork for fork. Give two runs that were measured separately.");
    }
    Ab left = a.map(Results::ab).orElse(null);
    Ab right = b.map(Results::ab).orElse(null);
    if (left == null || right == null || !left.id().equals(right.id())) {
      return Design.SEQUENTIAL;
    }
    if (left.stage() != right.stage()) {
      return Design.SEQUENTIAL;
    }
    if (left.side() == right.side()) {
      throw new BadRunDirectoryException(
          second
              + ": both runs say that they are side "
              + left.side().name().toLowerCase(java.util.Locale.ROOT)
              + " of comparison "
              + left.id()
              + ", and one of them has to be the other side. Give the directories of both sides.");
    }
    return Design.INTERLEAVED;
  }

  /** What `ab` alternates is one machine whose devices or settings are the subject. */
  private static List<Difference> checkMachines(
      MeasuredRun baseline, MeasuredRun candidate, Design design) throws NotComparableException {
    List<Difference> refusals = baseline.fingerprint().refusals(candidate.fingerprint());
    List<Difference> warnings = baseline.fingerprint().warnings(candidate.fingerprint());
    boolean otherClass = baseline.analysis().machineClass() != candidate.analysis().machineClass();
    if (!refusals.isEmpty() && (design != Design.INTERLEAVED || otherClass)) {
      throw new NotComparableException(refusals);
    }
    List<Difference> all = new ArrayList<>(refusals);
    all.addAll(warnings);
    return all;
  }

  private static List<RowPair> pairs(MeasuredRun baseline, MeasuredRun candidate) {
    Set<RowKey> keys = new LinkedHashSet<>(baseline.rows().keySet());
    keys.addAll(candidate.rows().keySet());
    return keys.stream()
        .map(
            key ->
                new RowPair(
                    Optional.ofNullable(baseline.rows().get(key)),
                    Optional.ofNullable(candidate.rows().get(key))))
        .toList();
  }

  /** A metric that is compared. */
  private record Asked(RowPair rows, TrackedMetric metric, Criteria criteria) {}

  private List<Asked> asked(RowPair rows) {
    List<Asked> asked = new ArrayList<>();
    for (TrackedMetric metric : TrackedMetric.all()) {
      boolean somewhere =
          rows.baseline().orElseThrow().values().containsKey(metric)
              || rows.candidate().orElseThrow().values().containsKey(metric);
      if (somewhere) {
        rules
            .criteria(rows.row(), metric)
            .ifPresent(criteria -> asked.add(new Asked(rows, metric, criteria)));
      }
    }
    return asked;
  }

  private List<MetricChange> judge(List<Asked> asked, Design design, long seed) {
    List<Change> changes =
        asked.parallelStream().map(a -> change(a, design, seed)).collect(Collectors.toList());
    double[] adjusted = adjusted(changes);
    return IntStream.range(0, asked.size())
        .mapToObj(i -> judged(asked.get(i), changes.get(i), adjusted[i]))
        .sorted(ORDER)
        .toList();
  }

  /** Regressions first, then improvements, then the rest, the greatest of each first. */
  private static final Comparator<MetricChange> ORDER =
      Comparator.<MetricChange, Integer>comparing(c -> rank(c))
          .thenComparing(c -> -Math.abs(c.severity()))
          .thenComparing(c -> c.rows().id())
          .thenComparing(c -> TrackedMetric.all().indexOf(c.metric()));

  private static int rank(MetricChange change) {
    return switch (change.verdict()) {
      case REGRESSED -> 0;
      case IMPROVED -> 1;
      case CANNOT_TELL -> change.change().method().judges() ? 2 : 4;
      case EQUIVALENT -> 3;
    };
  }

  /** Over what was tested: exact values and what could not be tested take no share of alarms. */
  private static double[] adjusted(List<Change> changes) {
    int[] tested =
        IntStream.range(0, changes.size()).filter(i -> byChance(changes.get(i))).toArray();
    double[] some =
        Family.benjaminiHochberg(
            IntStream.of(tested).mapToDouble(i -> changes.get(i).p()).toArray());
    double[] all = changes.stream().mapToDouble(Change::p).toArray();
    for (int i = 0; i < tested.length; i++) {
      all[tested[i]] = some[i];
    }
    return all;
  }

  private static boolean byChance(Change change) {
    return change.method().judges() && change.method() != Change.Method.EXACT;
  }

  private Change change(Asked asked, Design design, long seed) {
    RowValues baseline = asked.rows().baseline().orElseThrow();
    RowValues candidate = asked.rows().candidate().orElseThrow();
    TrackedMetric metric = asked.metric();
    if (design == Design.STORED && metric.kind() != TrackedMetric.Kind.EXACT) {
      return stored(candidate, metric).orElseGet(() -> change(asked, Design.SEQUENTIAL, seed));
    }
    return switch (metric.kind()) {
      case EXACT -> ForkComparison.compareExact(baseline.of(metric), candidate.of(metric));
      case PERCENTILE -> percentile(baseline, candidate, metric, design, seed);
      case BYTE_RATE, RATE, TIME, RATIO, OFFERED ->
          design == Design.INTERLEAVED
              ? paired(baseline, candidate, metric, seed)
              : ForkComparison.compare(baseline.of(metric), candidate.of(metric), seed);
    };
  }

  /** Against the past; empty where the candidate's own forks do not measure it. */
  private Optional<Change> stored(RowValues candidate, TrackedMetric metric) {
    List<ForkValue> forks = forks(candidate, metric);
    boolean percentile = metric.kind() == TrackedMetric.Kind.PERCENTILE;
    boolean measured =
        forks.stream()
            .allMatch(f -> !percentile || f.samples() >= Tails.samplesNeeded(metric.percentile()));
    RunSeries series =
        past.series(RowKey.of(candidate.row()), candidate.row().machineClass(), metric);
    boolean positive = Arrays.stream(series.values()).allMatch(v -> v > 0);
    return measured && positive
        ? MetricChange.median(values(forks)).map(head -> History.compare(series, head))
        : Optional.empty();
  }

  private static Change percentile(
      RowValues baseline, RowValues candidate, TrackedMetric metric, Design design, long seed) {
    double percentile = metric.percentile();
    if (design == Design.INTERLEAVED) {
      Pairs pairs = Pairs.of(baseline, candidate, metric);
      return Tails.comparePairs(
          tails(pairs.baseline()), tails(pairs.candidate()), percentile, HISTOGRAM_DIGITS, seed);
    }
    return Tails.compare(
        tails(forks(baseline, metric)),
        tails(forks(candidate, metric)),
        percentile,
        HISTOGRAM_DIGITS,
        seed);
  }

  private static List<ForkValue> forks(RowValues row, TrackedMetric metric) {
    return row.values().getOrDefault(metric, List.of());
  }

  private static List<Tails.ForkTail> tails(List<ForkValue> forks) {
    return forks.stream().map(f -> new Tails.ForkTail(f.value(), f.samples())).toList();
  }

  private static Change paired(
      RowValues baseline, RowValues candidate, TrackedMetric metric, long seed) {
    Pairs pairs = Pairs.of(baseline, candidate, metric);
    return ForkComparison.comparePairs(values(pairs.baseline()), values(pairs.candidate()), seed);
  }

  private static double[] values(List<ForkValue> forks) {
    return forks.stream().mapToDouble(ForkValue::value).toArray();
  }

  /** Forks of the rounds that both sides have, by round. Those without a partner are left out. */
  private record Pairs(List<ForkValue> baseline, List<ForkValue> candidate) {

    static Pairs of(RowValues baseline, RowValues candidate, TrackedMetric metric) {
      List<ForkValue> a = forks(baseline, metric);
      List<ForkValue> b = forks(candidate, metric);
      Set<Integer> rounds = a.stream().map(ForkValue::round).collect(Collectors.toSet());
      rounds.retainAll(b.stream().map(ForkValue::round).collect(Collectors.toSet()));
      return new Pairs(inRounds(a, rounds), inRounds(b, rounds));
    }

    private static List<ForkValue> inRounds(List<ForkValue> forks, Set<Integer> rounds) {
      return forks.stream()
          .filter(fork -> rounds.contains(fork.round()))
          .sorted(Comparator.comparing(ForkValue::round))
          .toList();
    }
  }

  private static MetricChange judged(Asked asked, Change change, double adjusted) {
    return new MetricChange(
        asked.rows(),
        asked.metric(),
        asked.rows().baseline().orElseThrow().of(asked.metric()),
        asked.rows().candidate().orElseThrow().of(asked.metric()),
        change,
        adjusted,
        asked.criteria(),
        unsteady(asked.rows(), change)
            .orElseGet(() -> Judgement.of(change, adjusted, asked.criteria())),
        Optional.empty());
  }

  /** Why timings of a row are not judged, whatever they are; empty where they are. */
  static Optional<Judgement> unsteady(RowPair rows, Change change) {
    RowValues baseline = rows.baseline().orElseThrow();
    RowValues candidate = rows.candidate().orElseThrow();
    if (!byChance(change) || !(baseline.unsteady() || candidate.unsteady())) {
      return Optional.empty();
    }
    return Optional.of(
        Judgement.cannotTell(
            "%d of %d baseline and %d of %d candidate forks did not reach a steady state"
                .formatted(
                    baseline.unsteadyForks(),
                    baseline.figures().forks().size(),
                    candidate.unsteadyForks(),
                    candidate.figures().forks().size())));
  }

  /** Of what tells the two runs from any others: all metrics share one set of relabellings. */
  private static long seed(MeasuredRun baseline, MeasuredRun candidate) {
    return Seeds.of(
        baseline.run().environment().startedAt(), candidate.run().environment().startedAt());
  }

  private List<String> notes(MeasuredRun baseline, MeasuredRun candidate, Design design) {
    List<String> notes = new ArrayList<>();
    if (design == Design.STORED) {
      notes.add(
          "timings are held against the accepted runs in "
              + past.name()
              + ", "
              + past.count()
              + " of them, counts against the newest.");
    }
    baseline.analysis().missing().forEach(line -> notes.add("baseline: " + line));
    candidate.analysis().missing().forEach(line -> notes.add("candidate: " + line));
    return notes;
  }
}
