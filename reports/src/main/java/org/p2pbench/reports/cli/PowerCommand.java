// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.Callable;
import org.p2pbench.reports.power.CellResult;
import org.p2pbench.reports.power.Simulation;
import org.p2pbench.reports.rundir.IoReason;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code power}: shows by simulation how often the verdicts are wrong. */
@Command(
    name = "power",
    description =
        "Simulates runs with known changes and none, and shows how often the verdicts are right.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Each line: what was simulated, what was counted, repetitions, measured share and its"
          + " Monte Carlo error, the bound, and whether it holds. The same seed gives the same"
          + " figures on any machine, but for those of speed.",
      "",
      "Examples:",
      "  ${ROOT-COMMAND-NAME} power --full --out power.csv",
      "  ${ROOT-COMMAND-NAME} power --full --only tails",
      "",
      "Exit codes: 0 done; 1 a figure is out of its bound, or the CSV could not be written;"
          + " 2 bad input."
    })
final class PowerCommand implements Callable<Integer> {
  private static final int OUT_OF_BOUNDS = 1;

  @Spec private CommandSpec spec;

  @ArgGroup private Size size = new Size();

  private static final class Size {
    @Option(names = "--full", description = "All repetitions: minutes.")
    private boolean full;

    @Option(
        names = "--small",
        description = "One repetition in 20, and bounds wider by three errors. The default.")
    private boolean small;
  }

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "20260101",
      description = "Seed of all generators. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--only",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "Only lines with this text in their first two columns, such as \"tails\".")
  private String only;

  @Option(names = "--out", paramLabel = "CSV", description = "Writes the figures there, too.")
  private Path csv;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (!Simulation.simulates(only)) {
      ReportsMain.error(
          spec, "--only \"" + only + "\": no line has this text. `power` prints them all.");
      return ReportCommand.BAD_INPUT;
    }
    if (csv != null && !written(List.of(CellResult.CSV_HEADER))) {
      return ReportCommand.BAD_INPUT; // before minutes are spent
    }
    List<CellResult> results =
        new Simulation(size.full, seed)
            .run(
                only,
                result -> {
                  out.println(result.line());
                  out.flush();
                });
    long failed = results.stream().filter(r -> !r.ok()).count();
    out.printf(
        "%d of %d figures are within their bounds%n", results.size() - failed, results.size());
    if (csv != null && !written(results.stream().map(CellResult::csv).toList())) {
      return ReportCommand.NOT_WRITTEN;
    }
    return failed == 0 ? ReportCommand.DONE : OUT_OF_BOUNDS;
  }

  /** Adds lines to the file, which the first ones make. */
  private boolean written(List<String> lines) {
    boolean first = lines.get(0).equals(CellResult.CSV_HEADER);
    try {
      Files.write(csv, lines, first ? StandardOpenOption.CREATE_NEW : StandardOpenOption.APPEND);
      return true;
    } catch (IOException e) {
      ReportsMain.error(
          spec,
          csv
              + ": cannot be written ("
              + IoReason.of(e)
              + "). Name a file that is not there yet, in a directory that is.");
      return false;
    }
  }
}
