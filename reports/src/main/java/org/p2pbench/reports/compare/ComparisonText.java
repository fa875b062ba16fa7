// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.compare;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.p2pbench.reports.regression.Change;
import org.p2pbench.reports.regression.Verdict;

/** The comparison for a terminal: remarks, what matters first, the counts last. */
public final class ComparisonText {
  private ComparisonText() {}

  /** How many cells a row has. */
  public static final int COLUMNS = 6;

  /**
   * Verdict, row, metric, values, effect and reason of everything that is said, in this order. What
   * is the same of many rows, and has no figures to look at, is said once.
   */
  public static List<List<String>> rows(RunComparison comparison) {
    List<List<String>> rows = new ArrayList<>();
    comparison.facts().stream()
        .filter(fact -> fact.verdict() != Verdict.EQUIVALENT)
        .map(
            fact ->
                List.of(
                    Wording.verdict(fact.verdict())
                        + (fact.waiver().isPresent() ? " (waived)" : ""),
                    fact.rows().id(),
                    Fact.NAME,
                    "",
                    "",
                    fact.sentence()))
        .forEach(rows::add);
    comparison.changes().stream()
        .filter(change -> change.change().method() != Change.Method.NONE)
        .map(ComparisonText::row)
        .forEach(rows::add);
    comparison.changes().stream()
        .filter(change -> change.change().method() == Change.Method.NONE)
        .collect(groupingBy(MetricChange::metric, LinkedHashMap::new, toList()))
        .values()
        .forEach(changes -> rows.add(notCompared(changes)));
    comparison.facts().stream()
        .filter(fact -> fact.verdict() == Verdict.EQUIVALENT)
        .collect(groupingBy(Fact::sentence, LinkedHashMap::new, counting()))
        .forEach(
            (sentence, count) ->
                rows.add(
                    List.of(
                        Wording.verdict(Verdict.EQUIVALENT),
                        many(count),
                        Fact.NAME,
                        "",
                        "",
                        sentence)));
    return rows;
  }

  private static List<String> row(MetricChange change) {
    return List.of(
        Wording.verdict(change),
        change.rows().id(),
        change.metric().name(),
        Wording.values(change),
        Wording.effect(change),
        Wording.reason(change));
  }

  /** A metric that was not compared, in one row or many. */
  private static List<String> notCompared(List<MetricChange> changes) {
    MetricChange first = changes.get(0);
    long reasons = changes.stream().map(Wording::reason).distinct().count();
    return changes.size() == 1
        ? row(first)
        : List.of(
            Wording.verdict(first),
            many(changes.size()),
            first.metric().name(),
            "",
            "",
            Wording.reason(first)
                + (reasons > 1 ? " (" + first.rows().id() + "; the others alike)" : ""));
  }

  private static String many(long rows) {
    return rows == 1 ? "1 row" : rows + " rows";
  }

  /** What belongs beside the figures. */
  public static List<String> remarks(RunComparison comparison) {
    return Wording.remarks(comparison).stream().map(Wording::oneLine).toList();
  }

  /** "emulated: no CMB, a memory region stands in for one; 2 regressed, 40 equivalent". */
  public static String counts(RunComparison comparison) {
    return comparison.machineClass().label() + ": " + Wording.counts(comparison);
  }
}
