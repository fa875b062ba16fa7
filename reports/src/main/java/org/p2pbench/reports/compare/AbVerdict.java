// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.compare;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.p2pbench.reports.metrics.TrackedMetric;
import org.p2pbench.reports.regression.Change;
import org.p2pbench.reports.regression.Judgement;
import org.p2pbench.reports.regression.TwoStage;
import org.p2pbench.reports.regression.Verdict;
import org.p2pbench.reports.rundir.BadRunDirectoryException;

/**
 * The verdict on what {@code ab} measured: its null control, what the first stage finds, and what
 * fresh forks say of that. Immutable.
 */
public final class AbVerdict {
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
   * The verdict: facts of the first stage, and of the metrics that looked worse in it what the
   * fresh forks say, with Holm over exactly those. Everything else did not look worse.
   */
  public RunComparison confirmed() throws BadRunDirectoryException, NotComparableException {
    List<MetricChange> suspects = suspects();
    if (suspects.isEmpty() || !Files.isDirectory(root.resolve("confirm"))) {
      return with(screen, List.of());
    }
    RunComparison fresh = stage(root, "confirm");
    List<MetricChange> again = new ArrayList<>();
    suspects.forEach(suspect -> same(fresh, suspect).ifPresent(again::add));
    List<Judgement> judgements =
        TwoStage.confirm(
            again.stream().map(MetricChange::change).toList(),
            again.stream().map(MetricChange::criteria).toList());
    List<MetricChange> judged =
        IntStream.range(0, again.size())
            .mapToObj(i -> again.get(i).judged(judgements.get(i)))
            .sorted(Comparator.comparing((MetricChange c) -> order(c.verdict())))
            .toList();
    return with(fresh, judged);
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
