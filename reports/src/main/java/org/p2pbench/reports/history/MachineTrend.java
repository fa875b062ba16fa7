// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.p2pbench.reports.fingerprint.Difference;
import org.p2pbench.reports.fingerprint.Fingerprint;
import org.p2pbench.reports.rundir.MachineClass;

/**
 * The series of one machine.
 *
 * @param runs all of its runs, oldest first
 */
public record MachineTrend(List<StoredRun> runs, List<TrendSeries> series) {

  /** Makes the lists immutable. */
  public MachineTrend {
    runs = List.copyOf(runs);
    series = List.copyOf(series);
  }

  /**
   * What changed on the machine before a run.
   *
   * @param run the first run after it, as its place among the machine's runs
   */
  public record EnvironmentChange(int run, List<Difference> differences) {}

  /** The machine's fingerprint. */
  public String fingerprint() {
    return runs.get(0).fingerprint();
  }

  /** The machine's class. */
  public MachineClass machineClass() {
    return runs.get(0).machineClass();
  }

  /** What the fingerprint is made of. */
  public Map<String, String> machine() {
    return runs.get(0).machine();
  }

  /** Every change of the environment, oldest first. */
  public List<EnvironmentChange> environmentChanges() {
    List<EnvironmentChange> changes = new ArrayList<>();
    for (int i = 1; i < runs.size(); i++) {
      List<Difference> differences =
          circumstances(runs.get(i - 1)).warnings(circumstances(runs.get(i)));
      if (!differences.isEmpty()) {
        changes.add(new EnvironmentChange(i, differences));
      }
    }
    return changes;
  }

  /** What changed on the machine where a shift may have come from: the range of its places. */
  public List<Difference> environmentChanges(TrendSeries series, TrendSeries.Shift shift) {
    return environmentChanges(
        place(series, Math.max(0, shift.point().from() - 1)), place(series, shift.point().to()));
  }

  /** The same of several series that shifted together. */
  public List<Difference> environmentChanges(TrendEvent event) {
    return environmentChanges(Math.max(0, event.from() - 1), event.to());
  }

  private List<Difference> environmentChanges(int after, int to) {
    return environmentChanges().stream()
        .filter(change -> change.run() > after && change.run() <= to)
        .flatMap(change -> change.differences().stream())
        .toList();
  }

  /** Shifts of several series at about the same run are one event; oldest first. */
  public List<TrendEvent> events() {
    return TrendEvent.of(this);
  }

  /** "1a2b3c4..5d6e7f8": where what made an event may have come in. */
  public String revisions(TrendEvent event) {
    return TrendSeries.revisions(runs.get(Math.max(0, event.from() - 1)), runs.get(event.to()));
  }

  /** The place among the machine's runs of one of a series. */
  public int place(TrendSeries series, int index) {
    return runs.indexOf(series.runs().get(index));
  }

  private static Fingerprint circumstances(StoredRun run) {
    return new Fingerprint(run.machine(), run.environment());
  }
}
