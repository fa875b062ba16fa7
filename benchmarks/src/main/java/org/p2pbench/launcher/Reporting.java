// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Has the reporting program render a run directory. It is a program of its own that shares nothing
 * with this one but the directory.
 */
final class Reporting {

  private static final String JAR = System.getProperty("p2pbench.reports.jar", "");

  private Reporting() {}

  /**
   * Renders.
   *
   * @return the exit code of the reporting program; 0 where there is none to call
   */
  static int render(Path runDirectory, PrintStream out, PrintStream err) {
    if (!available()) {
      out.printf("No report: render one with ./run.sh report %s%n", runDirectory);
      return 0;
    }
    return call(err, "report", runDirectory.toString());
  }

  /** Whether the reporting program is here. */
  static boolean available() {
    return !JAR.isEmpty() && Files.isReadable(Path.of(JAR));
  }

  /**
   * Calls the reporting program, which writes to this program's standard streams.
   *
   * @return its exit code
   */
  static int call(PrintStream err, String... arguments) {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    ProcessBuilder builder =
        new ProcessBuilder(
            java,
            "-Djava.awt.headless=true",
            // A program of seconds: what the second compiler takes it does not give back.
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Dp2pbench.command=" + System.getProperty("p2pbench.command", "p2pbench"),
            "-jar",
            JAR);
    builder.command().addAll(List.of(arguments));
    try {
      return builder.inheritIO().start().waitFor();
    } catch (IOException e) {
      err.println("p2pbench: the reporting program cannot be started: " + e.getMessage());
      return CommandFailure.FAILED;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return CommandFailure.FAILED;
    }
  }
}
