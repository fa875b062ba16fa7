// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every command says of itself. */
class HelpTest {
  /** Of a help text that goes to no terminal. */
  private static final int WIDTH = 80;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "report",
        "compare",
        "gate",
        "history",
        "history add",
        "history list",
        "history accept",
        "history reject",
        "trend",
        "baseline",
        "power",
        "ab",
        "calibrate"
      })
  void everyCommandSaysTheBuildsVersionAndRevision(String command) {
    assertThat(ask(command, "-V"))
        .matches("p2pbench \\d+\\.\\d+\\.\\d+, revision \\w+( with changes)?\n")
        .isEqualTo(ask(command, "--version"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "report",
        "compare",
        "gate",
        "history",
        "history add",
        "history list",
        "history accept",
        "history reject",
        "trend",
        "baseline",
        "power"
      })
  void helpHasExamplesToPasteParagraphsAndExitCodes(String command) {
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

  private static String ask(String command, String option) {
    Commands.Result result = Commands.call((Object[]) (command + " " + option).strip().split(" "));
    assertThat(result.code()).isZero();
    assertThat(result.err()).isEmpty();
    return result.out();
  }
}
