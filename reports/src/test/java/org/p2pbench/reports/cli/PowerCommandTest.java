// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PowerCommandTest {
  @TempDir private Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void aCsvThatCannotBeWrittenIsSaidBeforeAnythingIsSimulated() {
    Path csv = directory.resolve("missing/power.csv");

    assertThat(power("--out", csv.toString())).isEqualTo(2);
    assertThat(err)
        .hasToString(
            "p2pbench: "
                + csv
                + ": cannot be written (no such file). Name a file that is not there"
                + " yet, in a directory that is.\n");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void aFileThatIsThereIsNotOverwritten() throws Exception {
    Path csv = Files.writeString(directory.resolve("mine.csv"), "mine");

    assertThat(power("--out", csv.toString())).isEqualTo(2);
    assertThat(csv).hasContent("mine");
  }

  @Test
  void fullAndSmallExcludeEachOther() {
    assertThat(power("--full", "--small")).isEqualTo(2);
    assertThat(err.toString()).contains("mutually exclusive").endsWith("power --help`.\n");
  }

  @Test
  void aPartIsSimulatedAlone() {
    assertThat(power("--only", "tails 5 forks of 5,000")).isZero();

    assertThat(out.toString().lines())
        .hasSize(2)
        .last()
        .isEqualTo("1 of 1 figures are within their bounds");
  }

  @Test
  void aPartThatThereIsNotIsSaidBeforeAFileIsMade() {
    Path csv = directory.resolve("power.csv");

    assertThat(power("--only", "taels", "--out", csv.toString())).isEqualTo(2);
    assertThat(err)
        .hasToString(
            "p2pbench: --only \"taels\": no line has this text. `power` prints them all.\n");
    assertThat(csv).doesNotExist();
  }

  private int power(String... options) {
    String[] arguments = new String[options.length + 1];
    arguments[0] = "power";
    System.arraycopy(options, 0, arguments, 1, options.length);
    return ReportsMain.run(
        "./run.sh", new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }
}
