// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.p2pbench.reports.page.ReportBuilder;
import org.p2pbench.reports.page.ReportWriter;
import org.p2pbench.reports.rundir.BadRunDirectoryException;
import org.p2pbench.reports.rundir.IoReason;
import org.p2pbench.reports.rundir.RunDirectoryReader;
import org.p2pbench.reports.statistics.Analysis;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code report DIR}: renders a run directory, finished or not. */
@Command(
    name = "report",
    description = "Renders a run directory again: summary.md, report/index.html and its charts.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "A run that was killed renders too, with what it measured.",
      "",
      "Example:",
      "  ${ROOT-COMMAND-NAME} report results/2026-01-31",
      "",
      "Exit codes: 0 done; 1 the report could not be written; 2 bad input."
    })
final class ReportCommand implements Callable<Integer> {
  static final int DONE = 0;
  static final int NOT_WRITTEN = 1;
  static final int BAD_INPUT = 2;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "What `run --out DIR` left.")
  private Path directory;

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    try {
      Analysis analysis = Analysis.of(new RunDirectoryReader().read(directory));
      List<String> notes = new ReportWriter().write(new ReportBuilder().build(analysis), directory);
      PrintWriter out = spec.commandLine().getOut();
      analysis.missing().forEach(line -> err.println("note: " + line));
      notes.forEach(line -> err.println("note: " + line));
      out.println("summary " + directory.resolve("summary.md"));
      out.println("page    " + directory.resolve("report/index.html"));
      return DONE;
    } catch (BadRunDirectoryException e) {
      ReportsMain.error(spec, e.getMessage());
      return BAD_INPUT;
    } catch (IOException e) {
      ReportsMain.error(
          spec,
          place(e)
              + ": cannot be written ("
              + IoReason.of(e)
              + "). What was measured is untouched; make room or give permission, then: "
              + spec.root().name()
              + " report "
              + directory);
      return NOT_WRITTEN;
    }
  }

  private String place(IOException e) {
    return e instanceof FileSystemException fs && fs.getFile() != null
        ? fs.getFile()
        : directory.toString();
  }
}
