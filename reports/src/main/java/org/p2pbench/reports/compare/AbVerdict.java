// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.compare;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.p2pbench.reports.metrics.TrackedMetric;
import org.p2pbench.reports.regression.Change;
import org.p2pbench.reports.regression.Judgement;
import org.p2pbench.reports.regression.Judgement.Criteria;
import org.p2pbench.reports.regression.TwoStage;
import org.p2pbench.reports.regression.Verdict;
import org.p2pbench.reports.rundir.BadRunDirectoryException;

/**
 * The verdict on what {@code ab} measured: its null control, what the first stage finds, and what
 * fresh forks say of that.
 *
 * <p>What looked worse at first and is not confirmed is no regression, also where the fresh forks
 * cannot tell how large the difference is: the first stage screens at a weak level, at which one
 * metric in ten of two equal sides looks worse. Undecided is what no forks could test: a suspect
 * that the fresh forks do not have, of which they are too few, or whose rows did not reach a steady
 * state in them, and a row none of whose timings the first stage could test. Immutable.
 */
public final class AbVerdict {
  private static final Judgement NOT_AGAIN =
      Judgement.cannotTell("looked worse at first, and no fresh fork has it");

  private final Path root;
  private final RunComparison screen;

  private AbVerdict(Path root, RunComparison screen) {
    this.root = root;
    this.screen = screen;
  }

  /**
   * Reads the first stage.
   *
   * @param root what {@code ab --out} left
   */
  public static AbVerdict of(Path root) throws BadRunDirectoryException, NotComparableException {
    return new AbVerdict(root, stage(root, "screen"));
  }

  private static RunComparison stage(Path root, String stage)
      throws BadRunDirectoryException, NotComparableException {
    Path directory = root.resolve(stage);
    return new Comparer(Rules.DEFAULT).compare(directory.resolve("a"), directory.resolve("b"));
  }

  /** The first stage; its verdicts are not the comparison's. */
  public RunComparison screen() {
    return screen;
  }

  /** Rows that the second stage measures again, in no order: something of each looks worse. */
  public Set<String> rowsToConfirm() {
    return suspects().stream().map(change -> change.rows().id()).collect(Collectors.toSet());
  }

  private List<MetricChange> suspects() {
    return screen.changes().stream()
        .filter(c -> TwoStage.screens(c.change(), c.criteria().better()))
        .toList();
  }

  /**
   * Whether the baseline cannot be told from itself. Where it can, something on the machine tells
   * the sides apart that is not the candidate.
   */
  public boolean nullControlPasses() throws BadRunDirectoryException, NotComparableException {
    List<Change> nulls =
        stage(root, "null").changes().stream()
            .map(MetricChange::change)
            .filter(change -> change.method().judges())
            .toList();
    return TwoStage.nullControlPasses(nulls);
  }

  /**
   * What is known in the end.
   *
   * @param comparison facts of the first stage, the metrics that looked worse in it as the fresh
   *     forks judge them, with Holm over exactly those, and those of rows that it could not test
   * @param undecided what could not be tested, with the reason; none of it may be let pass
   * @param tally where nothing is undecided, how many metrics did not look worse, and what became
   *     of the others
   */
  public record Outcome(RunComparison comparison, List<String> undecided, String tally) {

    /** Makes the list immutable. */
    public Outcome {
      undecided = List.copyOf(undecided);
    }
  }

  /** The verdict, from the fresh forks where there are any. */
  public Outcome outcome() throws BadRunDirectoryException, NotComparableException {
    List<MetricChange> suspects = suspects();
    RunComparison fresh =
        !suspects.isEmpty() && Files.isDirectory(root.resolve("confirm"))
            ? stage(root, "confirm")
            : with(screen, List.of());
    List<MetricChange> again = new ArrayList<>();
    List<Judged> judged = new ArrayList<>();
    untestedRows().forEach(change -> judged.add(new Judged(change, true)));
    for (MetricChange suspect : suspects) {
      same(fresh, suspect)
          .ifPresentOrElse(
              again::add, () -> judged.add(new Judged(suspect.judged(NOT_AGAIN), true)));
    }
    judged.addAll(confirmed(again));
    judged.sort(Comparator.comparing(j -> order(j.change.verdict())));
    List<MetricChange> changes = judged.stream().map(Judged::change).toList();
    return new Outcome(with(fresh, changes), undecided(judged), tally(suspects.size(), changes));
  }

  /**
   * What is said of a metric in the end.
   *
   * @param undecided whether no forks could test it
   */
  private record Judged(MetricChange change, boolean undecided) {}

  private static List<Judged> confirmed(List<MetricChange> again) {
    List<Change> changes = again.stream().map(MetricChange::change).toList();
    List<Criteria> criteria = again.stream().map(MetricChange::criteria).toList();
    List<Judgement> judgements = TwoStage.confirm(changes, criteria);
    List<Boolean> confirmable = TwoStage.confirmable(changes, criteria);
    List<Judged> judged = new ArrayList<>();
    for (int i = 0; i < again.size(); i++) {
      Optional<Judgement> unsteady = Comparer.unsteady(again.get(i).rows(), changes.get(i));
      MetricChange change = again.get(i).judged(unsteady.orElse(judgements.get(i)));
      boolean untested = unsteady.isPresent() || !confirmable.get(i);
      judged.add(new Judged(change, untested && cannotTell(change)));
    }
    return judged;
  }

  /** What there is of rows that both sides measured and none of whose timings could be tested. */
  private List<MetricChange> untestedRows() {
    Predicate<MetricChange> timing = c -> c.metric().kind() != TrackedMetric.Kind.EXACT;
    Set<String> tested =
        screen.changes().stream()
            .filter(timing.and(c -> c.change().method().judges()))
            .map(c -> c.rows().id())
            .collect(Collectors.toSet());
    return screen.changes().stream()
        .filter(timing.and(c -> !tested.contains(c.rows().id())))
        .toList();
  }

  private List<String> undecided(List<Judged> judged) {
    return Stream.concat(
            screen.facts().stream()
                .filter(fact -> fact.verdict() == Verdict.CANNOT_TELL)
                .map(fact -> fact.rows().id() + " " + Fact.NAME + ": " + fact.sentence()),
            judged.stream()
                .filter(Judged::undecided)
                .map(Judged::change)
                .map(c -> c.rows().id() + " " + c.metric().name() + ": " + c.judgement().reason()))
        .toList();
  }

  private String tally(int suspects, List<MetricChange> changes) {
    long all = screen.changes().size();
    long untested = screen.changes().stream().filter(c -> !c.change().method().judges()).count();
    long untold = changes.stream().filter(AbVerdict::cannotTell).count();
    StringBuilder tally = new StringBuilder();
    tally.append("of %d metrics %d did not look worse".formatted(all, all - untested - suspects));
    append(tally, suspects - untold, "did so at first only");
    append(tally, untold, "did so at first and fresh forks cannot tell");
    append(tally, untested, "could not be tested");
    return tally.toString();
  }

  private static void append(StringBuilder tally, long count, String what) {
    if (count > 0) {
      tally.append(", ").append(count).append(' ').append(what);
    }
  }

  private static boolean cannotTell(MetricChange change) {
    return change.verdict() == Verdict.CANNOT_TELL;
  }

  private static int order(Verdict verdict) {
    return verdict == Verdict.REGRESSED ? 0 : 1;
  }

  private RunComparison with(RunComparison runs, List<MetricChange> changes) {
    return new RunComparison(
        runs.baseline(),
        runs.candidate(),
        runs.design(),
        screen.facts(),
        changes,
        screen.added(),
        screen.environment(),
        runs.notes());
  }

  private static Optional<MetricChange> same(RunComparison fresh, MetricChange suspect) {
    TrackedMetric metric = suspect.metric();
    return fresh.changes().stream()
        .filter(c -> c.metric().equals(metric) && c.rows().id().equals(suspect.rows().id()))
        .findFirst();
  }
}
