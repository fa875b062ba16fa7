// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import org.p2pbench.transaction.ForkSettings;

/** The main job: what is here, a first look, a thorough one, each with its report. */
final class MainJob {

  private final PrintWriter out;
  private final PrintStream err;

  MainJob(PrintWriter out, PrintStream err) {
    this.out = out;
    this.err = err;
  }

  void run() {
    out.print(ProbeCommand.screen());
    out.flush();
    for (Profile profile : List.of(Profile.SMOKE, Profile.STANDARD)) {
      out.println();
      out.flush();
      RunRequest request =
          new RunRequest(
              profile,
              RunRequest.Asked.NOTHING,
              RunRequest.Places.DEFAULT,
              RunCommand.freshName(profile.label()),
              ForkSettings.DEFAULT_IO_TIMEOUT,
              Optional.empty(),
              List.of(),
              List.of(),
              List.of(),
              Optional.empty());
      int exitCode = new RunJob(request, System.out, err).run();
      if (exitCode != 0) {
        throw new CommandFailure(exitCode, "the report of " + request.out() + " was not rendered");
      }
    }
  }
}
