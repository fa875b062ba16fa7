// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * Shifts of one machine's series that lie so close together that one change probably made all of
 * them. A shift's own place is uncertain by a few runs, so those within {@link #REACH} runs of the
 * place that most series name are one event.
 *
 * @param run the first run of the new level, as its place among the machine's runs
 * @param from the earliest place that fits all of its shifts about as well; where no place does,
 *     the first of their own
 * @param to the latest one
 * @param members one for each series
 */
public record TrendEvent(int run, int from, int to, List<Member> members) {
  /** Runs on each side. */
  static final int REACH = 2;

  /**
   * One series' part in it.
   *
   * @param place of the shift among the machine's runs
   */
  public record Member(TrendSeries series, TrendSeries.Shift shift, int place) {
    private boolean sure() {
      return series.state() != TrendSeries.State.WEAK;
    }
  }

  /** Makes the list immutable. */
  public TrendEvent {
    members = List.copyOf(members);
  }

  /** The events of a machine, oldest first. */
  static List<TrendEvent> of(MachineTrend machine) {
    List<Member> left = new ArrayList<>();
    for (TrendSeries series : machine.series()) {
      for (TrendSeries.Shift shift : series.shifts()) {
        left.add(new Member(series, shift, machine.place(series, shift.point().index())));
      }
    }
    left.sort(Comparator.comparingInt(Member::place));
    List<TrendEvent> events = new ArrayList<>();
    while (!left.isEmpty()) {
      int run = busiest(left);
      List<Member> near = left.stream().filter(m -> near(m, run)).toList();
      events.add(of(machine, run, near));
      left.removeAll(near);
    }
    events.sort(Comparator.comparingInt(TrendEvent::run));
    return events;
  }

  /** The place with most sure shifts at it, then near it, then with most shifts near it. */
  private static int busiest(List<Member> members) {
    return members.stream()
        .map(Member::place)
        .distinct()
        .max(
            Comparator.<Integer>comparingLong(
                    place -> count(members, m -> m.sure() && near(m, place)))
                .thenComparing(place -> count(members, m -> near(m, place)))
                .thenComparing(place -> count(members, m -> m.place() == place))
                .thenComparing(Comparator.reverseOrder()))
        .orElseThrow();
  }

  private static long count(List<Member> members, Predicate<Member> which) {
    return members.stream().filter(which).count();
  }

  private static boolean near(Member member, int place) {
    return Math.abs(member.place() - place) <= REACH;
  }

  private static TrendEvent of(MachineTrend machine, int run, List<Member> members) {
    int from =
        members.stream()
            .mapToInt(m -> machine.place(m.series(), m.shift().point().from()))
            .max()
            .orElseThrow();
    int to =
        members.stream()
            .mapToInt(m -> machine.place(m.series(), m.shift().point().to()))
            .min()
            .orElseThrow();
    return from <= to
        ? new TrendEvent(run, from, to, members)
        : new TrendEvent(
            run, members.get(0).place(), members.get(members.size() - 1).place(), members);
  }

  /** Whether a series of it alerts because of it. */
  public boolean alerts() {
    return members.stream().anyMatch(m -> m.series().alerts(m.shift()));
  }

  /** Members that got worse. */
  public long worse() {
    return count(members, m -> m.shift().worse());
  }

  /** Members that may be chance. */
  public long weak() {
    return count(members, m -> !m.sure());
  }
}
