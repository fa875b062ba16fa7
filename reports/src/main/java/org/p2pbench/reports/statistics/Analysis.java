// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.statistics;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.p2pbench.reports.rundir.BadRunDirectoryException;
import org.p2pbench.reports.rundir.Fork;
import org.p2pbench.reports.rundir.IoReason;
import org.p2pbench.reports.rundir.LatencyCounts;
import org.p2pbench.reports.rundir.LatencyLog;
import org.p2pbench.reports.rundir.MachineClass;
import org.p2pbench.reports.rundir.Row;
import org.p2pbench.reports.rundir.RunDirectory;
import org.p2pbench.reports.rundir.Stage;

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
   * Reads the latency logs, as many at a time as there are processors, and computes the figures.
   *
   * @throws BadRunDirectoryException where a log is damaged
   */
  public static Analysis of(RunDirectory run) throws BadRunDirectoryException {
    List<Measured> measured =
        run.rows().stream()
            .flatMap(row -> row.forks().stream().map(fork -> new Measured(row, fork)))
            .filter(one -> !one.fork().iterations().isEmpty())
            .toList();
    List<ReadFork> read = measured.parallelStream().map(one -> read(run, one)).toList();
    Map<Row, List<ForkFigures>> forks = new IdentityHashMap<>();
    List<String> missing = new ArrayList<>(run.missing());
    for (int i = 0; i < read.size(); i++) {
      ReadFork fork = read.get(i);
      if (fork.damage().isPresent()) {
        throw fork.damage().get();
      }
      fork.missing().ifPresent(missing::add);
      forks
          .computeIfAbsent(measured.get(i).row(), row -> new ArrayList<>())
          .add(fork.figures().orElseThrow());
    }
    List<RowFigures> rows =
        run.rows().stream()
            .map(row -> new RowFigures(row, forks.getOrDefault(row, List.of())))
            .toList();
    return new Analysis(run, rows, missing);
  }

  /** A fork and the row that it belongs to. */
  private record Measured(Row row, Fork fork) {}

  /** What reading a fork's log came to: figures, perhaps with something missing, or damage. */
  private record ReadFork(
      Optional<ForkFigures> figures,
      Optional<String> missing,
      Optional<BadRunDirectoryException> damage) {

    static ReadFork of(Measured one, Map<Stage, LatencyCounts> stages, Optional<String> missing) {
      ForkFigures figures = ForkFigures.of(one.fork(), one.row().parameters(), stages);
      return new ReadFork(Optional.of(figures), missing, Optional.empty());
    }
  }

  private static ReadFork read(RunDirectory run, Measured one) {
    String hlog = one.fork().hlog();
    if (hlog == null) {
      return ReadFork.of(one, Map.of(), Optional.empty());
    }
    try {
      LatencyLog log = LatencyLog.read(run.path().resolve(hlog));
      String cutOff = hlog + " is cut off: its last interval was left out.";
      return ReadFork.of(one, log.stages(), log.cutOff() ? Optional.of(cutOff) : Optional.empty());
    } catch (BadRunDirectoryException e) {
      return new ReadFork(Optional.empty(), Optional.empty(), Optional.of(e));
    } catch (NoSuchFileException e) {
      return ReadFork.of(one, Map.of(), Optional.empty()); // the run directory's own list has it
    } catch (IOException e) {
      String reason =
          hlog + " cannot be read (" + IoReason.of(e) + "): this fork has no latencies.";
      return ReadFork.of(one, Map.of(), Optional.of(reason));
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
        if (a.sharesGroupWith(b) && comparison.compares(a.parameters(), b.parameters())) {
          contrasts.add(new Contrast(comparison, a, b));
        }
      }
    }
    contrasts.sort(java.util.Comparator.comparingLong(Contrast::blockBytes));
    return contrasts;
  }

  /** The row of the same group, beside the same load, that others are divided by. */
  public Optional<RowFigures> baselineOf(RowFigures row) {
    return rows.stream()
        .filter(r -> !r.forks().isEmpty())
        .filter(row::sharesGroupWith)
        .filter(r -> Objects.equals(r.parameters().load(), row.parameters().load()))
        .filter(r -> Comparison.isBaseline(r.parameters()))
        .findFirst();
  }

  /** The load without transfers that a row beside it is held against; empty for any other row. */
  public Optional<RowFigures> loadAlone(RowFigures row) {
    return row.parameters().memory() == null || !row.parameters().loaded()
        ? Optional.empty()
        : rows.stream()
            .filter(r -> !r.forks().isEmpty())
            .filter(row::sharesGroupWith)
            .filter(r -> r.parameters().loaded() && r.parameters().memory() == null)
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
