// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.p2pbench.reports.cli.Commands.call;
import static org.p2pbench.reports.cli.Commands.id;
import static org.p2pbench.reports.cli.Commands.run;
import static org.p2pbench.reports.cli.Commands.sample;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.reports.SampleRun;
import org.p2pbench.reports.cli.Commands.Result;

class BaselineCommandTest {
  @TempDir private Path dir;
  private Path store;

  @BeforeEach
  void nameTheStore() {
    store = dir.resolve("store");
  }

  @Test
  void isTheNewestAcceptedRunOfTheBranch() throws Exception {
    add(run(dir, 3), "--branch", "feature");
    Path second = run(dir, 2);
    String id = add(second);
    add(run(dir, 1));
    add(run(dir, 4), "--pending");
    String rejected = add(run(dir, 5));
    call("history", "reject", rejected, "--store", store);
    Path candidate = run(dir, 6);

    assertThat(baseline("--branch", "main", "--candidate", candidate))
        .isEqualTo(
            new Result(
                0, "run       " + id + "\nrevision  1a2b3c4\npath      " + second + "\n", ""));
    assertThat(baseline("--candidate", candidate, "--path"))
        .isEqualTo(new Result(0, second + "\n", ""));
  }

  @Test
  void aRunIsNotItsOwnBaseline() throws Exception {
    Path first = run(dir, 1);
    Path second = run(dir, 2);
    add(first);
    add(second);

    assertThat(baseline("--candidate", second, "--path").out()).isEqualTo(first + "\n");
  }

  @Test
  void anotherMachineIsNoBaselineAndItsFingerprintIsSaid() throws Exception {
    add(run(dir, 1));
    SampleRun other = sample(2);
    ((ObjectNode) other.environment().get("cpu")).put("model", "Another CPU");
    String there = fingerprint();

    Result none = baseline("--candidate", other.write(dir.resolve("other")));

    assertThat(none.err())
        .matches(
            "p2pbench: \\Q"
                + store
                + ": no baseline: it would be the newest accepted run of the branch main on machine"
                + " \\E[0-9a-f]{12}, and accepted runs of that branch are of machine "
                + there
                + "\\Q. `history add RUN --branch main` adds one.\\E\n");
    assertThat(none.code()).isEqualTo(3);
  }

  @Test
  void anotherMachineClassIsNoBaseline() throws Exception {
    add(SampleRun.hardware().rounds(2).samples(50).twins(4096).write(dir.resolve("hardware")));

    assertThat(baseline("--candidate", run(dir, 1)).code()).isEqualTo(3);
  }

  @Test
  void saysWhatThereIsInstead() throws Exception {
    Path candidate = run(dir, 9);
    assertThat(baseline("--candidate", candidate))
        .isEqualTo(
            new Result(
                3,
                "",
                "p2pbench: "
                    + store
                    + ": there is no history yet. `history add RUN` makes one, `--store` names"
                    + " one.\n"));
    add(run(dir, 1), "--branch", "feature");
    assertThat(baseline("--candidate", candidate).err())
        .endsWith(
            ", and there are runs of the branch feature. `history add RUN --branch main`"
                + " adds one.\n");
    add(run(dir, 2), "--pending");
    assertThat(baseline("--candidate", candidate).err())
        .endsWith(
            ", and that branch has no other run that is accepted (`history list`). `history add RUN"
                + " --branch main` adds one.\n");
  }

  @Test
  void withoutACandidateTheStoreMustHaveOneMachine() throws Exception {
    String only = add(run(dir, 1));
    assertThat(baseline().out()).startsWith("run       " + only + "\n");
    add(SampleRun.hardware().rounds(2).samples(50).twins(4096).write(dir.resolve("hardware")));

    assertThat(baseline())
        .isEqualTo(
            new Result(
                2,
                "",
                "p2pbench: "
                    + store
                    + ": accepted runs of several machines on the branch main. Name the run that is"
                    + " to be judged with --candidate.\n"));
  }

  @Test
  void aRunDirectoryThatIsGoneIsSaid() throws Exception {
    Path run = run(dir, 1);
    String id = add(run);
    Files.delete(run.resolve("environment.json"));

    assertThat(baseline().out()).endsWith("path      not here: " + run + "\n");
    assertThat(baseline("--path"))
        .isEqualTo(
            new Result(
                3,
                "",
                "p2pbench: "
                    + store
                    + ": the baseline is "
                    + id
                    + ", and its run directory is not here: "
                    + run
                    + ". Fetch it, or measure the baseline again.\n"));
  }

  private String add(Path run, String... options) {
    List<Object> arguments = new ArrayList<>(List.of("history", "add", run, "--store", store));
    arguments.addAll(List.of(options));
    Result added = call(arguments.toArray());
    assertThat(added.code()).as(added.err()).isZero();
    return id(added);
  }

  private Result baseline(Object... options) {
    List<Object> arguments = new ArrayList<>(List.of("baseline", "--store", store));
    arguments.addAll(List.of(options));
    return call(arguments.toArray());
  }

  private String fingerprint() {
    return call("history", "list", "--store", store)
        .out()
        .lines()
        .skip(1)
        .findFirst()
        .orElseThrow()
        .split(" +")[4];
  }
}
