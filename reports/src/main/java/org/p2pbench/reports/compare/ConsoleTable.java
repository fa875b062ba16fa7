// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.compare;

import java.util.ArrayList;
import java.util.List;

/** The comparison as lines of text: remarks, what matters first, the counts last. */
public final class ConsoleTable {
  private ConsoleTable() {}

  /** All lines but the remarks. */
  public static List<String> lines(RunComparison comparison) {
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
    return aligned(rows);
  }

  /** What belongs beside the figures. */
  public static List<String> remarks(RunComparison comparison) {
    return Wording.remarks(comparison).stream().map(Wording::oneLine).toList();
  }

  /** "emulated: no CMB, a memory region stands in for one; 2 regressed, 40 equivalent". */
  public static String counts(RunComparison comparison) {
    return comparison.machineClass().label() + ": " + Wording.counts(comparison);
  }

  private static List<String> aligned(List<List<String>> rows) {
    if (rows.isEmpty()) {
      return List.of();
    }
    int columns = rows.get(0).size();
    int[] widths = new int[columns];
    rows.forEach(
        row -> {
          for (int i = 0; i < columns; i++) {
            widths[i] = Math.max(widths[i], row.get(i).length());
          }
        });
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      if (widths[i] > 0) {
        line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
      }
    }
    return Wording.oneLine(line.toString()).stripTrailing();
  }
}
