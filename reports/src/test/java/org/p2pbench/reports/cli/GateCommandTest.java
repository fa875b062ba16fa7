// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
  void aSideRowOfTooFewForksIsANoteUnlessItIsRequired() throws Exception {
    Path baseline = withFewCopies(dir.resolve("baseline"), 1);
    Path after = withFewCopies(dir.resolve("after"), 2);

    assertThat(commands.run("gate", baseline, after)).isZero();
    assertThat(commands.err())
        .containsPattern(
            "note: not judged, for fewer than 4 forks on a side: transfer-[^ ]*-65536-[^ ,]*,"
                + " transfer-[^ ]*-65536-[^ ,]*: --rounds measures more\\.\n");

    Path policy = policy("required:\n  - transfer-ram-*-65536-*\n");
    assertThat(commands.run("gate", "--policy", policy, baseline, after)).isEqualTo(3);
    assertThat(commands.err())
        .containsPattern(
            "cannot judge: transfer-ram-[^ ]*-65536-[^ ]*, 5 metrics: 3 and 3 forks give an"
                + " interval, not a verdict: 4 on each side are needed\\.\n");
  }

  private static Path withFewCopies(Path directory, long seed) throws IOException {
    SampleRun run = ComparisonCommands.sample(seed, 10).twins(4096).rounds(3).twins(65536);
    return ComparisonCommands.complete(run, seed).write(directory);
  }

  @Test
  void runsWithNothingInCommonCannotBeJudged() throws Exception {
    SampleRun other = ComparisonCommands.sample(2, 10).twins(65536);
    Path after = ComparisonCommands.complete(other, 2).write(dir.resolve("after"));

    assertThat(commands.run("gate", before, after)).isEqualTo(3);

    assertThat(commands.err())
        .contains("cannot judge: the two runs have no benchmark in common.\n");
    assertThat(commands.out()).contains("emulated: gate cannot judge: ");
  }

  @Test
  void aPolicyThatFitsNothingPassesNothing() throws Exception {
    Path after = ComparisonCommands.plain(dir.resolve("after"), 2, 10);
    Path misspelt = policy("metrics:\n  - metric: throughput\n    rows: transfer-rm-*\n");

    assertThat(commands.run("gate", "--policy", misspelt, before, after)).isEqualTo(3);

    assertThat(commands.err())
        .contains(
            "note: the policy's rows \"transfer-rm-*\" fit no row of the two runs.\n",
            "cannot judge: the policy judges no metric that both runs have.\n");
  }

  @Test
  void aPercentageIsNoShare() throws Exception {
    Path after = ComparisonCommands.plain(dir.resolve("after"), 2, 10);
    Path policy = policy("metrics:\n  - metric: throughput\n    smallestChange: 3\n");

    assertThat(commands.run("gate", "--policy", policy, before, after)).isEqualTo(2);

    assertThat(commands.err())
        .isEqualTo(
            "p2pbench: "
                + policy
                + ", line 5, column 5: metrics[0]: smallestChange is 3.0, not a share below 1, such"
                + " as 0.03 for 3 %"
                + SEE);
  }

  @Test
  void nothingIsWrittenIntoARun() throws Exception {
    Path after = ComparisonCommands.plain(dir.resolve("after"), 2, 10);
    String rows = Files.readString(after.resolve("rows.json"));
    Path link = Files.createSymbolicLink(dir.resolve("link"), after);

    for (Path into : List.of(after.resolve("rows.json"), link.resolve("rows.json"))) {
      assertThat(commands.run("gate", "--junit", into, before, after)).isEqualTo(2);
      assertThat(commands.err())
          .startsWith(
              "p2pbench: --junit: "
                  + into
                  + " is in the run directory "
                  + after
                  + ", which is only read: give another path. See `./run.sh gate --help`.\n");
    }
    assertThat(commands.run("compare", "--out", before, before, after)).isEqualTo(2);

    assertThat(after.resolve("rows.json")).hasContent(rows);
    assertThat(before.resolve("index.html")).doesNotExist();
  }

  @Test
  void withoutABaselineNothingIsJudged() throws Exception {
    Path nowhere = dir.resolve("nowhere");

    assertThat(commands.run("gate", nowhere, before)).isEqualTo(3);

    assertThat(commands.err())
        .isEqualTo(
            "p2pbench: cannot judge: there is no baseline at "
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
            "p2pbench: cannot judge: required benchmark drain-ram-* is not measured in the baseline.\n"
                + "p2pbench: cannot judge: required benchmark drain-ram-* is not measured in the candidate.\n");
  }

  @Test
  void aRunThatWasKilledCannotBeJudged() throws Exception {
    SampleRun killed = ComparisonCommands.sample(2, 10).twins(4096);
    killed.rowsFile().put("status", "running");

    assertThat(commands.run("gate", before, killed.write(dir.resolve("after")))).isEqualTo(3);

    assertThat(commands.err())
        .contains("p2pbench: cannot judge: the candidate is not a complete run.\n")
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
        "metrics:\n  - metric: throughput\n    smallestChange: 0.99\n    rows: '*-ram-*'\n"
            + "  - metric: throughput\n    rows: '*-cmb-*'\n    smallestChange: 0.9\n";

    assertThat(commands.run("gate", "--policy", policy(metrics), before, after)).isZero();
    assertThat(commands.out()).contains("cannot tell");
    assertThat(
            commands.run(
                "gate", "--policy", policy("whenUnsure: refuse\n" + metrics), before, after))
        .isEqualTo(3);
  }

  @Test
  void aKeyThatThereIsNotIsOneLineWithItsPlace() throws Exception {
    assertThat(mistake("treshold: 3\n"))
        .isEqualTo(
            ", line 3, column 1: unknown key \"treshold\" (there are falseAlarms, format,"
                + " metrics, required, strict, version, waivers, whenUnsure)"
                + SEE);
    assertThat(mistake("waivers:\n  - {row: x, metric: y, reason: z, until: 2026-12-31, by: me}\n"))
        .isEqualTo(
            ", line 4, column 55: unknown key \"by\" (there are metric, reason, row, until)" + SEE);
    assertThat(mistake("metrics:\n- metric: throughput\nsmallestChange: 0.03\n"))
        .as("too little indentation")
        .startsWith(", line 5, column 1: unknown key \"smallestChange\" (there are falseAlarms,");
  }

  @Test
  void aKeyThatStandsTwiceIsOneLineWithBothPlaces() throws Exception {
    assertThat(mistake("metrics: []\nstrict: true\nmetrics: []\n"))
        .isEqualTo(
            ", line 5, column 1: \"metrics\" stands twice in one map, first in line 3" + SEE);
    assertThat(mistake("metrics:\n  - metric: throughput\n    metric: drain-p50\n"))
        .isEqualTo(", line 5, column 5: \"metric\" stands twice in one map, first in line 4" + SEE);
  }

  @Test
  void aValueOfAnotherKindIsOneLineWithWhatBelongsThere() throws Exception {
    String list = "a list (entries that begin with \"- \") belongs here, not ";
    assertThat(mistake("metrics:\n  metric: throughput\n"))
        .isEqualTo(", line 3, column 1: metrics: " + list + "a map" + SEE);
    assertThat(mistake("required: transfer-*\n"))
        .isEqualTo(", line 3, column 1: required: " + list + "\"transfer-*\"" + SEE);
    assertThat(mistake("metrics:\n  - throughput\n"))
        .isEqualTo(
            ", line 4, column 5: metrics[0]: a map (keys better, judged, metric, rows,"
                + " smallestChange) belongs here, not \"throughput\""
                + SEE);
    assertThat(mistake("metrics:\n  - metric: [a]\n"))
        .isEqualTo(", line 4, column 5: metrics[0].metric: text belongs here, not a list" + SEE);
    assertThat(mistake("metrics:\n  - metric: throughput\n    smallestChange: 3%\n"))
        .isEqualTo(
            ", line 5, column 5: metrics[0].smallestChange: a number belongs here, not \"3%\""
                + SEE);
    assertThat(mistake("falseAlarms: five\n"))
        .isEqualTo(", line 3, column 1: falseAlarms: a number belongs here, not \"five\"" + SEE);
    assertThat(mistake("strict: maybe\n"))
        .isEqualTo(", line 3, column 1: strict: true or false belongs here, not \"maybe\"" + SEE);
    assertThat(mistake("whenUnsure: maybe\n"))
        .isEqualTo(
            ", line 3, column 1: whenUnsure: pass or refuse belongs here, not \"maybe\"" + SEE);
    assertThat(mistake("metrics:\n  -\n"))
        .isEqualTo(", line 4, column 4: metrics[0] is empty" + SEE);
  }

  @Test
  void aValueThatCannotBeUsedIsOneLineWithItsPlace() throws Exception {
    assertThat(mistake("metrics:\n  - metric: latency\n"))
        .startsWith(
            ", line 4, column 5: metrics[0]: metric is \"latency\", and there are only throughput,"
                + " operations, ")
        .endsWith(SEE);
    assertThat(mistake("falseAlarms: 0.5\n"))
        .isEqualTo(", line 3, column 1: falseAlarms is 0.5, not above 0 and up to 0.2" + SEE);
    assertThat(mistake("metrics:\n  - metric: throughput\n    smallestChange: NaN\n"))
        .isEqualTo(
            ", line 5, column 5: metrics[0]: smallestChange is NaN, not a share below 1, such as 0.03 for 3 %"
                + SEE);
    assertThat(mistake("waivers:\n  - row: x\n    metric: y\n    reason: z\n"))
        .isEqualTo(", line 4, column 5: waivers[0]: until is missing" + SEE);
    assertThat(mistake("waivers:\n  - {row: x, metric: y, reason: z, until: soon}\n"))
        .isEqualTo(
            ", line 4, column 36: waivers[0]: until is \"soon\", not a day such as 2026-12-31"
                + SEE);
  }

  @Test
  void whatIsNotYamlIsOneLineInPlainWords() throws Exception {
    String goOn =
        ": this does not go on with the list or map above it: check the indentation, and that each"
            + " list entry begins with \"- \"";
    String alias = ": what begins with * is an alias in YAML: put the pattern in quotes";
    assertThat(mistake("metrics:\n  - metric: throughput\n  smallestChange: 0.03\n"))
        .isEqualTo(", line 5, column 3" + goOn + SEE);
    assertThat(mistake("metrics:\n  - metric: throughput # all\n   rows: a\n"))
        .isEqualTo(", line 5, column 4" + goOn + SEE);
    assertThat(mistake("metrics:\n  - metric: throughput\n    smallestChange: 3\n     rows: a\n"))
        .isEqualTo(
            ", line 6, column 10: a \": \" does not belong here: check the indentation, or put the"
                + " text in quotes"
                + SEE);
    assertThat(mistake("metrics:\n\t- metric: throughput\n"))
        .isEqualTo(
            ", line 4, column 1: a tab stands where YAML takes spaces alone: indent with spaces"
                + SEE);
    assertThat(mistake("metrics:\n  - metric: *-p99\n"))
        .isEqualTo(", line 4, column 13" + alias + SEE);
    assertThat(mistake("metrics:\n  - metric: *\n")).isEqualTo(", line 4, column 14" + alias + SEE);
    assertThat(mistake("metrics:\n  - metric: \"throughput\n"))
        .isEqualTo(", line 4, column 13: this quote is not closed" + SEE);
    assertThat(mistake("falseAlarms: .nan\n"))
        .isEqualTo(", line 3, column 18: Malformed numeric value '.nan'" + SEE);
    assertThat(mistake("metrics: [\n"))
        .isEqualTo(
            ", line 4, column 1: not YAML: expected the node content, but found the end of the file"
                + SEE);
    assertThat(mistake("---\n" + HEAD))
        .isEqualTo(", line 4, column 1: a second document begins: a policy is one" + SEE);
  }

  @Test
  void otherFilesAreNoPolicies() throws Exception {
    assertThat(refused("format: x\n"))
        .isEqualTo(", line 1, column 1: format is \"x\", not \"p2pbench-gate-policy\"" + SEE);
    assertThat(refused("format: p2pbench-gate-policy\nversion: 2\n"))
        .isEqualTo(", line 2, column 1: version is 2, and this p2pbench reads 1" + SEE);
    assertThat(refused("- metric: throughput\n"))
        .isEqualTo(
            ", line 1, column 1: a map (keys falseAlarms, format, metrics, required, strict,"
                + " version, waivers, whenUnsure) belongs here, not a list"
                + SEE);
    assertThat(refused("")).isEqualTo(": the file is empty" + SEE);
    assertThat(refused("# nothing but a remark\n")).isEqualTo(": the file is empty" + SEE);
    Path policy = dir.resolve("gate.yaml");
    Files.write(policy, new byte[] {(byte) 0xff, (byte) 0xfe});
    assertThat(commands.run("gate", "--policy", policy, before, before)).isEqualTo(2);
    assertThat(commands.err()).isEqualTo("p2pbench: " + policy + ": not UTF-8 text" + SEE);
    Path nowhere = dir.resolve("nowhere.yaml");
    assertThat(commands.run("gate", "--policy", nowhere, before, before)).isEqualTo(2);
    assertThat(commands.err())
        .isEqualTo(
            "p2pbench: "
                + nowhere
                + ": cannot be read (no such file). Give the policy with --policy.\n");
  }

  private String mistake(String text) throws IOException {
    return refused(HEAD + text);
  }

  /** What gate says of a policy, without its name. */
  private String refused(String text) throws IOException {
    Path policy = Files.writeString(dir.resolve("gate.yaml"), text);
    assertThat(commands.run("gate", "--policy", policy, before, before)).isEqualTo(2);
    String place = "p2pbench: " + policy;
    assertThat(commands.err()).hasLineCount(1).startsWith(place);
    return commands.err().substring(place.length());
  }

  private Path policy(String text) throws IOException {
    return Files.writeString(dir.resolve("gate.yaml"), HEAD + text);
  }
}
