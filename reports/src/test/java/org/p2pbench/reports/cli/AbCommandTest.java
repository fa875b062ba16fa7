// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.reports.SampleRun;
import org.p2pbench.reports.rundir.Stage;

/** The verdict on directories as {@code ab} leaves them. */
class AbCommandTest {
  private static final String NOT_SLOWER = "ab: b is not slower in anything that was measured\n";

  @TempDir private Path root;
  private final ComparisonCommands commands = new ComparisonCommands();
  private int seed;

  @Test
  void aSlowerStageIsScreenedThenConfirmedAndNamed() throws Exception {
    stage("null", 5, 0);
    stage("screen", 5, 0.3);

    assertThat(commands.run("ab", root, "--stage", "screen")).isZero();

    assertThat(commands.err()).isEmpty();
    assertThat(commands.out())
        .isEqualTo("2 of 2 rows look worse in something: measured again on fresh forks\n");
    assertThat(root.resolve("screen/screened.txt"))
        .content()
        .hasLineCount(2)
        .contains("transfer-ram-per-transaction-sync-4096-d1-t1-s0-4KiB\n");

    stage("confirm", 10, 0.3);

    assertThat(commands.run("ab", root)).isEqualTo(1);

    assertThat(commands.out())
        .containsPattern(
            "regressed +transfer-ram-per-transaction-sync-4096-d1-t1-s0-4KiB +drain-p50 .* µs"
                + " +\\+(2[5-9]|3[0-3])\\.[0-9] % ")
        .endsWith("\nab: b is worse\n");
  }

  @Test
  void equalSidesPass() throws Exception {
    stage("null", 5, 0);
    stage("screen", 5, -0.3);

    assertThat(commands.run("ab", root, "--stage", "screen")).isZero();
    assertThat(commands.out()).isEqualTo("no row looks worse\n");
    assertThat(root.resolve("screen/screened.txt")).isEmptyFile();
    assertThat(commands.run("ab", root)).isZero();

    assertThat(commands.out()).endsWith(NOT_SLOWER);
  }

  @Test
  void whatFreshForksDoNotShowAgainIsNoRegression() throws Exception {
    stage("null", 5, 0);
    stage("screen", 5, 0.3);
    stage("confirm", 10, 0);

    assertThat(commands.run("ab", root)).isZero();

    assertThat(commands.out()).doesNotContain("regressed  ").endsWith(NOT_SLOWER);
  }

  @Test
  void aBaselineThatDiffersFromItselfCannotBeJudged() throws Exception {
    stage("null", 10, 0.3);
    stage("screen", 5, 0.3);
    stage("confirm", 10, 0.3);

    assertThat(commands.run("ab", root)).isEqualTo(3);

    assertThat(commands.out())
        .endsWith(
            "\nab: cannot be judged: a differs from itself on this machine, so something other"
                + " than b tells the sides apart; end other work, or raise --screen-forks\n");
  }

  @Test
  void aPathThatBRefusesIsWorseWithoutFreshForks() throws Exception {
    stage("null", 5, 0);
    side("screen", "a", 5, 0).write(root.resolve("screen/a"));
    SampleRun b = side("screen", "b", 5, 0);
    b.row(0).put("status", "refused").put("reason", "EREMOTEIO").putArray("forks");
    b.write(root.resolve("screen/b"));

    assertThat(commands.run("ab", root)).isEqualTo(1);

    assertThat(commands.out()).contains("was verified and proven, is refused (EREMOTEIO)");
  }

  @Test
  void filesAreWrittenAsForCompare() throws Exception {
    stage("null", 5, 0);
    stage("screen", 5, 0);
    Path junit = root.resolve("ab.xml");
    Path markdown = root.resolve("ab.md");

    assertThat(commands.run("ab", root, "--junit", junit, "--markdown", markdown)).isZero();

    assertThat(junit).content().startsWith("<?xml").contains("<testsuites ");
    assertThat(markdown).content().startsWith("### p2pbench: 0 regressed");
  }

  @Test
  void aStageThatIsNotThereIsOneLine() throws Exception {
    stage("null", 5, 0);

    assertThat(commands.run("ab", root)).isEqualTo(2);

    assertThat(commands.err())
        .isEqualTo(
            root.resolve("screen/a")
                + ": there is no such directory. Give the directory that `run --out` wrote.\n");
  }

  @Test
  void aDamagedLatencyLogIsOneLine() throws Exception {
    stage("null", 5, 0);
    stage("screen", 5, 0);
    Path log;
    try (var logs = Files.list(root.resolve("screen/b/hlog"))) {
      log = logs.sorted().findFirst().orElseThrow();
    }
    Files.writeString(log, Files.readString(log).replaceFirst("HISTF", "HIXXF"));

    assertThat(commands.run("ab", root)).isEqualTo(2);

    assertThat(commands.err())
        .matches(
            "\\Q"
                + log
                + "\\E, line \\d+: not an interval of an HdrHistogram log\\. Restore the file, or delete"
                + " it to report without this fork's latencies\\.\n");
  }

  private void stage(String stage, int rounds, double slower) throws IOException {
    side(stage, "a", rounds, 0).write(root.resolve(stage).resolve("a"));
    side(stage, "b", rounds, slower).write(root.resolve(stage).resolve("b"));
  }

  private SampleRun side(String stage, String side, int rounds, double slower) {
    SampleRun run = ComparisonCommands.sample(++seed, rounds).slower(Stage.DRAIN, slower);
    run.twins(4096);
    run.rowsFile().putObject("ab").put("id", "9f3c").put("side", side).put("stage", stage);
    return run;
  }
}
