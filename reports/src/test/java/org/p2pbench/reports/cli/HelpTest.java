// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every command says of itself. */
class HelpTest {

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

  private static String ask(String command, String option) {
    Commands.Result result = Commands.call((Object[]) (command + " " + option).strip().split(" "));
    assertThat(result.code()).isZero();
    assertThat(result.err()).isEmpty();
    return result.out();
  }
}
