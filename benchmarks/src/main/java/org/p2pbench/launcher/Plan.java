// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a run measures, in which order.
 *
 * @param profile its name
 * @param timing how long each fork measures
 * @param rows in the order of the report
 * @param everyRowRepeats whether what has no twin is measured in every round too
 * @param p99BoundNs the p99 that an open loop shall stay below, for the report
 */
record Plan(
    String profile,
    Profile.Timing timing,
    List<RowPlan> rows,
    boolean everyRowRepeats,
    OptionalLong p99BoundNs) {

  /** Questions that pairs of forks answer. */
  private static final Set<String> COMPARED =
      Set.of("transfer", "drain", RowPlan.BUSY_MEMORY, RowPlan.OPEN_LOOP, RowPlan.OVERHEAD);

  /** The plan of one run. */
  Plan(String profile, Profile.Timing timing, List<RowPlan> rows) {
    this(profile, timing, rows, false, OptionalLong.empty());
  }

  /** Some of the rows, as often as told. */
  Plan repeating(List<RowPlan> some, int rounds) {
    return new Plan(profile, timing.withRounds(rounds), some, true, p99BoundNs);
  }

  /**
   * One fork of one row.
   *
   * @param row what
   * @param round which round; forks of one group with the same round are compared in pairs
   * @param position place within the round
   */
  record Fork(RowPlan row, int round, int position) {

    /** The fork of another row in the same place. */
    Fork of(RowPlan other) {
      return new Fork(other, round, position);
    }
  }

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

  /** Most bytes that transactions of one row have in flight. */
  long bytesInFlight() {
    return rows.stream().mapToLong(RowPlan::bytesInFlight).max().orElse(0);
  }

  /**
   * What is not compared in pairs is measured once, copies and baselines of a machine; pinning in
   * half of the rounds, for the line through its sizes has an interval only with some forks.
   */
  private int roundsOf(List<RowPlan> group) {
    String question = group.get(0).question();
    if (everyRowRepeats || COMPARED.contains(question)) {
      return timing.rounds();
    }
    return question.equals("pin") ? Math.max(1, timing.rounds() / 2) : 1;
  }
}
