// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.openjdk.jmh.util.ListStatistics;
import org.p2pbench.tracing.Tracefs;
import org.p2pbench.transaction.RigException;

/**
 * Measures forks into a run directory. What was measured is kept whatever happens: after a failure,
 * and when the process is asked to end. Used by one thread.
 */
final class RunSession implements AutoCloseable {

  private final RunDirectory directory;
  private final PrintStream log;
  private final ForkRunner runner;
  private final PrintStream err;
  private final Set<String> refused = new HashSet<>();

  /** Scores of the forks done, by row: what percentages of a rate are taken of. */
  private final Map<String, List<Double>> closedLoops = new HashMap<>();

  private final Set<String> pacedForks = new HashSet<>();

  private final Interruption interruption;

  private RunSession(RunDirectory directory, PrintStream log, ForkRunner runner, PrintStream err) {
    this.directory = directory;
    this.log = log;
    this.runner = runner;
    this.err = err;
    this.interruption = Interruption.expect(this::interrupted);
  }

  /** Opens a session for a run that has begun. */
  static RunSession open(
      PreparedRun run, RunDirectory directory, ClassArchive classes, PrintStream err) {
    PrintStream log = jmhLog(directory);
    ForkRunner runner =
        new ForkRunner(
            run.plan().timing(),
            run.settings(),
            run.jmh().with(classes.jvmArguments()),
            run.profilers(),
            run.classPath(),
            log);
    Tracefs.removeLeftovers();
    return new RunSession(directory, log, runner, err);
  }

  /**
   * Measures one fork, unless an earlier one of its row was refused. One whose rate is a percentage
   * is measured at that of the closed loop by now.
   *
   * @throws CommandFailure 1 where it failed; the directory then says which and why
   */
  void measure(Plan.Fork fork) {
    Optional<RowPlan.Share> share = fork.row().share();
    if (share.isEmpty()) {
      measureAsItIs(fork);
      return;
    }
    List<Double> scores = closedLoops.get(share.get().closedLoop());
    if (scores == null) {
      directory.refused(
          fork.row(),
          "there is no closed loop to take a rate from: row %s was refused"
              .formatted(share.get().closedLoop()));
      return;
    }
    double[] values = scores.stream().mapToDouble(Double::doubleValue).toArray();
    Plan.Fork paced = fork.of(fork.row().at(new ListStatistics(values).getPercentile(50)));
    // Of a slow closed loop two percentages may be one rate: that is measured once.
    if (pacedForks.add(RunDirectory.hlogName(paced))) {
      measureAsItIs(paced);
    }
  }

  private void measureAsItIs(Plan.Fork fork) {
    if (refused.contains(fork.row().id())) {
      return;
    }
    String hlogName = RunDirectory.hlogName(fork);
    try {
      ForkRunner.Measured measured = runner.run(fork, directory.path().resolve(hlogName), hlogName);
      directory.measured(fork, measured.told(), measured.result());
      closedLoops
          .computeIfAbsent(fork.row().id(), id -> new ArrayList<>())
          .add(measured.result().getPrimaryResult().getScore());
    } catch (RigException e) {
      if (e.kind() == RigException.Kind.REFUSED) {
        refused.add(fork.row().id());
        directory.refused(fork.row(), e.getMessage());
        return;
      }
      interruption.awaitEndIfBegun();
      failed(fork.row(), e.getMessage());
      String message = fork.row().id() + ": " + e.getMessage();
      if (e.kind() == RigException.Kind.HUNG) {
        throw Stuck.halt(err, message);
      }
      throw new CommandFailure(e.kind().exitCode(), message);
    } catch (CommandFailure e) {
      interruption.awaitEndIfBegun();
      failed(null, e.getMessage());
      throw e;
    }
  }

  /** What went wrong is said whether or not there is room to write it down. */
  private void failed(RowPlan row, String reason) {
    try {
      directory.failed(row, reason);
    } catch (CommandFailure unwritten) {
      err.println("p2pbench: " + unwritten.getMessage());
    }
  }

  /** Runs while the JVM ends. */
  private void interrupted() {
    try {
      directory.end("interrupted");
    } catch (CommandFailure unwritten) {
      err.println("p2pbench: " + unwritten.getMessage());
    }
  }

  @Override
  public void close() {
    interruption.close();
    log.close();
  }

  private static PrintStream jmhLog(RunDirectory directory) {
    try {
      return new PrintStream(
          new FileOutputStream(directory.path().resolve("jmh.log").toFile(), true),
          true,
          StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new CommandFailure(
          CommandFailure.BAD_INPUT,
          "--out '%s' cannot be written: %s".formatted(directory.path(), e.getMessage()));
    }
  }
}
