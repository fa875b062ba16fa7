// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.p2pbench.reports.charts.Units;
import org.p2pbench.reports.fingerprint.Difference;
import org.p2pbench.reports.metrics.TrackedMetric;
import org.p2pbench.reports.page.RowNames;
import org.p2pbench.reports.rundir.MachineClass;
import org.p2pbench.reports.rundir.Row;

/** A trend in words and figures, the same on a terminal and on the page. */
public final class TrendText {
  private TrendText() {}

  /** Heads of the table of shifts. */
  public static final List<String> HEADS =
      List.of(
          "State", "Benchmark", "Metric", "Before", "After", "Change", "Since run", "Revisions");

  /** One line of the table of shifts, a cell for each head. */
  public static List<String> cells(TrendSeries series, TrendSeries.Shift shift) {
    TrackedMetric metric = series.subject().metric();
    return List.of(
        state(series, shift),
        name(series.subject()),
        metric.label(),
        metric.text(shift.point().before()),
        metric.text(shift.point().after()),
        change(shift),
        series.runs().get(shift.point().index()).id(),
        series.revisions(shift));
  }

  /**
   * "alert", "worse", "better"; with "weak" where it may be chance among so many series, "small"
   * where it is less than what matters or than the machine's noise floor.
   */
  public static String state(TrendSeries series, TrendSeries.Shift shift) {
    if (series.alerts(shift)) {
      return "alert";
    }
    return (shift.worse() ? "worse" : "better")
        + (series.state() == TrendSeries.State.WEAK
            ? ", " + series.state().label()
            : shift.large() ? "" : ", small");
  }

  /** "+8.20 % [7.10, 9.30]", or "" where there is no ratio. */
  public static String change(TrendSeries.Shift shift) {
    if (Double.isNaN(shift.point().ratio())) {
      return "";
    }
    return String.format(
        Locale.ROOT,
        "%s [%s, %s]",
        percent(shift.point().ratio()),
        plain(shift.point().low()),
        plain(shift.point().high()));
  }

  /** "+8.20 %". */
  public static String percent(double ratio) {
    return plain(ratio) + " %";
  }

  private static String plain(double ratio) {
    double percent = (ratio - 1) * 100;
    return (percent > 0 ? "+" : percent < 0 ? "−" : "") + Units.number(Math.abs(percent));
  }

  /** The row in the words of the other tables. */
  public static String name(TrendSeries.Subject subject) {
    String what = subject.row().parameters().what();
    String id = subject.row().benchmark() + (what == null ? "" : " " + what);
    return RowNames.of(
        new Row(
            id,
            subject.row().benchmark(),
            id,
            subject.row().parameters(),
            subject.machineClass(),
            Row.RowStatus.MEASURED,
            null,
            List.of()));
  }

  /** "machine 0c9a6f31d2be, emulated: 60 runs of main from 2026-01-31 to 2026-03-31". */
  public static String machine(MachineTrend machine, String branch) {
    List<StoredRun> runs = machine.runs();
    MachineClass machineClass = machine.machineClass();
    return "machine "
        + machine.fingerprint()
        + ", "
        + machineClass.label()
        + " ("
        + machineClass.meaning()
        + "): "
        + runs.size()
        + (runs.size() == 1 ? " run" : " runs")
        + " of "
        + branch
        + " from "
        + runs.get(0).startedAt().substring(0, 10)
        + " to "
        + runs.get(runs.size() - 1).startedAt().substring(0, 10);
  }

  /** "24 series: 1 alert, 2 changed, 21 flat". */
  public static String counts(List<TrendSeries> series) {
    String states =
        series.stream()
            .collect(
                Collectors.groupingBy(
                    TrendSeries::state, java.util.TreeMap::new, Collectors.counting()))
            .entrySet()
            .stream()
            .map(e -> e.getValue() + " " + e.getKey().label())
            .collect(Collectors.joining(", "));
    return series.size() + " series: " + states;
  }

  /**
   * "one change at run-0050, 1a2b3f1..1a2b3f2: 14 series, 12 worse, 2 better, 3 of them weak", with
   * what changed on the machine there.
   */
  public static String event(MachineTrend machine, TrendEvent event) {
    List<Difference> there = machine.environmentChanges(event);
    return "one change at "
        + machine.runs().get(event.run()).id()
        + ", "
        + machine.revisions(event)
        + ": "
        + members(event)
        + (there.isEmpty() ? "" : "; the environment changed there: " + differences(there));
  }

  /** "14 series, 12 worse, 2 better, 3 of them weak". */
  static String members(TrendEvent event) {
    int series = event.members().size();
    List<String> parts = new ArrayList<>(List.of(series + " series"));
    if (event.worse() > 0) {
      parts.add(event.worse() + " worse");
    }
    if (event.worse() < series) {
      parts.add(series - event.worse() + " better");
    }
    if (event.weak() > 0) {
      parts.add(event.weak() + " of them weak");
    }
    return String.join(", ", parts);
  }

  /** Why there is no change to tell of. */
  static String still(TrendSeries series) {
    int runs = series.values().length;
    return switch (series.state()) {
      case TOO_FEW_RUNS -> runs + " of the 8 runs that it takes to see a change";
      case NOT_ANALYSED -> "not analysed: a run has 0, of which there is no ratio";
      default -> "no change in " + runs + " runs";
    };
  }

  static String capital(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }

  /** "kernel: 6.12.1, then 6.12.5; governor: ...". */
  public static String differences(List<Difference> differences) {
    return differences.stream().map(Difference::sentence).collect(Collectors.joining("; "));
  }
}
