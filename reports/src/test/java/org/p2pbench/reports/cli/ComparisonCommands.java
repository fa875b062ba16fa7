// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.p2pbench.reports.SampleRun;
import org.p2pbench.reports.rundir.Stage;

/** Calls compare and gate as the command line does, on 1 February 2026. */
final class ComparisonCommands {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-02-01T09:00:00Z"), ZoneOffset.UTC);

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final Map<String, String> environment = new HashMap<>();

  int run(Object... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    String[] words =
        java.util.Arrays.stream(arguments).map(Object::toString).toArray(String[]::new);
    return ReportsMain.run(
        "./run.sh",
        environment::get,
        CLOCK,
        new PrintWriter(out, true),
        new PrintWriter(err, true),
        words);
  }

  void environment(String name, Object value) {
    environment.put(name, value.toString());
  }

  String out() {
    return out.toString();
  }

  String err() {
    return err.toString();
  }

  /** A run without drift: one pair of twins of 4 KiB, forks of 3 x 300 transactions. */
  static SampleRun sample(long seed, int rounds) {
    return SampleRun.emulated().samples(300).rounds(rounds).drift(0).seed(seed);
  }

  static Path plain(Path directory, long seed, int rounds) throws IOException {
    return complete(sample(seed, rounds).twins(4096), seed).write(directory);
  }

  static Path slowerDrain(Path directory, long seed, int rounds) throws IOException {
    return complete(sample(seed, rounds).slower(Stage.DRAIN, 0.10).twins(4096), seed)
        .write(directory);
  }

  static SampleRun complete(SampleRun sample, long seed) {
    sample.environment().put("startedAt", "2026-01-31T12:00:0" + seed % 10 + "Z");
    return sample;
  }
}
