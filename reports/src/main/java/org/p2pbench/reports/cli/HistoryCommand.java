// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.p2pbench.reports.history.Decision;
import org.p2pbench.reports.history.HistoryRun;
import org.p2pbench.reports.history.RunEntry;
import org.p2pbench.reports.history.Store;
import org.p2pbench.reports.history.StoreException;
import org.p2pbench.reports.history.StoredRun;
import org.p2pbench.reports.rundir.BadRunDirectoryException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code history}: adds runs to a store, lists them, accepts and rejects them. */
@Command(
    name = "history",
    description = "Keeps runs in an append-only store.",
    mixinStandardHelpOptions = true,
    subcommands = {
      HistoryCommand.Add.class,
      HistoryCommand.Listing.class,
      HistoryCommand.Accept.class,
      HistoryCommand.Reject.class
    },
    footer = {
      "",
      "A store is a directory of small files, fit for a git branch or a CI artifact.",
      "",
      "Examples:",
      "  ${ROOT-COMMAND-NAME} history add results/today --branch main",
      "  ${ROOT-COMMAND-NAME} history list",
      "",
      StoreCommand.EXIT_CODES
    })
final class HistoryCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "No command given");
  }

  /** {@code history add}. */
  @Command(
      name = "add",
      description = "Adds a complete run. The same run twice is one entry.",
      mixinStandardHelpOptions = true)
  static final class Add extends StoreCommand {
    @Parameters(paramLabel = "RUN", description = "What `run --out RUN` left.")
    private Path directory;

    @Option(
        names = "--branch",
        paramLabel = "NAME",
        defaultValue = "main",
        description = "Branch that was measured (default: ${DEFAULT-VALUE}).")
    private String branch;

    @Option(
        names = "--revision",
        paramLabel = "TEXT",
        description = "Revision of what was measured (default: that of p2pbench, as recorded).")
    private String revision;

    @Option(names = "--label", paramLabel = "TEXT", description = "A word to know the run by.")
    private String label;

    @Option(
        names = "--pending",
        description = "Not to be used as a baseline until `history accept`.")
    private boolean pending;

    @Override
    int run(Store store, PrintWriter out) throws BadRunDirectoryException, StoreException {
      StoredRun run = RunEntry.of(directory, new RunEntry.Words(revision, branch, label, !pending));
      boolean stored = store.add(run) == Store.Added.STORED;
      int series = run.rows().stream().mapToInt(row -> row.metrics().size()).sum();
      out.println(
          stored
              ? "added " + run.id() + " (" + series + " series) to " + store.name()
              : "already there: " + run.id() + " in " + store.name());
      return ExitCode.DONE;
    }
  }

  /** {@code history list}. */
  @Command(
      name = "list",
      description = "Lists the runs, oldest first.",
      mixinStandardHelpOptions = true)
  static final class Listing extends StoreCommand {
    @Override
    int run(Store store, PrintWriter out) throws StoreException {
      List<HistoryRun> runs = store.runs();
      TextTable table =
          new TextTable("run", "branch", "revision", "class", "machine", "state", "label");
      for (HistoryRun r : runs) {
        StoredRun run = r.run();
        table.add(
            run.id(),
            run.branch(),
            run.revision(),
            run.machineClass().label(),
            run.fingerprint(),
            r.state().label(),
            run.label() == null ? "" : run.label());
      }
      table.print(out);
      return ExitCode.DONE;
    }
  }

  /** A decision about one run. */
  abstract static class Decide extends StoreCommand {
    @Parameters(paramLabel = "RUN-ID", description = "As `history list` shows it.")
    private String id;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why.")
    private String reason;

    int decide(Store store, Decision.Verdict verdict, PrintWriter out) throws StoreException {
      String at = Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
      try {
        store.decide(new Decision(id, verdict, at, reason));
      } catch (IllegalArgumentException e) {
        throw new StoreException(StoreException.Kind.BAD_INPUT, "RUN-ID: " + e.getMessage() + ".");
      }
      out.println(verdict.name().toLowerCase(java.util.Locale.ROOT) + " " + id);
      return ExitCode.DONE;
    }
  }

  /** {@code history accept}. */
  @Command(
      name = "accept",
      description = "Lets a run be a baseline.",
      mixinStandardHelpOptions = true)
  static final class Accept extends Decide {
    @Override
    int run(Store store, PrintWriter out) throws StoreException {
      return decide(store, Decision.Verdict.ACCEPTED, out);
    }
  }

  /** {@code history reject}. */
  @Command(
      name = "reject",
      description = "Takes a run that was measured wrongly out of baselines and trends.",
      mixinStandardHelpOptions = true)
  static final class Reject extends Decide {
    @Override
    int run(Store store, PrintWriter out) throws StoreException {
      return decide(store, Decision.Verdict.REJECTED, out);
    }
  }
}
