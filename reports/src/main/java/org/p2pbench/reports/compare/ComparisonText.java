// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.compare;

import java.util.ArrayList;
import java.util.List;

/** The comparison for a terminal: remarks, what matters first, the counts last. */
public final class ComparisonText {
  private ComparisonText() {}

  /** How many cells a row has. */
  public static final int COLUMNS = 6;

  /** Verdict, row, metric, values, effect and reason of everything that is said, in this order. */
  public static List<List<String>> rows(RunComparison comparison) {
    List<List<String>> rows = new ArrayList<>();
    comparison.facts().stream()
        .filter(fact -> fact.verdict() != org.p2pbench.reports.regression.Verdict.EQUIVALENT)
        .forEach(
            fact ->
                rows.add(
                    List.of(
                        Wording.verdict(fact.verdict())
                            + (fact.waiver().isPresent() ? " (waived)" : ""),
                        fact.rows().id(),
                        Fact.NAME,
                        "",
                        "",
                        fact.sentence())));
    comparison
        .changes()
        .forEach(
            change ->
                rows.add(
                    List.of(
                        Wording.verdict(change),
                        change.rows().id(),
                        change.metric().name(),
                        Wording.values(change),
                        Wording.effect(change),
                        Wording.reason(change))));
    return rows;
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
