// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.rundir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.reports.SampleRun;

class RunDirectoryReaderTest {
  private static final String AGAIN =
      " Restore it from a copy, or measure again into a new directory.";

  @TempDir private Path dir;

  @Test
  void readsWhatTheFormatDescribes() throws Exception {
    RunDirectory run =
        new RunDirectoryReader().read(SampleRun.hardware().samples(10).twins(4096).write(dir));

    assertThat(run.machineClass()).isEqualTo(MachineClass.HARDWARE);
    assertThat(run.missing()).isEmpty();
    assertThat(run.environment().controllers().get(0).cmb().bytes()).isEqualTo(67108864L);
    assertThat(run.environment().source().controller()).isNull();
    Row row = run.rows().get(0);
    assertThat(row.parameters().memory()).isEqualTo("cmb");
    assertThat(row.parameters().blockBytes()).isEqualTo(4096L);
    assertThat(row.forks()).hasSize(4);
    assertThat(row.forks().get(1).position()).isEqualTo(1);
    assertThat(row.forks().get(0).witness().verdict()).isEqualTo(Fork.Witness.Verdict.PROVEN);
    assertThat(row.forks().get(0).iterations().get(0).pinsAcquired()).isPositive();
  }

  @Test
  void ignoresMembersAndStagesThatItDoesNotKnow() throws Exception {
    SampleRun sample = SampleRun.emulated().samples(10).twins(4096);
    sample.environment().put("weather", "fine");
    sample.row(0).put("colour", "blue");

    assertThat(new RunDirectoryReader().read(sample.write(dir)).rows()).hasSize(2);
  }

  @Test
  void takesEveryPartOfTheEnvironmentThatIsAbsentAsUnknown() throws Exception {
    SampleRun sample = SampleRun.emulated();
    sample.environment().removeAll();
    sample.environment().put("format", "p2pbench-environment").put("version", 1);
    sample.environment().put("machineClass", "lab");

    Environment environment = new RunDirectoryReader().read(sample.write(dir)).environment();

    assertThat(environment.machineClassReason()).isEqualTo("unknown");
    assertThat(environment.cpu()).isNull();
    assertThat(environment.controllers()).isEmpty();
  }

  @Test
  void saysWhatAKilledRunLacks() throws Exception {
    SampleRun sample = SampleRun.emulated().samples(10).twins(4096);
    sample.rowsFile().put("status", "running");
    ((ObjectNode) sample.rowsFile().get("plan")).put("forksDone", 8);
    sample.write(dir);
    Files.delete(dir.resolve("jmh.json"));
    String hlog = sample.row(1).get("forks").get(2).get("hlog").asText();
    Files.delete(dir.resolve(hlog));

    assertThat(new RunDirectoryReader().read(dir).missing())
        .containsExactly(
            "The run was killed or is still going: 8 of 24 forks are here.",
            "jmh.json is not there.",
            hlog + " is not there: this fork has no latencies.");
  }

  @Test
  void saysWhyARunFailed() throws Exception {
    SampleRun sample = SampleRun.emulated().samples(10).twins(4096);
    sample.rowsFile().put("status", "failed");
    sample
        .rowsFile()
        .putObject("failure")
        .put("row", "transfer-x")
        .put("message", "block 7 is stale");

    assertThat(new RunDirectoryReader().read(sample.write(dir)).missing())
        .containsExactly("The run failed: 24 of 24 forks are here: transfer-x: block 7 is stale");
  }

  @Test
  void readsARunThatEndedBeforeItsFirstFork() throws Exception {
    SampleRun.emulated().write(dir);
    Files.delete(dir.resolve("rows.json"));

    RunDirectory run = new RunDirectoryReader().read(dir);

    assertThat(run.rows()).isEmpty();
    assertThat(run.missing())
        .containsExactly("rows.json is not there: the run ended before its first fork was done.");
  }

  @Test
  void refusesWhatIsNoRunDirectory() throws Exception {
    Path nowhere = dir.resolve("nowhere");
    assertThat(refusal(nowhere))
        .isEqualTo(
            nowhere + ": there is no such directory. Give the directory that `run --out` wrote.");
    assertThat(refusal(dir))
        .isEqualTo(
            dir
                + ": not a run directory, it has no environment.json. Give the directory that"
                + " `run --out` wrote.");
    Path file = Files.writeString(dir.resolve("file"), "");
    assertThat(refusal(file))
        .isEqualTo(file + ": not a directory. Give the directory that `run --out` wrote.");
  }

  @Test
  void refusesAnotherVersionAndAnotherFormat() throws Exception {
    SampleRun sample = SampleRun.emulated().samples(10).twins(4096);
    sample.rowsFile().put("version", 2);
    assertThat(refusal(sample.write(dir)))
        .isEqualTo(
            dir.resolve("rows.json")
                + ": \"version\" is 2, and this p2pbench reads version 1. Use the"
                + " p2pbench that wrote it, or a newer one.");
    sample.rowsFile().put("version", 1).put("format", "other");
    assertThat(refusal(sample.write(dir)))
        .isEqualTo(
            dir.resolve("rows.json") + ": \"format\" is \"other\", not \"p2pbench-rows\"." + AGAIN);
    sample.rowsFile().put("format", "p2pbench-rows").remove("version");
    assertThat(refusal(sample.write(dir)))
        .isEqualTo(
            dir.resolve("rows.json")
                + ": \"version\" is missing, and this p2pbench reads version 1. Use the"
                + " p2pbench that wrote it, or a newer one.");
  }

  @Test
  void namesThePlaceWhereAFileWasCutOff() throws Exception {
    SampleRun.emulated().write(dir);
    Files.writeString(
        dir.resolve("rows.json"), "{\n  \"format\": \"p2pbench-rows\",\n  \"rows\": [");

    assertThat(refusal(dir))
        .isEqualTo(
            dir.resolve("rows.json") + ", line 3, column 12: the file is cut off here." + AGAIN);
  }

  @Test
  void refusesEmptyFilesAndFilesOfOtherBytes() throws Exception {
    SampleRun.emulated().write(dir);
    Files.writeString(dir.resolve("environment.json"), "");
    assertThat(refusal(dir))
        .isEqualTo(dir.resolve("environment.json") + ": the file is empty." + AGAIN);
    Files.write(dir.resolve("environment.json"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    assertThat(refusal(dir))
        .isEqualTo(dir.resolve("environment.json") + ": not UTF-8 text." + AGAIN);
  }

  @Test
  void namesTheMemberThatWasEditedByHand() throws Exception {
    assertThat(refusalOfRow("status", "\"good\""))
        .matches(
            quoted(
                "rows.json, line N, column N: rows[0].status: \"good\" is not one of measured,"
                    + " refused, failed."
                    + AGAIN));
    assertThat(refusalOfRow("machineClass", "null"))
        .matches(quoted("rows.json, line N, column N: rows[0]: machineClass is missing." + AGAIN));
    assertThat(refusalOfRow("forks", "{}"))
        .matches(
            quoted("rows.json, line N, column N: rows[0].forks: a list belongs here." + AGAIN));
    assertThat(refusalOfRow("forks", "[{\"round\": 0}, {\"round\": 0}]"))
        .matches(
            quoted(
                "rows.json, line N, column N: rows[0]: row"
                    + " transfer-cmb-emulated-per-transaction-sync-4096-d1-t1-s0-4KiB has two forks"
                    + " of round 0."
                    + AGAIN));
    assertThat(refusalOfRow("forks", "[{\"round\": 0, \"hlog\": \"hlog/../../etc/passwd\"}]"))
        .matches(
            quoted(
                "rows.json, line N, column N: rows[0].forks[0]: hlog is"
                    + " \"hlog/../../etc/passwd\", not a file in hlog/."
                    + AGAIN));
    assertThat(refusalOfRow("forks", "[{\"round\": 0, \"iterations\": [{\"score\": \"NaN\"}]}]"))
        .matches(
            quoted(
                "rows.json, line N, column N: rows[0].forks[0].iterations[0]: score is NaN, which"
                    + " is not a number from 0 up."
                    + AGAIN));
    assertThat(refusalOfRow("forks", "[{\"round\": 0, \"iterations\": [{\"score\": \"51234\"}]}]"))
        .matches(
            quoted(
                "rows.json, line N, column N: rows[0].forks[0].iterations[0].score: a number"
                    + " belongs here."
                    + AGAIN));
    assertThat(
            refusalOfRow(
                "forks",
                "[{\"round\": 0, \"iterations\": [{\"score\": 1, \"scoreUnit\": \"us/op\"}]}]"))
        .matches(
            quoted(
                "rows.json, line N, column N: rows[0].forks[0].iterations[0].scoreUnit: \"us/op\""
                    + " is not one of ops/s, ns/op."
                    + AGAIN));
    assertThat(refusalOfRow("forks", "[{\"round\": 0, \"iterations\": [{\"score\": -1}]}]"))
        .matches(
            quoted(
                "rows.json, line N, column N: rows[0].forks[0].iterations[0]: score is -1.0, which"
                    + " is not a number from 0 up."
                    + AGAIN));
  }

  @Test
  void saysThatADamagedJmhFileMayBeDeleted() throws Exception {
    SampleRun.emulated().write(dir);
    Files.writeString(dir.resolve("jmh.json"), "[\n{]");

    assertThat(refusal(dir))
        .startsWith(dir.resolve("jmh.json") + ", line 2, column 2: Unexpected close marker")
        .endsWith(" Restore it from a copy, or delete it: the report can do without it.");
  }

  private String refusalOfRow(String member, String json) throws IOException {
    SampleRun sample = SampleRun.emulated().samples(10).twins(4096);
    sample.row(0).put(member, "HERE");
    sample.write(dir);
    Path rows = dir.resolve("rows.json");
    Files.writeString(rows, Files.readString(rows).replace("\"HERE\"", json));
    return refusal(dir);
  }

  /** The line as a pattern in which N is any number. */
  private String quoted(String line) {
    return java.util.regex.Pattern.quote(dir + "/" + line)
        .replace("line N,", "line \\E[0-9]+\\Q,")
        .replace("column N:", "column \\E[0-9]+\\Q:");
  }

  private static String refusal(Path directory) {
    return catchThrowableOfType(
            BadRunDirectoryException.class, () -> new RunDirectoryReader().read(directory))
        .getMessage();
  }
}
