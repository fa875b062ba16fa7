// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.p2pbench.reports.charts.Units;
import org.p2pbench.reports.rundir.Environment;
import org.p2pbench.reports.rundir.Parameters;
import org.p2pbench.reports.statistics.Analysis;
import org.p2pbench.reports.statistics.RowFigures;

/** How the transactions of rows with several sources or targets spread over them. Stateless. */
final class ThreadShares {
  /** What p2pbench makes below the directory that the user named. */
  private static final Pattern FRESH =
      Pattern.compile("/p2pbench-scratch-[0-9a-fA-F]{16}/(source|target)\\.bin$");

  private ThreadShares() {}

  /** Each thread's share, from where it filled and to where it drained. */
  static Optional<Block> table(Analysis analysis) {
    List<List<List<Cell>>> groups =
        analysis.measured("transfer").stream()
            .filter(row -> row.parameters().sources() != null)
            .map(row -> threads(analysis, row))
            .filter(group -> !group.isEmpty())
            .toList();
    return groups.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Block.Table(
                analysis.machineClass(),
                "Each thread's share",
                List.of("Block", "Path", "Setting", "Thread", "Transactions", "From", "To"),
                groups,
                "Of all transactions of the row, forks together. Threads take turns on sources and"
                    + " targets."));
  }

  private static List<List<Cell>> threads(Analysis analysis, RowFigures row) {
    Environment environment = analysis.run().environment();
    long[] counts = counts(row);
    double all = 0;
    for (long count : counts) {
      all += count;
    }
    Parameters p = row.parameters();
    List<List<Cell>> lines = new ArrayList<>();
    for (int thread = 0; all > 0 && thread < counts.length; thread++) {
      lines.add(
          List.of(
              head(thread, Units.bytes(TransferCharts.bytes(row))),
              head(thread, Paths.name(row, analysis)),
              head(thread, setting(p)),
              Cell.text(String.valueOf(thread)),
              Cell.number(Units.number(100 * counts[thread] / all) + " %"),
              Cell.text(end(environment.sources(), thread, p.sources())),
              Cell.text(end(environment.targets(), thread, p.targets()))));
    }
    return lines;
  }

  /** What sets these rows apart: the whole setting stands in the table of fairness. */
  private static String setting(Parameters p) {
    return "depth " + p.depth() + ", " + Paths.threads(p.threads()) + ", " + p.layout();
  }

  private static Cell head(int thread, String text) {
    return thread == 0 ? Cell.head(text) : Cell.headAgain(text);
  }

  /** By thread, iterations and forks together. */
  private static long[] counts(RowFigures row) {
    int threads = row.parameters().threads() == null ? 1 : row.parameters().threads();
    long[] counts = new long[threads];
    row.row().forks().stream()
        .flatMap(fork -> fork.iterations().stream())
        .map(iteration -> iteration.threadTransactions())
        .filter(each -> each.size() == threads)
        .forEach(
            each -> {
              for (int i = 0; i < threads; i++) {
                counts[i] += each.get(i);
              }
            });
    return counts;
  }

  private static String end(List<Environment.Endpoint> ends, int thread, Integer used) {
    int index = thread % (used == null ? 1 : used);
    String path = index < ends.size() ? ends.get(index).path() : null;
    return path == null ? "unknown" : FRESH.matcher(path).replaceFirst(" (fresh file)");
  }
}
