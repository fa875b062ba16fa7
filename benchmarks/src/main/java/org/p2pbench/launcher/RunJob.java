// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.io.PrintStream;
import java.util.Optional;
import org.p2pbench.environment.MachineClass;
import org.p2pbench.transaction.FreshEnds;

/** One run from request to report: checks everything first, then measures, then renders. */
final class RunJob {

  private final RunRequest request;
  private final PrintStream out;
  private final PrintStream err;

  RunJob(RunRequest request, PrintStream out, PrintStream err) {
    this.request = request;
    this.out = out;
    this.err = err;
  }

  /** Runs and returns the exit code; what the user did wrong is thrown. */
  int run() {
    PreparedRun run = RunPreparation.check(request, err);
    try (RunDirectory.Reservation reserved = RunDirectory.reserve(request.out());
        FreshEnds fresh = run.freshEnds()) {
      return measure(run.between(fresh), reserved);
    }
  }

  private int measure(PreparedRun run, RunDirectory.Reservation reserved) {
    Plan plan = run.plan();
    MachineClass.Decision machine = run.machine();
    final RunDirectory directory = run.begin(reserved, machine, Optional.empty());
    out.printf(
        "%s profile, machine class %s (%s)%n",
        plan.profile(), machine.machineClass().word(), machine.reason());
    out.printf("%s, into %s%n", run.estimate(), request.out());
    CommandFailure failure = null;
    try (directory;
        ClassArchive classes = ClassArchive.make(plan.forks().size(), run);
        RunSession session = RunSession.open(run, directory, classes, err);
        Progress progress = Progress.of(plan.profile(), plan.forks().size(), run.wallTime(), err)) {
      for (Plan.Fork fork : plan.forks()) {
        progress.starting(fork);
        session.measure(fork);
        progress.done();
      }
      directory.end("complete");
    } catch (CommandFailure e) {
      failure = e;
    }
    if (failure != null && directory.unwritable()) {
      throw failure;
    }
    int reported = Reporting.render(request.out(), out, err);
    if (failure != null) {
      throw failure;
    }
    return reported;
  }
}
