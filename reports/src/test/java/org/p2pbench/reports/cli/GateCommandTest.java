// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.reports.SampleRun;

class GateCommandTest {
  private static final String HEAD = "format: p2pbench-gate-policy\nversion: 1\n";
  private static final String SEE = ". See reports/gate-policy.md.\n";

  @TempDir private Path dir;
  private final ComparisonCommands commands = new ComparisonCommands();
  private Path before;

  @BeforeEach
  void measureTheBaseline() throws IOException {
    before = ComparisonCommands.plain(dir.resolve("before"), 1, 10);
  }

  @Test
  void aSlowerStageFailsAndIsNamed() throws Exception {
    Path after = ComparisonCommands.slowerDrain(dir.resolve("after"), 2, 10);

    assertThat(commands.run("gate", before, after)).isEqualTo(1);

    assertThat(commands.out())
        .contains(" drain-p50 ")
        .containsPattern("emulated: gate regressed: [0-9]+ regressed, ");
  }

  @Test
  void equalRunsPass() throws Exception {
    for (int seed = 2; seed < 7; seed++) {
      Path after = ComparisonCommands.plain(dir.resolve("after" + seed), seed, 10);

      assertThat(commands.run("gate", before, after)).isZero();

      assertThat(commands.out()).contains("emulated: gate passed: 0 regressed, ");
    }
  }

  @Test
  void whatThePolicyLeavesOutDoesNotFail() throws Exception {
    Path after = ComparisonCommands.slowerDrain(dir.resolve("after"), 2, 10);
    Path policy = policy("metrics:\n  - metric: pins-per-transaction\n");

    assertThat(commands.run("gate", "--policy", policy, before, after)).isZero();

    assertThat(commands.out()).contains("gate passed").doesNotContain("drain-p50");
  }

  @Test
  void theLastEntryThatFitsCounts() throws Exception {
    Path after = ComparisonCommands.slowerDrain(dir.resolve("after"), 2, 10);
    Path policy =
        policy(
            "metrics:\n  - metric: drain-p50\n  - metric: drain-*\n    rows: transfer-*\n"
                + "    smallestChange: 0.5\n");

    assertThat(commands.run("gate", "--policy", policy, before, after)).isZero();

    assertThat(commands.out()).contains("all of the interval is within 50 %");
  }

  @Test
  void aWaiverLetsPassUntilItsLastDay() throws Exception {
    Path after = ComparisonCommands.slowerDrain(dir.resolve("after"), 2, 10);
    String waiver =
        "waivers:\n  - row: transfer-*\n    metric: '*'\n    reason: a new drain\n    until: ";

    assertThat(commands.run("gate", "--policy", policy(waiver + "2026-02-01\n"), before, after))
        .isZero();
    assertThat(commands.out())
        .contains("regressed (waived)", "waived: a new drain (until 2026-02-01)")
        .contains("gate passed: ");

    assertThat(commands.run("gate", "--policy", policy(waiver + "2026-01-31\n"), before, after))
        .isEqualTo(1);
    assertThat(commands.err())
        .contains(
            "error: the waiver of transfer-* * (a new drain) ended on 2026-01-31: it lets nothing"
                + " pass. Remove or renew it.\n");
  }

  @Test
  void tooFewForksCannotBeJudged() throws Exception {
    Path after = ComparisonCommands.plain(dir.resolve("after"), 2, 3);

    assertThat(commands.run("gate", before, after)).isEqualTo(3);

    assertThat(commands.err())
        .contains("10 and 3 forks give an interval, not a verdict: 4 on each side are needed.\n");
    assertThat(commands.out()).contains("emulated: gate cannot judge: 0 regressed, ");
  }

  @Test
  void withoutABaselineNothingIsJudged() throws Exception {
    Path nowhere = dir.resolve("nowhere");

    assertThat(commands.run("gate", nowhere, before)).isEqualTo(3);

    assertThat(commands.err())
        .isEqualTo(
            "cannot judge: there is no baseline at "
                + nowhere
                + ": measure one, or take it from the history.\n");
  }

  @Test
  void anotherMachineCannotBeJudged() throws Exception {
    Path after = SampleRun.lab().samples(10).twins(4096).write(dir.resolve("after"));

    assertThat(commands.run("gate", "--annotations", before, after)).isEqualTo(3);

    assertThat(commands.err()).contains("  machine class: emulated, then lab\n");
    assertThat(commands.out())
        .startsWith("::error title=p2pbench cannot judge::the runs were made");
  }

  @Test
  void aRequiredBenchmarkThatIsAbsentCannotBeJudged() throws Exception {
    Path after = ComparisonCommands.plain(dir.resolve("after"), 2, 10);
    Path policy =
        policy("metrics:\n  - metric: pins-per-transaction\nrequired:\n  - drain-ram-*\n");

    assertThat(commands.run("gate", "--policy", policy, before, after)).isEqualTo(3);

    assertThat(commands.err())
        .contains(
            "cannot judge: required benchmark drain-ram-* is not measured in the baseline.\n"
                + "cannot judge: required benchmark drain-ram-* is not measured in the candidate.\n");
  }

  @Test
  void aRunThatWasKilledCannotBeJudged() throws Exception {
    SampleRun killed = ComparisonCommands.sample(2, 10).twins(4096);
    killed.rowsFile().put("status", "running");

    assertThat(commands.run("gate", before, killed.write(dir.resolve("after")))).isEqualTo(3);

    assertThat(commands.err())
        .contains("cannot judge: the candidate is not a complete run.\n")
        .contains("note: candidate: The run was killed or is still going");
  }

  @Test
  void aPathThatIsRefusedNowFails() throws Exception {
    SampleRun after = ComparisonCommands.sample(2, 10).twins(4096);
    after.row(0).put("status", "refused").put("reason", "EREMOTEIO").putArray("forks");
    Path policy = policy("metrics:\n  - metric: pins-per-transaction\n");

    assertThat(commands.run("gate", "--policy", policy, before, after.write(dir.resolve("after"))))
        .isEqualTo(1);

    assertThat(commands.out()).contains("was verified and proven, is refused (EREMOTEIO)");
  }

  @Test
  void unsureForksPassUnlessThePolicyRefuses() throws Exception {
    SampleRun noisy = ComparisonCommands.sample(2, 10).drift(0.03).twins(4096);
    for (var fork : noisy.row(0).get("forks")) {
      for (var iteration : fork.get("iterations")) {
        ((ObjectNode) iteration)
            .put("score", iteration.get("score").asDouble() * (1 + fork.get("round").asInt() % 3));
      }
    }
    Path after = noisy.write(dir.resolve("after"));
    String metrics =
        "metrics:\n  - metric: throughput\n    smallestChange: 10\n    rows: '*-ram-*'\n"
            + "  - metric: throughput\n    rows: '*-cmb-*'\n    smallestChange: 0.9\n";

    assertThat(commands.run("gate", "--policy", policy(metrics), before, after)).isZero();
    assertThat(commands.out()).contains("cannot tell");
    assertThat(
            commands.run(
                "gate", "--policy", policy("whenUnsure: refuse\n" + metrics), before, after))
        .isEqualTo(3);
  }

  @Test
  void mistakesInAPolicyAreOneLineWithTheirPlace() throws Exception {
    assertThat(mistake("treshold: 3\n"))
        .isEqualTo(
            ", line 3, column 1: unknown key \"treshold\" (there are falseAlarms, format,"
                + " metrics, required, strict, version, waivers, whenUnsure)"
                + SEE);
    assertThat(mistake("metrics:\n  - metric: latency\n"))
        .startsWith(
            ": metrics[0]: no metric is called \"latency\" (there are throughput, operations, ")
        .endsWith(SEE);
    assertThat(mistake("falseAlarms: 0.5\n"))
        .contains("falseAlarms is 0.5, not above 0 and up to 0.2");
    assertThat(mistake("falseAlarms: five\n")).contains("falseAlarms: ");
    assertThat(mistake("waivers:\n  - row: x\n    metric: y\n    reason: z\n"))
        .contains("waivers[0]: until is missing");
    assertThat(mistake("waivers:\n  - {row: x, metric: y, reason: z, until: soon}\n"))
        .contains("until is \"soon\", not a day such as 2026-12-31");
    assertThat(mistake("whenUnsure: maybe\n")).contains("\"maybe\"");
    assertThat(mistake("metrics: [\n")).contains(", line ");
  }

  @Test
  void otherFilesAreNoPolicies() throws Exception {
    Path other = Files.writeString(dir.resolve("other.yaml"), "format: x\n");
    assertThat(commands.run("gate", "--policy", other, before, before)).isEqualTo(2);
    assertThat(commands.err())
        .contains("format is \"x\", not \"p2pbench-gate-policy\"")
        .hasLineCount(1);
    Path nowhere = dir.resolve("nowhere.yaml");
    assertThat(commands.run("gate", "--policy", nowhere, before, before)).isEqualTo(2);
    assertThat(commands.err())
        .isEqualTo(nowhere + ": cannot be read (no such file). Give the policy with --policy.\n");
    Path empty = Files.writeString(dir.resolve("empty.yaml"), "");
    assertThat(commands.run("gate", "--policy", empty, before, before)).isEqualTo(2);
    assertThat(commands.err()).isEqualTo(empty + ": the file is empty" + SEE);
  }

  private String mistake(String text) throws IOException {
    Path policy = policy(text);
    assertThat(commands.run("gate", "--policy", policy, before, before)).isEqualTo(2);
    assertThat(commands.err()).hasLineCount(1).startsWith(policy.toString());
    return commands.err().substring(policy.toString().length());
  }

  private Path policy(String text) throws IOException {
    return Files.writeString(dir.resolve("gate.yaml"), HEAD + text);
  }
}
