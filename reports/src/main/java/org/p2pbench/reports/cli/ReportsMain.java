// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Properties;
import java.util.function.UnaryOperator;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * Entry of the jar. The system property {@code p2pbench.command} is the name that usage text and
 * messages call the program by.
 */
@Command(
    description = "Renders, compares, judges and keeps run directories.",
    subcommands = {
      ReportCommand.class,
      CompareCommand.class,
      GateCommand.class,
      HistoryCommand.class,
      TrendCommand.class,
      BaselineCommand.class,
      PowerCommand.class,
      AbCommand.class,
      CalibrateCommand.class,
      CommandLine.HelpCommand.class
    },
    mixinStandardHelpOptions = true)
public final class ReportsMain implements Runnable {
  @CommandLine.Spec private CommandSpec spec;

  private final UnaryOperator<String> environment;
  private final Clock clock;

  private ReportsMain(UnaryOperator<String> environment, Clock clock) {
    this.environment = environment;
    this.clock = clock;
  }

  /** Runs a command and exits with its code: 0 done, 1 could not be written, 2 bad input. */
  public static void main(String[] arguments) {
    System.setProperty("java.awt.headless", "true");
    PrintWriter out = writer(System.out);
    PrintWriter err = writer(System.err);
    int code =
        run(
            System.getProperty("p2pbench.command", "./run.sh"),
            System::getenv,
            Clock.systemUTC(),
            out,
            err,
            arguments);
    out.flush();
    err.flush();
    System.exit(code);
  }

  /**
   * Runs a command.
   *
   * @param name what the program is called in usage text
   */
  static int run(String name, PrintWriter out, PrintWriter err, String... arguments) {
    return run(name, variable -> null, Clock.systemUTC(), out, err, arguments);
  }

  /**
   * Runs a command.
   *
   * @param environment value of an environment variable, or null
   * @param clock tells which day it is
   */
  static int run(
      String name,
      UnaryOperator<String> environment,
      Clock clock,
      PrintWriter out,
      PrintWriter err,
      String... arguments) {
    CommandLine line = new CommandLine(new ReportsMain(environment, clock));
    sayVersion(line);
    return line.setCommandName(name)
        .setUsageHelpAutoWidth(true)
        .setOut(out)
        .setErr(err)
        .setParameterExceptionHandler(ReportsMain::badArguments)
        .execute(arguments);
  }

  /** -V says the same of every command. */
  private static void sayVersion(CommandLine line) {
    line.getCommandSpec().versionProvider(ReportsMain::version);
    line.getSubcommands().values().forEach(ReportsMain::sayVersion);
  }

  /** In the words that the build left in the jar. */
  private static String[] version() throws IOException {
    Properties build = new Properties();
    try (InputStream stream = ReportsMain.class.getResourceAsStream("/p2pbench-build.properties")) {
      if (stream != null) {
        build.load(stream);
      }
    }
    return new String[] {build.getProperty("words", "p2pbench, revision unknown")};
  }

  /** One line that says why a command cannot do, or has not done, what it was asked. */
  static void error(CommandSpec command, String message) {
    command.commandLine().getErr().println("p2pbench: " + message);
  }

  private static int badArguments(ParameterException e, String[] arguments) {
    CommandSpec command = e.getCommandLine().getCommandSpec();
    error(command, e.getMessage() + ". See `" + command.qualifiedName() + " --help`.");
    return ReportCommand.BAD_INPUT;
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "No command given");
  }

  /** File that GitHub shows on the page of the job; null elsewhere. */
  String stepSummary() {
    return environment.apply("GITHUB_STEP_SUMMARY");
  }

  /** Tells which day it is. */
  Clock clock() {
    return clock;
  }

  private static PrintWriter writer(java.io.OutputStream stream) {
    return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
  }
}
