// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What every command says of itself. */
class HelpTest {

  private final StringWriter out = new StringWriter();

  static Stream<List<String>> commands() {
    return Stream.concat(
        Stream.of(List.of()), Main.commandLine().getSubcommands().keySet().stream().map(List::of));
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandSaysTheBuildsVersionAndRevision(List<String> command) {
    assertThat(ask(command, "-V"))
        .matches("p2pbench \\d+\\.\\d+\\.\\d+, revision \\w+( with changes)?\n")
        .isEqualTo(ask(command, "--version"));
  }

  private String ask(List<String> command, String option) {
    out.getBuffer().setLength(0);
    CommandLine line = Main.commandLine();
    line.setOut(new PrintWriter(out, true));
    assertThat(
            line.execute(Stream.concat(command.stream(), Stream.of(option)).toArray(String[]::new)))
        .isZero();
    return out.toString();
  }
}
