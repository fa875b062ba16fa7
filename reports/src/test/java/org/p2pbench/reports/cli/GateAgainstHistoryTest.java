// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.reports.history.RunEntry;
import org.p2pbench.reports.rundir.RunDirectoryReader;

class GateAgainstHistoryTest {
  @TempDir private Path dir;
  private final ComparisonCommands commands = new ComparisonCommands();

  @Test
  void takesTheBaselineFromAHistory() throws Exception {
    Path store = dir.resolve("store");
    Path before = stored(store, 1);

    assertThat(commands.run("gate", "--store", store, plain(2))).isZero();
    assertThat(commands.err()).startsWith(baselineNote(before)).contains("one after the other");

    Path slower = ComparisonCommands.slowerDrain(dir.resolve("slower"), 3, 10);
    assertThat(commands.run("gate", "--store", store, "--branch", "main", slower)).isEqualTo(1);
    assertThat(commands.out()).startsWith("regressed    transfer-").contains("  drain-p50 ");
  }

  @Test
  void fiveAcceptedRunsAreTheBaselineTogether() throws Exception {
    Path store = dir.resolve("store");
    for (int i = 1; i <= 4; i++) {
      stored(store, i);
    }
    Path newest = stored(store, 5);
    Path json = dir.resolve("comparison.json");

    assertThat(commands.run("gate", "--store", store, "--json", json, plain(6))).isZero();
    assertThat(commands.err())
        .isEqualTo(
            baselineNote(newest)
                + "note: timings are held against the accepted runs in "
                + store
                + ", 5 of them, counts against the newest.\n");
    assertThat(json).content().contains("\"design\" : \"stored\"", "\"method\" : \"history\"");

    Path slower = ComparisonCommands.slowerDrain(dir.resolve("slower"), 7, 10);
    assertThat(commands.run("compare", "--store", store, slower)).isZero();
    assertThat(commands.out()).startsWith("regressed    transfer-").contains("  drain-p50 ");
    assertThat(commands.run("gate", "--store", store, slower)).isEqualTo(1);
  }

  @Test
  void aHistoryWithoutABaselineCannotJudge() throws Exception {
    Path store = dir.resolve("store");
    Path candidate = plain(1);
    assertThat(commands.run("gate", "--store", store, candidate)).isEqualTo(3);
    assertThat(commands.err())
        .isEqualTo(
            "p2pbench: cannot judge: "
                + store
                + ": there is no history yet. `history add RUN` makes one, `--store` names one.\n");

    stored(store, 2);
    assertThat(commands.run("gate", "--store", store, "--branch", "next", candidate)).isEqualTo(3);
    assertThat(commands.err())
        .startsWith("p2pbench: cannot judge: " + store + ": no baseline: ")
        .contains("newest accepted run of the branch next on machine")
        .contains("there are runs of the branch main");
    assertThat(commands.out()).isEmpty();
  }

  @Test
  void aBaselineWhoseDirectoryIsGoneCannotJudge() throws Exception {
    Path store = dir.resolve("store");
    Path before = stored(store, 1);
    Path moved = dir.resolve("moved");
    Files.move(before, moved);

    assertThat(commands.run("gate", "--store", store, plain(2))).isEqualTo(3);
    assertThat(commands.err())
        .matches(
            "p2pbench: \\Qcannot judge: "
                + store
                + ": the baseline is \\E[-0-9TZa-f]+\\Q, and its run directory is not here: "
                + before
                + ". Fetch it, or measure the baseline again.\\E\n");
  }

  @Test
  void aStoreAndABaselineExcludeEachOther() throws Exception {
    Path run = plain(1);
    assertThat(commands.run("gate", "--store", dir, run, run)).isEqualTo(2);
    assertThat(commands.err())
        .isEqualTo(
            "p2pbench: With --store only the candidate is named, not "
                + run
                + " too. See `./run.sh gate --help`.\n");
    assertThat(commands.run("gate", run)).isEqualTo(2);
    assertThat(commands.err())
        .isEqualTo(
            "p2pbench: Missing required parameter: 'CANDIDATE'. See `./run.sh gate --help`.\n");
    assertThat(commands.run("gate", "--branch", "main", run, run)).isEqualTo(2);
    assertThat(commands.err())
        .isEqualTo(
            "p2pbench: --branch and --wait say more of --store, which is not given."
                + " See `./run.sh gate --help`.\n");
  }

  private Path plain(int seed) throws Exception {
    return ComparisonCommands.plain(dir.resolve("plain" + seed), seed, 10);
  }

  private Path stored(Path store, int seed) throws Exception {
    Path run = plain(seed);
    assertThat(commands.run("history", "add", run, "--store", store)).isZero();
    return run;
  }

  private static String baselineNote(Path run) throws Exception {
    String id = RunEntry.id(new RunDirectoryReader().read(run));
    return "note: the baseline is " + id + ", " + run + ".\n";
  }
}
