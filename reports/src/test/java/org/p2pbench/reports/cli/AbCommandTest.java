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
  private static final String OF_24 = "ab: no slowdown was confirmed; of 24 metrics ";
  private static final String ROW = "transfer-ram-per-transaction-sync-4096-d1-t1-s0-4KiB";
  private static final String WHAT_TO_DO =
      "; measure again with more or longer forks (--confirm-forks, --screen-forks, -- -r 2s)\n";

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

    assertThat(commands.out()).endsWith(OF_24 + "12 did not look worse, 12 could not be tested\n");
  }

  @Test
  void whatFreshForksDoNotShowAgainIsNoRegression() throws Exception {
    stage("null", 5, 0);
    stage("screen", 5, 0.3);
    stage("confirm", 10, 0);

    assertThat(commands.run("ab", root)).isZero();

    assertThat(commands.out())
        .doesNotContain("regressed  ")
        .containsPattern("cannot tell +" + ROW + " +transaction-p50 .*needs about \\d+ more fork")
        .endsWith(
            OF_24
                + "6 did not look worse, 3 did so at first only, 3 did so at first and fresh forks"
                + " cannot tell, 12 could not be tested\n");
  }

  @Test
  void whatFreshForksDoNotHaveStaysUndecided() throws Exception {
    stage("null", 5, 0);
    stage("screen", 5, 0.3);
    for (String side : new String[] {"a", "b"}) {
      SampleRun fresh = side("confirm", side, 10, 0);
      fresh.withoutRow(1);
      fresh.write(root.resolve("confirm").resolve(side));
    }

    assertThat(commands.run("ab", root)).isEqualTo(3);

    assertThat(commands.out())
        .containsPattern(
            "cannot tell +" + ROW + " +drain-p50 .*looked worse at first, and no fresh fork has it")
        .contains("ab: cannot be judged: 3 stay undecided, the first is ")
        .endsWith(": looked worse at first, and no fresh fork has it" + WHAT_TO_DO);
  }

  @Test
  void whatWasNotMeasuredAgainStaysUndecided() throws Exception {
    stage("null", 5, 0);
    stage("screen", 5, 0.3);

    assertThat(commands.run("ab", root)).isEqualTo(3);

    assertThat(commands.out())
        .endsWith(": looked worse at first, and no fresh fork has it" + WHAT_TO_DO);
  }

  @Test
  void tooFewFreshForksDecideNothing() throws Exception {
    stage("null", 5, 0);
    stage("screen", 5, 0.3);
    stage("confirm", 3, 0.3);

    assertThat(commands.run("ab", root)).isEqualTo(3);

    assertThat(commands.out())
        .endsWith(
            ": 3 and 3 forks give an interval, not a verdict: 4 on each side are needed"
                + WHAT_TO_DO);
  }

  @Test
  void soManyLookWorseThatSoFewFreshForksCannotConfirmOne() throws Exception {
    long[] sizes = {4096, 8192, 16_384, 32_768, 65_536, 131_072};
    stage("null", 5, 0);
    stage("screen", 5, 0.3, sizes);
    stage("confirm", 10, 0.3, sizes);

    assertThat(commands.run("ab", root)).isEqualTo(3);

    assertThat(commands.out())
        .containsPattern(
            "\nab: cannot be judged: \\d+ stay undecided, the first is .*: 10 fresh forks on each"
                + " side cannot confirm any of \\d+ that looked worse"
                + WHAT_TO_DO.replaceAll("[()]", ".")
                + "$");

    stage("confirm", 12, 0.3, sizes);

    assertThat(commands.run("ab", root)).isEqualTo(1);
  }

  @Test
  void freshForksWithoutASteadyStateDecideNothing() throws Exception {
    stage("null", 5, 0);
    stage("screen", 5, 0.3);
    for (String side : new String[] {"a", "b"}) {
      SampleRun fresh = side("confirm", side, 10, side.equals("a") ? 0 : 0.3);
      fresh.warmingUp();
      fresh.write(root.resolve("confirm").resolve(side));
    }
    Path junit = root.resolve("ab.xml");

    assertThat(commands.run("ab", root, "--junit", junit)).isEqualTo(3);

    assertThat(commands.out())
        .endsWith(
            ": 10 of 10 baseline and 10 of 10 candidate forks did not reach a steady state"
                + WHAT_TO_DO);
    assertThat(junit).content().contains("ab: cannot be judged: ");
  }

  @Test
  void aRowWithoutATestDoesNotPass() throws Exception {
    stage("null", 5, 0);
    stage("screen", 3, 0.3);

    assertThat(commands.run("ab", root, "--stage", "screen")).isZero();
    assertThat(commands.out()).isEqualTo("no row looks worse\n");
    assertThat(commands.run("ab", root)).isEqualTo(3);

    assertThat(commands.out())
        .endsWith(
            ": 3 and 3 forks give an interval, not a verdict: 4 on each side are needed"
                + WHAT_TO_DO);
  }

  @Test
  void aRowThatOneSideDidNotMeasureDoesNotPass() throws Exception {
    stage("null", 5, 0);
    side("screen", "a", 5, 0).write(root.resolve("screen/a"));
    SampleRun b = side("screen", "b", 5, 0);
    b.withoutRow(1);
    b.write(root.resolve("screen/b"));

    assertThat(commands.run("ab", root)).isEqualTo(3);

    assertThat(commands.out())
        .endsWith(
            "ab: cannot be judged: 1 stays undecided: "
                + ROW
                + " function: was verified and proven, is absent"
                + WHAT_TO_DO);
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
    stage("screen", 5, -0.3);
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
            "p2pbench: "
                + root.resolve("screen/a")
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
            "p2pbench: \\Q"
                + log
                + "\\E, line \\d+: not an interval of an HdrHistogram log\\. Restore the file, or delete"
                + " it to report without this fork's latencies\\.\n");
  }

  private void stage(String stage, int rounds, double slower, long... sizes) throws IOException {
    side(stage, "a", rounds, 0, sizes).write(root.resolve(stage).resolve("a"));
    side(stage, "b", rounds, slower, sizes).write(root.resolve(stage).resolve("b"));
  }

  private SampleRun side(String stage, String side, int rounds, double slower, long... sizes) {
    SampleRun run = ComparisonCommands.sample(++seed, rounds).slower(Stage.DRAIN, slower);
    run.twins(sizes.length == 0 ? new long[] {4096} : sizes);
    run.rowsFile().putObject("ab").put("id", "9f3c").put("side", side).put("stage", stage);
    return run;
  }
}
