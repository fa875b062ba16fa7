// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.statistics;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.p2pbench.reports.rundir.BadRunDirectoryException;
import org.p2pbench.reports.rundir.Fork;
import org.p2pbench.reports.rundir.IoReason;
import org.p2pbench.reports.rundir.LatencyLog;
import org.p2pbench.reports.rundir.MachineClass;
import org.p2pbench.reports.rundir.Row;
import org.p2pbench.reports.rundir.RunDirectory;

/**
 * A run with all its figures. {@code missing} is the run directory's, with what the latency logs
 * added.
 */
public record Analysis(RunDirectory run, List<RowFigures> rows, List<String> missing) {

  /** Makes the lists immutable. */
  public Analysis {
    rows = List.copyOf(rows);
    missing = List.copyOf(missing);
  }

  /**
   * Reads the latency logs, one at a time, and computes the figures.
   *
   * @throws BadRunDirectoryException where a log is damaged
   */
  public static Analysis of(RunDirectory run) throws BadRunDirectoryException {
    List<String> missing = new ArrayList<>(run.missing());
    List<RowFigures> rows = new ArrayList<>();
    for (Row row : run.rows()) {
      List<ForkFigures> forks = new ArrayList<>();
      for (Fork fork : row.forks()) {
        if (!fork.iterations().isEmpty()) {
          LatencyLog log = latencies(run, fork, missing);
          forks.add(ForkFigures.of(fork, row.parameters(), log.stages()));
        }
      }
      rows.add(new RowFigures(row, forks));
    }
    return new Analysis(run, rows, missing);
  }

  private static LatencyLog latencies(RunDirectory run, Fork fork, List<String> missing)
      throws BadRunDirectoryException {
    LatencyLog none = new LatencyLog(Map.of(), false);
    if (fork.hlog() == null) {
      return none;
    }
    try {
      LatencyLog log = LatencyLog.read(run.path().resolve(fork.hlog()));
      if (log.cutOff()) {
        missing.add(fork.hlog() + " is cut off: its last interval was left out.");
      }
      return log;
    } catch (java.nio.file.NoSuchFileException e) {
      return none; // the run directory's own list has it
    } catch (IOException e) {
      missing.add(
          fork.hlog() + " cannot be read (" + IoReason.of(e) + "): this fork has no latencies.");
      return none;
    }
  }

  /** The machine class of the run. */
  public MachineClass machineClass() {
    return run.machineClass();
  }

  /** Rows of a benchmark that have at least one fork, in the order of the run. */
  public List<RowFigures> measured(String benchmark) {
    return rows.stream()
        .filter(r -> r.row().benchmark().equals(benchmark) && !r.forks().isEmpty())
        .toList();
  }

  /** Measured rows of a benchmark by setting; the best one for an answer comes first. */
  public Map<Setting, List<RowFigures>> settings(String benchmark) {
    Map<Setting, List<RowFigures>> settings =
        measured(benchmark).stream()
            .collect(
                Collectors.groupingBy(
                    r -> Setting.of(r.row()), LinkedHashMap::new, Collectors.toList()));
    return settings.entrySet().stream()
        .sorted((x, y) -> Long.compare(answers(y.getValue()), answers(x.getValue())))
        .collect(
            Collectors.toMap(
                Map.Entry::getKey, Map.Entry::getValue, (x, y) -> x, LinkedHashMap::new));
  }

  /** Every pair of measured twins that answers a question, small blocks first. */
  public List<Contrast> contrasts(Comparison comparison, List<RowFigures> among) {
    List<Contrast> contrasts = new ArrayList<>();
    for (RowFigures a : among) {
      for (RowFigures b : among) {
        if (a.row().group().equals(b.row().group())
            && comparison.compares(a.parameters(), b.parameters())) {
          contrasts.add(new Contrast(comparison, a, b));
        }
      }
    }
    contrasts.sort(java.util.Comparator.comparingLong(Contrast::blockBytes));
    return contrasts;
  }

  /** The row of the same group that others are divided by. */
  public Optional<RowFigures> baselineOf(RowFigures row) {
    return rows.stream()
        .filter(r -> !r.forks().isEmpty())
        .filter(r -> r.row().group().equals(row.row().group()))
        .filter(r -> Comparison.isBaseline(r.parameters()))
        .findFirst();
  }

  /** Block sizes at which the question of the whole project is answered among these rows. */
  private long answers(List<RowFigures> among) {
    return contrasts(Comparison.DIRECT, among).stream()
        .map(Contrast::blockBytes)
        .collect(Collectors.toCollection(TreeSet::new))
        .size();
  }
}
