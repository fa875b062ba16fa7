// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.p2pbench.transaction.ForkSettings;
import org.p2pbench.transaction.RigException;

/**
 * Measures a plan fork by fork into a run directory. What was measured is kept whatever happens:
 * after a failure, and when the process is asked to end.
 */
final class RunSession {

  private final Plan plan;
  private final RunDirectory directory;
  private final ForkSettings settings;
  private final JmhArguments jmhArguments;
  private final PrintStream err;
  private volatile boolean interrupted;

  RunSession(
      Plan plan,
      RunDirectory directory,
      ForkSettings settings,
      JmhArguments jmhArguments,
      PrintStream err) {
    this.plan = plan;
    this.directory = directory;
    this.settings = settings;
    this.jmhArguments = jmhArguments;
    this.err = err;
  }

  /**
   * Measures.
   *
   * @throws CommandFailure 1 where a fork failed; the directory then says which and why
   */
  void measure() {
    Thread interrupted = new Thread(this::interrupt, "p2pbench-interrupt");
    Runtime.getRuntime().addShutdownHook(interrupted);
    try (PrintStream log = jmhLog();
        Progress progress = Progress.of(plan.profile(), plan.forks().size(), err)) {
      ForkRunner runner = new ForkRunner(plan.timing(), settings, jmhArguments, log);
      Map<String, String> refused = new HashMap<>();
      for (Plan.Fork fork : plan.forks()) {
        progress.starting(fork);
        if (!refused.containsKey(fork.row().id())) {
          measure(runner, fork, refused);
        }
        progress.done();
      }
      directory.end("complete");
    } finally {
      removeHook(interrupted);
    }
  }

  private void measure(ForkRunner runner, Plan.Fork fork, Map<String, String> refused) {
    String hlogName = RunDirectory.hlogName(fork);
    try {
      ForkRunner.Measured measured = runner.run(fork, directory.path().resolve(hlogName), hlogName);
      directory.measured(fork, measured.told(), measured.result());
    } catch (RigException e) {
      if (e.kind() == RigException.Kind.REFUSED) {
        refused.put(fork.row().id(), e.getMessage());
        directory.refused(fork.row(), e.getMessage());
        return;
      }
      if (interrupted) {
        awaitEnd();
      }
      String message = fork.row().id() + ": " + e.getMessage();
      if (e.kind() == RigException.Kind.HUNG) {
        directory.failed(fork.row(), e.getMessage());
        throw Stuck.halt(err, message);
      }
      directory.failed(fork.row(), e.getMessage());
      throw new CommandFailure(e.kind().exitCode(), message);
    }
  }

  /** Runs while the JVM ends: no fork may outlive it and go on writing. */
  private void interrupt() {
    // First: the end of its fork is no failure of the run.
    interrupted = true;
    directory.end("interrupted");
    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
  }

  /** The JVM ends as soon as its hooks are done; there is nothing more to measure or to say. */
  private static void awaitEnd() {
    while (true) {
      java.util.concurrent.locks.LockSupport.park();
    }
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // The hook is running: it says what became of the run.
      return;
    }
  }

  private PrintStream jmhLog() {
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
