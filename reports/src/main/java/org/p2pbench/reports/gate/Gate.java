// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.gate;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.p2pbench.reports.compare.Fact;
import org.p2pbench.reports.compare.MetricChange;
import org.p2pbench.reports.compare.RunComparison;
import org.p2pbench.reports.compare.Summary;
import org.p2pbench.reports.metrics.RowValues;
import org.p2pbench.reports.regression.Change;
import org.p2pbench.reports.regression.ForkComparison;
import org.p2pbench.reports.regression.Verdict;
import org.p2pbench.reports.rundir.Results;

/**
 * Judges a comparison by a policy.
 *
 * @param comparison with waivers put to what they let pass
 * @param problems why it cannot be judged, whole sentences
 * @param remarks what else to know of the policy, such as a waiver that nothing needed
 */
public record Gate(
    RunComparison comparison, Result result, List<String> problems, List<String> remarks) {

  /** What becomes of the candidate. */
  public enum Result {
    /** Nothing that the policy forbids. */
    PASSED("passed"),
    /** It got worse. */
    REGRESSED("regressed"),
    /** What there is does not decide it. */
    CANNOT_JUDGE("cannot judge");

    private final String words;

    Result(String words) {
      this.words = words;
    }
  }

  /** For outputs. */
  public Summary summary() {
    Summary counts = Summary.of(comparison);
    return new Summary("gate " + result.words + ": " + counts.headline(), problems);
  }

  /**
   * Judges.
   *
   * @param today waivers hold up to and including their last day
   */
  public static Gate of(RunComparison compared, Policy policy, LocalDate today) {
    List<Policy.Waiver> valid =
        policy.waivers().stream().filter(w -> !w.lastDay().isBefore(today)).toList();
    Set<Policy.Waiver> used = new LinkedHashSet<>();
    RunComparison comparison = waive(compared, valid, used);
    List<String> problems = problems(comparison, policy);
    Result result =
        comparison.regressed()
            ? Result.REGRESSED
            : problems.isEmpty() ? Result.PASSED : Result.CANNOT_JUDGE;
    List<String> remarks = new ArrayList<>();
    unmatched(comparison, policy).forEach(remarks::add);
    notJudged(comparison, policy).ifPresent(remarks::add);
    remarks.addAll(waivers(policy, today, used));
    return new Gate(comparison, result, problems, remarks);
  }

  private static RunComparison waive(
      RunComparison c, List<Policy.Waiver> waivers, Set<Policy.Waiver> used) {
    return new RunComparison(
        c.baseline(),
        c.candidate(),
        c.design(),
        c.facts().stream()
            .map(
                fact ->
                    fact.verdict() == Verdict.REGRESSED
                        ? waiver(waivers, fact.rows().id(), Fact.NAME, used)
                            .map(fact::waived)
                            .orElse(fact)
                        : fact)
            .toList(),
        c.changes().stream()
            .map(
                change ->
                    change.verdict() == Verdict.REGRESSED
                        ? waiver(waivers, change.rows().id(), change.metric().name(), used)
                            .map(change::waived)
                            .orElse(change)
                        : change)
            .toList(),
        c.added(),
        c.environment(),
        c.notes());
  }

  private static Optional<String> waiver(
      List<Policy.Waiver> waivers, String row, String metric, Set<Policy.Waiver> used) {
    Optional<Policy.Waiver> found =
        waivers.stream().filter(waiver -> waiver.fits(row, metric)).findFirst();
    found.ifPresent(used::add);
    return found.map(waiver -> waiver.reason() + " (until " + waiver.until() + ")");
  }

  private static List<String> problems(RunComparison c, Policy policy) {
    List<String> problems = new ArrayList<>();
    unfinished("baseline", c.baseline().run().results()).ifPresent(problems::add);
    unfinished("candidate", c.candidate().run().results()).ifPresent(problems::add);
    for (String pattern : policy.required()) {
      absent("baseline", c.baseline().rows().values().stream(), pattern).ifPresent(problems::add);
      absent("candidate", c.candidate().rows().values().stream(), pattern).ifPresent(problems::add);
    }
    c.facts().stream()
        .filter(fact -> fact.verdict() == Verdict.CANNOT_TELL)
        .filter(fact -> required(policy, fact.rows().id()))
        .forEach(fact -> problems.add(fact.rows().id() + ": " + fact.sentence() + "."));
    unjudged(c, policy).forEach(problems::add);
    if (c.facts().stream().noneMatch(fact -> fact.rows().both()) && c.changes().isEmpty()) {
      problems.add("the two runs have no benchmark in common.");
    } else if (c.changes().isEmpty() && policy.judgesMetrics()) {
      problems.add("the policy judges no metric that both runs have.");
    }
    return problems;
  }

  private static boolean required(Policy policy, String row) {
    return policy.required().stream().anyMatch(pattern -> Patterns.fits(pattern, row));
  }

  private static Optional<String> unfinished(String side, Optional<Results> results) {
    if (results.isEmpty()) {
      return Optional.of("the " + side + " has measured nothing.");
    }
    return results.get().status() == Results.RunStatus.COMPLETE
        ? Optional.empty()
        : Optional.of("the " + side + " is not a complete run.");
  }

  private static Optional<String> absent(String side, Stream<RowValues> rows, String pattern) {
    boolean measured =
        rows.anyMatch(
            row -> Patterns.fits(pattern, row.row().id()) && !row.figures().forks().isEmpty());
    return measured
        ? Optional.empty()
        : Optional.of("required benchmark " + pattern + " is not measured in the " + side + ".");
  }

  /**
   * Too few forks where the row is required or no other has enough, what is not measurable where it
   * is required, what is not decided where the policy says so. Once for all metrics of a row.
   */
  private static Stream<String> unjudged(RunComparison c, Policy policy) {
    boolean nothing = nothingTested(c);
    Map<List<String>, List<String>> metrics = new LinkedHashMap<>();
    for (MetricChange change : c.changes()) {
      boolean requiredRow = required(policy, change.rows().id());
      boolean needed =
          policy.whenUnsure() == Policy.WhenUnsure.REFUSE
              || (fewForks(change) && (nothing || requiredRow))
              || (!change.change().method().judges() && requiredRow);
      if (needed && change.verdict() == Verdict.CANNOT_TELL) {
        metrics
            .computeIfAbsent(
                List.of(change.rows().id(), change.judgement().reason()), k -> new ArrayList<>())
            .add(change.metric().name());
      }
    }
    return metrics.entrySet().stream()
        .map(
            e ->
                e.getKey().get(0)
                    + ", "
                    + oneOrCount(e.getValue())
                    + ": "
                    + e.getKey().get(1)
                    + ".");
  }

  private static String oneOrCount(List<String> metrics) {
    return metrics.size() == 1 ? metrics.get(0) : metrics.size() + " metrics";
  }

  private static boolean nothingTested(RunComparison c) {
    return c.changes().stream()
        .map(change -> change.change().method())
        .noneMatch(method -> method.judges() && method != Change.Method.EXACT);
  }

  private static boolean fewForks(MetricChange change) {
    return change.verdict() == Verdict.CANNOT_TELL
        && (change.change().method() == Change.Method.WELCH
            || Math.min(change.baseline().length, change.candidate().length) < 2);
  }

  /** Rows of too few forks that no rule needs: the gate says what it leaves out. */
  private static Optional<String> notJudged(RunComparison c, Policy policy) {
    if (nothingTested(c)) {
      return Optional.empty();
    }
    String rows =
        c.changes().stream()
            .filter(Gate::fewForks)
            .map(change -> change.rows().id())
            .filter(row -> !required(policy, row))
            .distinct()
            .collect(Collectors.joining(", "));
    return rows.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "note: not judged, for fewer than %d forks on a side: %s: --rounds measures more."
                .formatted(ForkComparison.FEWEST_FORKS, rows));
  }

  /** Patterns of rows that fit none: a name was mistyped, or the runs measured something else. */
  private static Stream<String> unmatched(RunComparison c, Policy policy) {
    return policy.metrics().stream()
        .map(Policy.Gated::rows)
        .distinct()
        .filter(
            pattern ->
                Stream.of(c.baseline(), c.candidate())
                    .flatMap(run -> run.rows().values().stream())
                    .noneMatch(row -> Patterns.fits(pattern, row.row().id())))
        .map(pattern -> "note: the policy's rows \"" + pattern + "\" fit no row of the two runs.");
  }

  private static List<String> waivers(Policy policy, LocalDate today, Set<Policy.Waiver> used) {
    List<String> remarks = new ArrayList<>();
    for (Policy.Waiver waiver : policy.waivers()) {
      if (waiver.lastDay().isBefore(today)) {
        remarks.add(
            "error: the waiver of "
                + waiver.sentence()
                + " ended on "
                + waiver.until()
                + ": it lets nothing pass. Remove or renew it.");
      } else if (!used.contains(waiver)) {
        remarks.add("note: nothing needed the waiver of " + waiver.sentence() + ".");
      }
    }
    return remarks;
  }
}
