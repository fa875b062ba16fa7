// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.p2pbench.reports.fingerprint.Fingerprint;
import org.p2pbench.reports.history.Baseline;
import org.p2pbench.reports.history.RunEntry;
import org.p2pbench.reports.history.Store;
import org.p2pbench.reports.history.StoreException;
import org.p2pbench.reports.history.StoredRun;
import org.p2pbench.reports.rundir.BadRunDirectoryException;
import org.p2pbench.reports.rundir.RunDirectory;
import org.p2pbench.reports.rundir.RunDirectoryReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code baseline}: the stored run that a candidate is to be held against. */
@Command(
    name = "baseline",
    description =
        "Prints the newest accepted run of a branch on the same machine as the candidate.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  ${ROOT-COMMAND-NAME} baseline --branch main --candidate results/today",
      "  ${ROOT-COMMAND-NAME} gate \"$(${ROOT-COMMAND-NAME} baseline --candidate results/today"
          + " --path)\" \\",
      "    results/today",
      "",
      "Exit codes: 0 printed; 1 the store failed; 2 bad input; 3 there is none."
    })
final class BaselineCommand extends StoreCommand {
  @Option(
      names = "--branch",
      paramLabel = "NAME",
      defaultValue = "main",
      description = "Branch that the candidate is to go to (default: ${DEFAULT-VALUE}).")
  private String branch;

  @Option(
      names = "--candidate",
      paramLabel = "RUN",
      description = "Run directory that is to be judged; without it, the only machine's run.")
  private Path candidate;

  @Option(
      names = "--path",
      description = "Print the run directory's path alone, for a script; 3 where it is gone.")
  private boolean path;

  @Override
  int run(Store store, PrintWriter out) throws BadRunDirectoryException, StoreException {
    String id = null;
    String fingerprint = null;
    if (candidate != null) {
      RunDirectory run = new RunDirectoryReader().read(candidate);
      id = RunEntry.id(run);
      fingerprint = Fingerprint.of(run.environment()).hash();
    }
    StoredRun found =
        Baseline.of(store.name(), store.runs(), new Baseline.Wanted(branch, fingerprint, id));
    boolean there = path ? Baseline.directory(store.name(), found) != null : Baseline.isHere(found);
    if (!path) {
      out.println("run       " + found.id());
      out.println("revision  " + found.revision());
    }
    out.println((path ? "" : "path      ") + (there ? found.directory() : gone(found)));
    return ExitCode.DONE;
  }

  private static String gone(StoredRun run) {
    return "not here: " + run.directory();
  }
}
