// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.p2pbench.reports.cli.Commands.call;
import static org.p2pbench.reports.cli.Commands.id;
import static org.p2pbench.reports.cli.Commands.run;
import static org.p2pbench.reports.cli.Commands.sample;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.reports.SampleRun;
import org.p2pbench.reports.cli.Commands.Result;

class HistoryCommandTest {
  private static final String REMEDY =
      "Restore it from a copy of the store (git checkout, an older artifact), or delete it to give"
          + " up that entry.\n";

  @TempDir private Path dir;
  private Path store;

  @BeforeEach
  void nameTheStore() {
    store = dir.resolve("store");
  }

  @Test
  void addsARunAndListsIt() throws Exception {
    Result added = add(run(dir, 1), "--branch", "main", "--label", "first");

    assertThat(added.err()).isEmpty();
    assertThat(added.out())
        .matches("added 20260131T120100Z-[0-9a-f]{8} \\(6 series\\) to \\Q" + store + "\\E\n");
    assertThat(added.code()).isZero();
    assertThat(list().lines().map(line -> line.split(" +")).toList())
        .satisfiesExactly(
            head ->
                assertThat(head)
                    .containsExactly(
                        "run", "branch", "revision", "class", "machine", "state", "label"),
            row ->
                assertThat(row)
                    .containsExactly(
                        id(added), "main", "1a2b3c4", "emulated", row[4], "accepted", "first"));
  }

  @Test
  void storesEachForkAndTheMedianOfAllOfThem() throws Exception {
    SampleRun sample = SampleRun.emulated().rounds(3).samples(50).twins(4096);
    JsonNode forks = sample.row(1).get("forks");
    double[] scores = {100, 300, 200};
    for (int f = 0; f < scores.length; f++) {
      for (JsonNode iteration : forks.get(f).get("iterations")) {
        ((ObjectNode) iteration).put("score", scores[f]);
      }
    }
    add(sample.write(dir.resolve("run")));

    JsonNode entry = new ObjectMapper().readTree(entries().get(0).toFile());

    assertThat(entry.get("format").asText()).isEqualTo("p2pbench-history-run");
    assertThat(entry.get("version").asInt()).isEqualTo(1);
    assertThat(entry.get("rows").get(1).get("parameters").toString())
        .isEqualTo(
            """
            {"memory":"ram","pinning":"per-transaction","engine":"sync","blockBytes":4096,"depth":1,\
            "threads":1,"staging":0,"pattern":"sequential","pages":"4KiB"}""");
    assertThat(entry.get("rows").get(1).get("metrics").get("throughput").toString())
        .isEqualTo("{\"value\":819200.0,\"forks\":[409600.0,1228800.0,819200.0]}");
  }

  @Test
  void aPercentileWithTooFewSamplesInOneForkIsNotStored() throws Exception {
    add(sample(1).write(dir.resolve("few")));
    add(SampleRun.emulated().rounds(2).samples(4_000).twins(4096).write(dir.resolve("more")));

    assertThat(metrics(entries().get(1)))
        .containsExactly("throughput", "cpu-per-transaction", "pins-per-transaction");
    assertThat(metrics(entries().get(0)))
        .contains("transaction-p50", "drain-p99")
        .doesNotContain("transaction-p99.9");
  }

  @Test
  void theSameRunTwiceIsOneEntry() throws Exception {
    Path run = run(dir, 1);
    String id = id(add(run));

    Result again = add(run, "--branch", "other");

    assertThat(again.out()).isEqualTo("already there: " + id + " in " + store + "\n");
    assertThat(again.code()).isZero();
    assertThat(entries()).hasSize(1);
  }

  @Test
  void anotherRunOfTheSameIdIsRefused() throws Exception {
    Path run = run(dir, 1);
    String id = id(add(run));
    SampleRun edited = sample(1);
    ((ObjectNode) edited.row(0).get("forks").get(0).get("iterations").get(0)).put("score", 1);

    Result refused = add(edited.write(dir.resolve("edited")));

    assertThat(refused.err())
        .isEqualTo(
            "p2pbench: "
                + store
                + ": another run has the id "
                + id
                + " (added from "
                + run
                + "): same environment.json, other rows.json. One of the two was edited, or was"
                + " added before it had ended; nothing was stored.\n");
    assertThat(refused.code()).isEqualTo(2);
    assertThat(entries()).hasSize(1);
  }

  @Test
  void twoBranchesOfAGitRepositoryMergeWithoutAConflict() throws Exception {
    git("init", "-q", "-b", "main", store.toString());
    String first = id(add(run(dir, 1)));
    commit("first");
    git("-C", store.toString(), "checkout", "-q", "-b", "other");
    Path both = run(dir, 3);
    String third = id(add(both, "--label", "of the one"));
    String second = id(add(run(dir, 2)));
    call("history", "reject", second, "--store", store);
    commit("other");
    git("-C", store.toString(), "checkout", "-q", "main");
    add(both, "--label", "of the other");
    String fourth = id(add(run(dir, 4)));
    call("history", "accept", first, "--store", store);
    commit("main");

    git("-C", store.toString(), "merge", "-q", "-m", "merge", "other");

    assertThat(git("-C", store.toString(), "status", "--porcelain")).isEmpty();
    assertThat(list().lines().skip(1).map(line -> line.split(" ")[0]))
        .containsExactly(first, second, third, fourth);
    assertThat(list().lines().filter(line -> line.startsWith(second)))
        .singleElement()
        .asString()
        .contains("rejected");
  }

  @Test
  void theLatestDecisionCounts() throws Exception {
    String id = id(add(run(dir, 1), "--pending"));
    assertThat(list()).contains("pending");

    Result accepted = call("history", "accept", id, "--reason", "looked at", "--store", store);
    assertThat(accepted.out()).isEqualTo("accepted " + id + "\n");
    assertThat(list()).contains("accepted");
    call("history", "reject", id, "--store", store);
    assertThat(list()).contains("rejected");
    call("history", "accept", id, "--store", store);

    assertThat(list()).contains("accepted");
    try (Stream<Path> decisions = Files.list(store.resolve("decisions"))) {
      assertThat(decisions).hasSize(3);
    }
  }

  @Test
  void aDecisionNeedsARun() throws Exception {
    add(run(dir, 1));

    Result unknown = call("history", "accept", "20200101T000000Z-00000000", "--store", store);
    Result noId = call("history", "reject", "../run", "--store", store);

    assertThat(unknown.err())
        .isEqualTo(
            "p2pbench: "
                + store
                + ": no run has the id 20200101T000000Z-00000000. `history list` shows the ids.\n");
    assertThat(unknown.code()).isEqualTo(2);
    assertThat(noId.err())
        .isEqualTo("p2pbench: RUN-ID: run is \"../run\", not letters, digits and dashes.\n");
    assertThat(noId.code()).isEqualTo(2);
  }

  @Test
  void aRunThatDidNotEndIsNotAdded() throws Exception {
    SampleRun sample = sample(1);
    sample.rowsFile().put("status", "interrupted");
    Path run = sample.write(dir.resolve("run"));

    Result refused = add(run);

    assertThat(refused.err())
        .isEqualTo(
            "p2pbench: "
                + run
                + ": the run is not complete: The run was interrupted: 24 of 24 forks are here. A"
                + " history holds complete runs: measure again.\n");
    assertThat(refused.code()).isEqualTo(3);
    assertThat(store).doesNotExist();
  }

  @Test
  void aRunWithoutATimeIsRefused() throws Exception {
    SampleRun sample = sample(1);
    sample.environment().remove("startedAt");
    Path run = sample.write(dir.resolve("run"));

    Result refused = add(run);

    assertThat(refused.err())
        .isEqualTo(
            "p2pbench: "
                + run
                + "/environment.json: \"startedAt\" is \"unknown\", not a time such as"
                + " 2026-01-31T12:00:00Z: a history is in order of time. Measure again with the"
                + " clock set.\n");
    assertThat(refused.code()).isEqualTo(2);
  }

  @Test
  void damagedRunDirectoriesAreOneLine() throws Exception {
    Path truncated = run(dir, 1);
    String rows = Files.readString(truncated.resolve("rows.json"));
    Files.writeString(truncated.resolve("rows.json"), rows.substring(0, rows.length() / 2));
    SampleRun notANumber = sample(2);
    ((ObjectNode) notANumber.row(0).get("forks").get(0).get("iterations").get(0))
        .put("score", "NaN");

    Result cut = add(truncated);
    Result nan = add(notANumber.write(dir.resolve("nan")));

    assertThat(cut.err())
        .startsWith("p2pbench: " + truncated + "/rows.json, line ")
        .endsWith("Restore it from a copy, or measure again into a new directory.\n")
        .hasLineCount(1);
    assertThat(cut.code()).isEqualTo(2);
    assertThat(nan.err())
        .contains(dir.resolve("nan") + "/rows.json, line ")
        .contains(
            ": rows[0].forks[0].iterations[0]: score is NaN, which is not a number from 0 up.")
        .hasLineCount(1);
    assertThat(nan.code()).isEqualTo(2);
    assertThat(store).doesNotExist();
  }

  @Test
  void aTruncatedEntryIsOneLine() throws Exception {
    add(run(dir, 1));
    Path entry = entries().get(0);
    String text = Files.readString(entry);
    Files.writeString(entry, text.substring(0, 300));

    Result refused = call("history", "list", "--store", store);

    assertThat(refused.err())
        .startsWith("p2pbench: " + entry + ", line 1, column 301: ")
        .endsWith(REMEDY)
        .hasLineCount(1);
    assertThat(refused.code()).isEqualTo(2);
  }

  @Test
  void anEntryOfAnotherVersionIsRefused() throws Exception {
    add(run(dir, 1));
    Path entry = edit("\"version\":1", "\"version\":7");

    assertThat(call("history", "list", "--store", store))
        .isEqualTo(
            new Result(
                2,
                "",
                "p2pbench: "
                    + entry
                    + ": \"version\" is 7, and this p2pbench reads version 1. Use the p2pbench that"
                    + " wrote it, or a newer one.\n"));
  }

  @Test
  void anEntryWithAnImpossibleValueIsRefused() throws Exception {
    add(run(dir, 1));
    Path entry = edit("\"value\":[0-9.E]+", "\"value\":\"NaN\"");

    assertThat(call("history", "list", "--store", store).err())
        .startsWith("p2pbench: " + entry + ", line 1, column ")
        .contains(": rows[0].metrics.throughput: value is NaN, which is no median of [")
        .endsWith(REMEDY)
        .hasLineCount(1);
  }

  @Test
  void anEditedCopyOfAnEntryIsNoticed() throws Exception {
    String id = id(add(run(dir, 1)));
    Path entry = entries().get(0);
    Files.writeString(
        store.resolve("runs").resolve(id + "-00000000.json"),
        Files.readString(entry).replaceFirst("\"digest\":\"....", "\"digest\":\"0000"));

    assertThat(call("history", "list", "--store", store))
        .isEqualTo(
            new Result(
                2,
                "",
                "p2pbench: "
                    + store
                    + ": two different runs have the id "
                    + id
                    + ". Delete the file of the one that was edited, in "
                    + store
                    + "/runs\n"));
  }

  @Test
  void aStoreOfAnotherVersionIsLeftAlone() throws Exception {
    add(run(dir, 1));
    Path marker = store.resolve("p2pbench-history.json");
    Files.writeString(marker, "{\"format\":\"p2pbench-history\",\"version\":2}");

    Result refused = add(run(dir, 2));

    assertThat(refused.err())
        .isEqualTo(
            "p2pbench: "
                + marker
                + ": \"version\" is 2, and this p2pbench reads version 1. Use the p2pbench that"
                + " wrote it, or a newer one.\n");
    assertThat(refused.code()).isEqualTo(2);
    assertThat(entries()).hasSize(1);
  }

  @Test
  void aDirectoryWithOtherFilesIsNeverMadeAStore() throws Exception {
    Files.createDirectories(store);
    Files.writeString(store.resolve("thesis.tex"), "mine");

    Result refused = add(run(dir, 1));

    assertThat(refused.err())
        .isEqualTo(
            "p2pbench: "
                + store
                + ": holds other files and is no history. Give `--store` a history, or a new or"
                + " empty directory.\n");
    assertThat(refused.code()).isEqualTo(2);
    try (Stream<Path> files = Files.list(store)) {
      assertThat(files).hasSize(1);
    }
    assertThat(call("history", "list", "--store", store).err())
        .isEqualTo(
            "p2pbench: "
                + store
                + ": not a history, it has no p2pbench-history.json. Give `--store` that of a"
                + " history.\n");
  }

  @Test
  void aStoreThatIsNotThereCannotBeListed() {
    assertThat(call("history", "list", "--store", store))
        .isEqualTo(
            new Result(
                3,
                "",
                "p2pbench: "
                    + store
                    + ": there is no history yet. `history add RUN` makes one, `--store` names"
                    + " one.\n"));
    assertThat(store).doesNotExist();
  }

  @Test
  void aStoreThatAnotherProcessHoldsIsWaitedForAndThenLeft() throws Exception {
    add(run(dir, 1));
    Path second = run(dir, 2);
    Process holder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Holder.class.getName(),
                store.resolve(".lock").toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertThat(holder.inputReader().readLine()).isEqualTo("held");

      Result refused = add(second, "--wait", "0");

      assertThat(refused.err())
          .isEqualTo(
              "p2pbench: "
                  + store
                  + ": locked by another process for 0 s. Nothing was added; try again when it is"
                  + " done, or wait longer with --wait.\n");
      assertThat(refused.code()).isEqualTo(1);
      assertThat(list().lines()).as("readers need no lock").hasSize(2);
      holder.getOutputStream().close();
      assertThat(add(second, "--wait", "60").code()).isZero();
    } finally {
      holder.destroy();
      holder.waitFor(1, TimeUnit.MINUTES);
    }
  }

  /** Holds a lock until its input ends. */
  static final class Holder {
    private Holder() {}

    @SuppressWarnings("try")
    public static void main(String[] arguments) throws IOException {
      try (FileChannel channel = FileChannel.open(Path.of(arguments[0]), StandardOpenOption.WRITE);
          var lock = channel.lock()) {
        System.out.println("held");
        while (System.in.read() >= 0) {
          // Until the other side closes.
        }
      }
    }
  }

  @Test
  void whatACrashLeftHalfWrittenIsNoEntryAndGoesAway() throws Exception {
    String id = id(add(run(dir, 1)));
    Path half = store.resolve("runs").resolve("20260131T120200Z-00000000-00000000.json.new");
    Files.writeString(half, "{\"format\":\"p2pbench-hi");

    assertThat(list().lines()).hasSize(2);
    add(run(dir, 2));

    assertThat(half).doesNotExist();
    assertThat(list()).contains(id).hasLineCount(3);
  }

  @Test
  void aFullDiskIsOneLineAndNothingIsLost() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "mounting a small tmpfs needs root");
    Files.createDirectory(store);
    execute("mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", store.toString());
    try {
      add(run(dir, 1));
      Path ballast = store.resolve("runs").resolve("ballast");
      try (var out = Files.newOutputStream(ballast)) {
        out.write(new byte[1 << 20]);
      } catch (IOException expected) {
        assertThat(expected).hasMessageContaining("No space left on device");
      }

      Result refused = add(run(dir, 2));

      assertThat(refused.err())
          .endsWith(
              ": cannot be written (no space left on device). Nothing was added and nothing is"
                  + " lost; make room or give permission, then try again.\n")
          .startsWith("p2pbench: " + store)
          .hasLineCount(1);
      assertThat(refused.code()).isEqualTo(1);
      assertThat(list()).hasLineCount(2);
      Files.delete(ballast);
      assertThat(add(run(dir, 2)).code()).isZero();
      assertThat(list()).hasLineCount(3);
    } finally {
      execute("umount", store.toString());
    }
  }

  @Test
  void namesFromElsewhereDoNotReachTheTerminalAsCommands() throws Exception {
    add(run(dir, 1), "--branch", "\u001b[2Jmain", "--label", "two\nlines");

    assertThat(list()).contains("?[2Jmain", "two?lines").hasLineCount(2);
  }

  @Test
  void helpHasAnExample() {
    assertThat(call("history", "--help").out())
        .startsWith("Usage: ./run.sh history [-hV] [COMMAND]\n")
        .contains("  ./run.sh history add results/today --branch main\n");
    assertThat(call("history"))
        .isEqualTo(
            new Result(2, "", "p2pbench: No command given. See `./run.sh history --help`.\n"));
  }

  private Result add(Path run, String... options) {
    List<Object> arguments = new ArrayList<>(List.of("history", "add", run, "--store", store));
    arguments.addAll(List.of(options));
    return call(arguments.toArray());
  }

  private String list() {
    Result result = call("history", "list", "--store", store);
    assertThat(result.err()).isEmpty();
    assertThat(result.code()).isZero();
    return result.out();
  }

  private List<Path> entries() throws IOException {
    try (Stream<Path> files = Files.list(store.resolve("runs"))) {
      return files.sorted().toList();
    }
  }

  private List<String> metrics(Path entry) throws IOException {
    List<String> names = new ArrayList<>();
    new ObjectMapper()
        .readTree(entry.toFile())
        .get("rows")
        .get(0)
        .get("metrics")
        .fieldNames()
        .forEachRemaining(names::add);
    return names;
  }

  private Path edit(String pattern, String by) throws IOException {
    Path entry = entries().get(0);
    Files.writeString(entry, Files.readString(entry).replaceFirst(pattern, by));
    return entry;
  }

  private void commit(String message) throws Exception {
    git("-C", store.toString(), "add", "-A");
    git("-C", store.toString(), "commit", "-q", "-m", message);
  }

  private static String git(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(List.of("git", "-c", "user.name=test", "-c", "user.email=test@localhost"));
    command.addAll(List.of(arguments));
    Process git = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(git.getInputStream().readAllBytes());
    assertThat(git.waitFor()).as(output).isZero();
    return output;
  }

  private static void execute(String... command) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }
}
