// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.p2pbench.reports.history.Store;
import org.p2pbench.reports.history.StoreException;
import org.p2pbench.reports.rundir.BadRunDirectoryException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command on a store, which is open for as long as it runs. */
@Command(footer = {"", StoreCommand.EXIT_CODES})
abstract class StoreCommand implements Callable<Integer> {
  /** What the help of a command on a store ends with, unless it has other words for them. */
  static final String EXIT_CODES =
      "Exit codes: 0 done; 1 the store could not be read or written; 2 bad input; 3 nothing to"
          + " do it with: no history yet, or a run that is not complete.";

  @Spec CommandSpec spec;
  @Mixin StoreOptions store;

  @Override
  public final Integer call() {
    try (Store opened = store.open()) {
      return run(opened, spec.commandLine().getOut());
    } catch (BadRunDirectoryException e) {
      ReportsMain.error(spec, e.getMessage());
      return ExitCode.BAD_INPUT;
    } catch (StoreException e) {
      ReportsMain.error(spec, e.getMessage());
      return ExitCode.of(e.kind());
    }
  }

  /** What the command does; returns the exit code. */
  abstract int run(Store store, PrintWriter out) throws BadRunDirectoryException, StoreException;
}
