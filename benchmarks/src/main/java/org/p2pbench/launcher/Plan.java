// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a run measures, in which order.
 *
 * @param profile its name
 * @param timing how long each fork measures
 * @param rows in the order of the report
 */
record Plan(String profile, Profile.Timing timing, List<RowPlan> rows) {

  /**
   * One fork of one row.
   *
   * @param row what
   * @param round which round; forks of one group with the same round are compared in pairs
   * @param position place within the round
   */
  record Fork(RowPlan row, int round, int position) {}

  /**
   * Every fork in the order in which they run: group after group; within a group round after round,
   * odd rounds in reverse (A B B A), so that a drift of the machine meets both twins alike.
   */
  List<Fork> forks() {
    Map<String, List<RowPlan>> groups = new LinkedHashMap<>();
    rows.forEach(r -> groups.computeIfAbsent(r.group(), g -> new ArrayList<>()).add(r));
    List<Fork> forks = new ArrayList<>();
    for (List<RowPlan> group : groups.values()) {
      for (int round = 0; round < roundsOf(group); round++) {
        List<RowPlan> order = new ArrayList<>(group);
        if (round % 2 == 1) {
          Collections.reverse(order);
        }
        for (int position = 0; position < order.size(); position++) {
          forks.add(new Fork(order.get(position), round, position));
        }
      }
    }
    return forks;
  }

  /** Rows without a twin have no pairs to form: one fork less noise matters little. */
  private int roundsOf(List<RowPlan> group) {
    boolean twins = group.size() > 1 && !group.get(0).question().equals("copy");
    return twins && !group.get(0).question().equals("pin") ? timing.rounds() : 1;
  }
}
