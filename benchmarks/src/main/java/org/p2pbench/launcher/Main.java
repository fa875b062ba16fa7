// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.io.PrintWriter;
import java.util.List;
import org.p2pbench.discovery.DiscoveryException;
import org.p2pbench.environment.BuildRevision;
import org.p2pbench.transaction.RigException;
import org.p2pbench.transfer.NativeLoadException;
import org.p2pbench.transfer.TransferException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The commands that measure: run, probe, versus-fio; without one, the whole main job. */
@Command(
    name = "p2pbench",
    mixinStandardHelpOptions = true,
    subcommands = {
      RunCommand.class,
      ProbeCommand.class,
      VersusFioCommand.class,
      AbCommand.class,
      CalibrateCommand.class
    },
    description = {
      "Does moving data straight between PCIe devices through an NVMe CMB beat bouncing it through"
          + " system RAM, by how much, and where does the time go?",
      "",
      "Without a command: probe, then the smoke and the standard profile, each with its report."
    },
    footer = {
      "",
      "Examples:",
      "  @|bold ${ROOT-COMMAND-NAME} probe|@",
      "  @|bold ${ROOT-COMMAND-NAME} run --profile smoke --dir /mnt/nvme|@",
      "  @|bold ${ROOT-COMMAND-NAME} run --help|@",
      "",
      "Exit codes: 0 done; 1 the run failed, results so far are kept; 2 bad input; 3 cannot be done"
          + " on this machine."
    })
public final class Main implements Runnable {

  private static final String COMMAND = System.getProperty("p2pbench.command", "p2pbench");

  @CommandLine.Spec private CommandLine.Model.CommandSpec spec;

  /** For picocli. */
  public Main() {}

  @Override
  public void run() {
    new MainJob(spec.commandLine().getOut(), System.err).run();
  }

  /** Runs a command line and ends the JVM with its exit code. */
  public static void main(String[] arguments) {
    // Two runs may measure on one machine, sharing a CMB; JMH would let only one start.
    System.setProperty("jmh.ignoreLock", "true");
    int exitCode = commandLine().execute(arguments);
    // Threads of a fork that never ends must not keep a command alive that is over.
    System.exit(exitCode);
  }

  static CommandLine commandLine() {
    CommandLine line = new CommandLine(new Main());
    line.setCommandName(COMMAND);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setUsageHelpAutoWidth(true);
    sayVersion(line);
    // A side of a comparison may be a single option.
    line.getSubcommands().get("ab").setAllowOptionsAsOptionParameters(true);
    line.setParameterExceptionHandler(Main::badCommandLine);
    line.setExecutionExceptionHandler((e, l, parsed) -> failed(e, l.getErr()));
    return line;
  }

  /** -V says the same of every command. */
  private static void sayVersion(CommandLine line) {
    line.getCommandSpec().versionProvider(() -> new String[] {BuildRevision.words()});
    line.getSubcommands().values().forEach(Main::sayVersion);
  }

  private static int badCommandLine(ParameterException e, String[] arguments) {
    CommandLine line = e.getCommandLine();
    List<String> similar =
        e instanceof UnmatchedArgumentException unmatched ? unmatched.getSuggestions() : List.of();
    line.getErr()
        .printf(
            "p2pbench: %s: %s '%s --help'%n",
            e.getMessage(),
            similar.isEmpty() ? "see" : "did you mean %s? See".formatted(similar.get(0)),
            line.getCommandSpec().qualifiedName());
    return CommandFailure.BAD_INPUT;
  }

  private static int failed(Exception e, PrintWriter err) {
    err.println("p2pbench: " + e.getMessage());
    if (e instanceof CommandFailure failure) {
      return failure.exitCode();
    }
    if (e instanceof RigException failure) {
      return failure.kind().exitCode();
    }
    if (e instanceof DiscoveryException failure) {
      return failure.exitCode();
    }
    if (e instanceof IllegalArgumentException) {
      return CommandFailure.BAD_INPUT;
    }
    if (e instanceof NativeLoadException) {
      return CommandFailure.CANNOT;
    }
    if (!(e instanceof TransferException)) {
      e.printStackTrace(err);
    }
    return CommandFailure.FAILED;
  }
}
