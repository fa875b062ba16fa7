// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.p2pbench.reports.SampleRun;

/** Calls commands as a shell does, and runs to call them with. */
final class Commands {
  private Commands() {}

  /** What a command left. */
  record Result(int code, String out, String err) {}

  static Result call(Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] texts = new String[arguments.length];
    for (int i = 0; i < arguments.length; i++) {
      texts[i] = arguments[i].toString();
    }
    int code =
        ReportsMain.run("./run.sh", new PrintWriter(out, true), new PrintWriter(err, true), texts);
    return new Result(code, out.toString(), err.toString());
  }

  /** A small run that began in a minute of one day. */
  static SampleRun sample(int minute) {
    SampleRun run = SampleRun.emulated().rounds(2).samples(50).twins(4096);
    run.environment().put("startedAt", "2026-01-31T12:%02d:00Z".formatted(minute));
    return run;
  }

  /** Writes it beside the store. */
  static Path run(Path directory, int minute) throws java.io.IOException {
    return sample(minute).write(directory.resolve("run" + minute));
  }

  /** The id that add and list print. */
  static String id(Result added) {
    return added.out().split(" ")[1];
  }
}
