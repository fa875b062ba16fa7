// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** What every command says of itself. */
class HelpTest {
  /** Of a help text that goes to no terminal. */
  private static final int WIDTH = 80;

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

  @ParameterizedTest
  @MethodSource("commands")
  void helpHasExamplesToPasteParagraphsAndExitCodes(List<String> command) {
    List<String> help = ask(command, "--help").lines().toList();

    // What wraps begins at the margin, and would be pasted as a command of its own.
    assertThat(
            help.stream()
                .dropWhile(line -> !line.startsWith("Example"))
                .skip(1)
                .takeWhile(line -> !line.isEmpty()))
        .allMatch(line -> line.startsWith("  "));
    assertParagraphs(help);
    assertThat(help).anyMatch(line -> line.startsWith("Exit codes: 0 "));
  }

  @Test
  void helpNamesEveryProfileAndHowManyForksItTakes() {
    String help = ask(List.of("run"), "--help").replaceAll("\\s+", " ");
    String rounds =
        Stream.of(Profile.values())
            .map(profile -> profile.label() + " " + profile.timing().rounds())
            .collect(Collectors.joining(", "));

    assertThat(help).contains("the profile's (" + rounds + ")");
  }

  /** The next line's first word has no room on a line that is full. */
  private static void assertParagraphs(List<String> help) {
    for (int i = 1; i < help.size(); i++) {
      String line = help.get(i - 1);
      String next = help.get(i);
      if (isProse(line) && isProse(next)) {
        assertThat(line + " " + next.split(" ")[0]).hasSizeGreaterThanOrEqualTo(WIDTH);
      }
    }
  }

  private static boolean isProse(String line) {
    return !line.isEmpty() && !line.startsWith(" ") && !line.startsWith("Usage: ");
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
