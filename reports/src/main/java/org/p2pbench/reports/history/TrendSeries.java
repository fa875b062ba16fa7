// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.history;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.p2pbench.reports.metrics.RowKey;
import org.p2pbench.reports.metrics.TrackedMetric;
import org.p2pbench.reports.regression.Better;
import org.p2pbench.reports.regression.ChangePoint;
import org.p2pbench.reports.regression.ChangePoints;
import org.p2pbench.reports.regression.SeriesAnalysis;
import org.p2pbench.reports.rundir.MachineClass;

/**
 * One metric of one row over the runs of one machine.
 *
 * @param runs that have it, oldest first
 * @param values of those runs
 * @param smallestChange relative change that matters; no smaller one alerts
 * @param outliers places of lone spikes, which are no changes
 */
public record TrendSeries(
    Subject subject,
    List<StoredRun> runs,
    double[] values,
    double smallestChange,
    State state,
    List<Shift> shifts,
    List<Integer> outliers) {

  /** What a series is of. */
  public record Subject(RowKey row, MachineClass machineClass, TrackedMetric metric) {}

  /** What was found, the analysis null where there was none. */
  record Found(
      SeriesAnalysis analysis,
      List<ChangePoint> alerts,
      double smallestChange,
      double offset,
      int recentRuns) {}

  /** What a series shows. */
  public enum State {
    /** It got worse lately, surely and by enough. */
    ALERT,
    /** It moved. */
    CHANGED,
    /** It may be chance: found at 5 % alone, or no more than is expected among so many series. */
    WEAK,
    /** It did not move. */
    FLAT,
    /** Too few runs to say. */
    TOO_FEW_RUNS,
    /** It has a zero, and so no ratio. */
    NOT_ANALYSED;

    /** The word in tables and JSON. */
    public String label() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }
  }

  /**
   * A move to another level.
   *
   * @param point places are those of the series' runs; before and after are as measured
   * @param alert whether it is sure and large enough to alert
   * @param large whether it is as large as matters, and as the machine's noise floor
   * @param worse whether it is a change for the worse
   * @param recent whether it is at the end of the series
   */
  public record Shift(
      ChangePoint point, boolean alert, boolean large, boolean worse, boolean recent) {}

  /** Makes the lists immutable. */
  public TrendSeries {
    runs = List.copyOf(runs);
    shifts = List.copyOf(shifts);
    outliers = List.copyOf(outliers);
  }

  static TrendSeries of(Subject subject, List<StoredRun> runs, double[] values, Found found) {
    SeriesAnalysis analysis = found.analysis();
    if (analysis == null) {
      boolean constant = Arrays.stream(values).allMatch(v -> v == values[0]);
      State state =
          values.length < ChangePoints.FEWEST_RUNS
              ? State.TOO_FEW_RUNS
              : constant ? State.FLAT : State.NOT_ANALYSED;
      return new TrendSeries(
          subject, runs, values, found.smallestChange(), state, List.of(), List.of());
    }
    List<Shift> shifts = new ArrayList<>();
    for (ChangePoint point : analysis.changes()) {
      boolean worse = worsening(subject.metric().better(), point) > 0;
      boolean alert = found.alerts().stream().anyMatch(a -> near(a, point));
      boolean large = Math.abs(Math.log(point.ratio())) >= Math.log1p(found.smallestChange());
      boolean recent = point.index() >= values.length - found.recentRuns();
      shifts.add(new Shift(moved(point, found.offset()), alert, large, worse, recent));
    }
    return new TrendSeries(
        subject,
        runs,
        values,
        found.smallestChange(),
        state(shifts, analysis.weak()),
        shifts,
        analysis.outliers());
  }

  private static double worsening(Better better, ChangePoint point) {
    return better.worsening(point.after() / point.before());
  }

  /** An alert's search has a lower level, so its place may differ by a run or two. */
  private static boolean near(ChangePoint a, ChangePoint b) {
    return a.index() >= b.from() && a.index() <= b.to() || Math.abs(a.index() - b.index()) <= 3;
  }

  private static ChangePoint moved(ChangePoint p, double offset) {
    return offset == 0
        ? p
        : new ChangePoint(
            p.index(),
            p.from(),
            p.to(),
            p.before() - offset,
            p.after() - offset,
            Double.NaN,
            Double.NaN,
            Double.NaN,
            p.p());
  }

  private static State state(List<Shift> shifts, boolean weak) {
    if (shifts.isEmpty()) {
      return State.FLAT;
    }
    if (shifts.stream().anyMatch(s -> s.alert() && s.worse() && s.recent())) {
      return State.ALERT;
    }
    return weak ? State.WEAK : State.CHANGED;
  }

  /** Whether a shift of it is one for the worse, at the end, and sure enough to alert. */
  public boolean alerts(Shift shift) {
    return alertAtTheEnd() && shift.alert() && shift.worse() && shift.recent();
  }

  /** Whether it got worse lately and is sure enough to alert. */
  public boolean alertAtTheEnd() {
    return state == State.ALERT;
  }

  /** The last run of the old level and the first of the new one. */
  public List<StoredRun> around(Shift shift) {
    return List.of(runs.get(shift.point().index() - 1), runs.get(shift.point().index()));
  }

  /** "1a2b3c4..5d6e7f8": where the change may have come in. */
  public String revisions(Shift shift) {
    return revisions(runs.get(Math.max(0, shift.point().from() - 1)), runs.get(shift.point().to()));
  }

  static String revisions(StoredRun last, StoredRun first) {
    return last.revision().equals(first.revision())
        ? first.revision()
        : last.revision() + ".." + first.revision();
  }
}
