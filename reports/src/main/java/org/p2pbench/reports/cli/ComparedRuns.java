// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import org.p2pbench.reports.compare.PastRuns;
import org.p2pbench.reports.fingerprint.Fingerprint;
import org.p2pbench.reports.history.AcceptedRuns;
import org.p2pbench.reports.history.Baseline;
import org.p2pbench.reports.history.RunEntry;
import org.p2pbench.reports.history.Store;
import org.p2pbench.reports.history.StoreException;
import org.p2pbench.reports.history.Stores;
import org.p2pbench.reports.rundir.BadRunDirectoryException;
import org.p2pbench.reports.rundir.RunDirectory;
import org.p2pbench.reports.rundir.RunDirectoryReader;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Which two runs are compared: both named, or the candidate alone and a store. */
final class ComparedRuns {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "BASELINE", description = "What `run --out` left: before.")
  private Path first;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "CANDIDATE",
      description = "What `run --out` left: after. With --store it stands alone.")
  private Path second;

  @Option(
      names = "--store",
      paramLabel = "STORE",
      description = {
        "Takes the baseline from a history, a directory or jdbc:postgresql://HOST/DATABASE: the"
            + " newest accepted run of the branch on the candidate's machine. Where five such runs"
            + " or more are there, timings are held against all of them since their last change,"
            + " up to 30, and a run is one sample."
      })
  private String store;

  @Option(
      names = "--branch",
      paramLabel = "NAME",
      description = "Branch of the baseline in the store (default: main).")
  private String branch;

  @Option(
      names = "--wait",
      paramLabel = "SECONDS",
      description = "How long another process may hold the store (default: 10).")
  private Integer waitSeconds;

  /**
   * Two runs.
   *
   * @param past what timings are held against instead of the baseline's forks, or null
   */
  record Sides(Path baseline, Path candidate, PastRuns past) {}

  /**
   * Finds the sides.
   *
   * @throws StoreException where the store has no baseline, or its run directory is not here
   */
  Sides sides() throws StoreException, BadRunDirectoryException {
    if (store == null) {
      return named();
    }
    if (second != null) {
      throw bad("With --store only the candidate is named, not " + first + " too");
    }
    RunDirectory candidate = new RunDirectoryReader().read(first);
    String onto = branch == null ? "main" : branch;
    Baseline.Wanted wanted =
        new Baseline.Wanted(
            onto, Fingerprint.of(candidate.environment()).hash(), RunEntry.id(candidate));
    AcceptedRuns accepted;
    try (Store opened =
        Stores.open(store, Duration.ofSeconds(waitSeconds == null ? 10 : waitSeconds))) {
      accepted = Baseline.accepted(opened.name(), opened.runs(), wanted);
    }
    Path baseline = Baseline.directory(accepted.name(), accepted.newest());
    PrintWriter err = spec.commandLine().getErr();
    err.println("note: the baseline is " + accepted.newest().id() + ", " + baseline + ".");
    return new Sides(baseline, first, accepted);
  }

  private Sides named() {
    if (second == null) {
      throw bad("Missing required parameter: 'CANDIDATE'");
    }
    if (branch != null || waitSeconds != null) {
      throw bad("--branch and --wait say more of --store, which is not given");
    }
    return new Sides(first, second, null);
  }

  private ParameterException bad(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
