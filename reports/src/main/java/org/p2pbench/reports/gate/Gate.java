// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.gate;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.p2pbench.reports.compare.Fact;
import org.p2pbench.reports.compare.MetricChange;
import org.p2pbench.reports.compare.RunComparison;
import org.p2pbench.reports.compare.Summary;
import org.p2pbench.reports.metrics.RowValues;
import org.p2pbench.reports.regression.Change;
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
    return new Gate(comparison, result, problems, remarks(policy, today, used));
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
    for (MetricChange change : c.changes()) {
      unjudged(change, policy).ifPresent(problems::add);
    }
    if (c.facts().isEmpty() && c.changes().isEmpty()) {
      problems.add("the two runs have no benchmark in common.");
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

  /** Too few forks always; what is not measurable or not decided where the policy says so. */
  private static Optional<String> unjudged(MetricChange change, Policy policy) {
    if (change.verdict() != Verdict.CANNOT_TELL) {
      return Optional.empty();
    }
    boolean fewForks =
        change.change().method() == Change.Method.WELCH
            || Math.min(change.baseline().length, change.candidate().length) < 2;
    boolean needed =
        fewForks
            || policy.whenUnsure() == Policy.WhenUnsure.REFUSE
            || (!change.change().method().judges() && required(policy, change.rows().id()));
    return needed
        ? Optional.of(
            change.rows().id()
                + ", "
                + change.metric().name()
                + ": "
                + change.judgement().reason()
                + ".")
        : Optional.empty();
  }

  private static List<String> remarks(Policy policy, LocalDate today, Set<Policy.Waiver> used) {
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
