// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.reports.SampleRun;
import org.p2pbench.reports.rundir.Stage;
import org.w3c.dom.Document;

class CompareCommandTest {
  private static final String SEQUENTIAL =
      "warning: baseline and candidate were measured one after the other: if the host changed in"
          + " between, that shows as a difference. Use `ab`, which alternates their forks.\n";

  @TempDir private Path dir;
  private final ComparisonCommands commands = new ComparisonCommands();

  @Test
  void aSlowerStageIsNamedFirst() throws Exception {
    Path before = ComparisonCommands.plain(dir.resolve("before"), 1, 10);
    Path after = ComparisonCommands.slowerDrain(dir.resolve("after"), 2, 10);

    assertThat(commands.run("compare", before, after)).isZero();

    List<String> lines = commands.out().lines().toList();
    assertThat(lines.get(0))
        .matches(
            "regressed    transfer-.*-sync-4096-d1-t1-s0-4KiB  drain-p50 .* → .* µs +\\+1?[0-9.]+ %"
                + " \\[\\+[0-9.]+ %, \\+[0-9.]+ %\\] +p (<|=) 0\\.[0-9]+.*");
    assertThat(lines.get(1)).contains("drain-p50").startsWith("regressed");
    assertThat(lines).noneMatch(line -> line.startsWith("regressed") && line.contains("fill-"));
    assertThat(lines.get(lines.size() - 1)).startsWith("emulated: ").contains(" regressed, ");
    assertThat(commands.err()).isEqualTo(SEQUENTIAL);
  }

  @Test
  void equalRunsHaveNothingThatRegressed() throws Exception {
    Path before = ComparisonCommands.plain(dir.resolve("before"), 1, 10);
    for (int seed = 2; seed < 12; seed++) {
      Path after = ComparisonCommands.plain(dir.resolve("after" + seed), seed, 10);

      assertThat(commands.run("compare", before, after)).isZero();

      assertThat(commands.out()).contains("emulated: 0 regressed, ");
    }
  }

  @Test
  void twoForksGiveAnIntervalAndNoVerdict() throws Exception {
    Path before = ComparisonCommands.plain(dir.resolve("before"), 1, 2);
    Path after = ComparisonCommands.slowerDrain(dir.resolve("after"), 2, 2);

    assertThat(commands.run("compare", before, after)).isZero();

    assertThat(commands.out())
        .contains("2 and 2 forks give an interval, not a verdict: 4 on each side are needed")
        .contains("emulated: 0 regressed, ");
  }

  @Test
  void runsOfTwoMachinesAreRefusedWithWhatDiffers() throws Exception {
    Path before = ComparisonCommands.plain(dir.resolve("before"), 1, 4);
    SampleRun other = SampleRun.lab().samples(10).twins(4096);
    ((ObjectNode) other.environment().get("cpu")).put("model", "Other CPU");
    Path after = other.write(dir.resolve("after"));

    assertThat(commands.run("compare", before, after)).isEqualTo(3);

    assertThat(commands.err())
        .isEqualTo(
            """
            p2pbench: cannot judge: the runs were made on different machines, so nothing is compared (measure\
             both on one, or give a baseline of this machine)
              machine class: emulated, then lab
              CPU model: Example CPU, then Other CPU
              lab's accelerator: none, then tcg
            """);
    assertThat(commands.out()).isEmpty();
  }

  @Test
  void anotherKernelIsAWarning() throws Exception {
    Path before = ComparisonCommands.plain(dir.resolve("before"), 1, 4);
    SampleRun other = ComparisonCommands.sample(2, 4).twins(4096);
    ((ObjectNode) other.environment().get("host")).put("kernel", "6.13.0");

    assertThat(commands.run("compare", before, other.write(dir.resolve("after")))).isZero();

    assertThat(commands.err()).isEqualTo(SEQUENTIAL + "warning: kernel: 6.12.1, then 6.13.0\n");
  }

  @Test
  void theSidesOfOneComparisonArePaired() throws Exception {
    Path a = side("a", 1, dir.resolve("a"));
    Path b = side("b", 2, dir.resolve("b"));
    Path json = dir.resolve("c.json");

    assertThat(commands.run("compare", "--json", json, a, b)).isZero();

    assertThat(commands.err()).isEmpty();
    JsonNode comparison = new ObjectMapper().readTree(json.toFile());
    assertThat(comparison.get("design").asText()).isEqualTo("interleaved");
    assertThat(change(comparison, "throughput").get("method").asText())
        .isEqualTo("paired-permutation");
  }

  @Test
  void twoRunsOfOneSideAreRefused() throws Exception {
    Path a = side("a", 1, dir.resolve("a"));
    Path again = side("a", 2, dir.resolve("again"));

    assertThat(commands.run("compare", a, again)).isEqualTo(2);

    assertThat(commands.err())
        .isEqualTo(
            "p2pbench: "
                + again
                + ": both runs say that they are side a of comparison 9f3c, and one of them has to"
                + " be the other side. Give the directories of both sides.\n");
  }

  @Test
  void aRunIsNotComparedWithItself() throws Exception {
    Path run = ComparisonCommands.plain(dir.resolve("run"), 1, 4);
    Path copy = ComparisonCommands.plain(dir.resolve("copy"), 1, 4);

    assertThat(commands.run("compare", run, copy)).isEqualTo(2);

    assertThat(commands.err())
        .isEqualTo(
            "p2pbench: "
                + copy
                + ": holds the same measurement as "
                + run
                + ", fork for fork. Give two runs that were measured separately.\n");
  }

  @Test
  void damagedFilesAreOneLine() throws Exception {
    Path before = ComparisonCommands.plain(dir.resolve("before"), 1, 4);
    Path after = ComparisonCommands.plain(dir.resolve("after"), 2, 4);
    Path rows = after.resolve("rows.json");
    String text = Files.readString(rows);

    Files.writeString(rows, text.substring(0, text.length() / 2));
    assertThat(commands.run("compare", before, after)).isEqualTo(2);
    assertThat(commands.err())
        .startsWith("p2pbench: " + rows + ", line ")
        .hasLineCount(1)
        .endsWith("Restore it from a copy, or measure again into a new directory.\n");

    Files.writeString(rows, text.replaceFirst("\"score\" : [0-9.]+", "\"score\" : \"NaN\""));
    assertThat(commands.run("compare", before, after)).isEqualTo(2);
    assertThat(commands.err())
        .contains("score is NaN, which is not a number from 0 up.")
        .hasLineCount(1);

    Files.writeString(rows, text.replace("\"version\" : 1", "\"version\" : 7"));
    assertThat(commands.run("compare", before, after)).isEqualTo(2);
    assertThat(commands.err())
        .isEqualTo(
            "p2pbench: "
                + rows
                + ": \"version\" is 7, and this p2pbench reads version 1. Use the p2pbench that"
                + " wrote it, or a newer one.\n");

    Files.writeString(rows, text.replace("ops/s", "us/op"));
    assertThat(commands.run("compare", before, after)).isEqualTo(2);
    assertThat(commands.err()).contains("\"us/op\" is not one of ops/s, ns/op.").hasLineCount(1);
  }

  @Test
  void forksWithoutScatterAreExact() throws Exception {
    SampleRun before = ComparisonCommands.sample(1, 5).twins(4096);
    SampleRun after = ComparisonCommands.sample(2, 5).twins(4096);
    constantScores(before, 1000);
    constantScores(after, 1200);
    Path json = dir.resolve("c.json");

    assertThat(
            commands.run(
                "compare",
                "--json",
                json,
                before.write(dir.resolve("before")),
                after.write(dir.resolve("after"))))
        .isZero();

    JsonNode throughput = change(new ObjectMapper().readTree(json.toFile()), "throughput");
    assertThat(throughput.get("method").asText()).isEqualTo("exact");
    assertThat(throughput.get("verdict").asText()).isEqualTo("improved");
    assertThat(throughput.get("ratio").asDouble()).isEqualTo(1.2);
  }

  @Test
  void oneMorePinIsARegression() throws Exception {
    Path before = ComparisonCommands.plain(dir.resolve("before"), 1, 4);
    SampleRun after = ComparisonCommands.sample(2, 4).twins(4096);
    eachIteration(
        after,
        iteration -> iteration.put("pinsAcquired", 3 * iteration.get("transactions").asLong()));

    commands.run("compare", before, after.write(dir.resolve("after")));

    assertThat(commands.out().lines().toList().get(0))
        .matches("regressed .* pins-per-transaction +2 → 3 +\\+50.0 % +exact: .*");
  }

  @Test
  void aPathThatIsNoLongerProvenRegressed() throws Exception {
    Path before = ComparisonCommands.plain(dir.resolve("before"), 1, 4);
    SampleRun after = ComparisonCommands.sample(2, 4).twins(4096);
    ((ObjectNode) after.row(0).get("forks").get(2).get("witness")).put("verdict", "cannot-tell");

    commands.run("compare", before, after.write(dir.resolve("after")));

    assertThat(commands.out())
        .contains("function", "was verified and proven, is verified, not proven (1 of 4 forks)");
  }

  @Test
  void everyFormatIsWritten() throws Exception {
    Path before = ComparisonCommands.plain(dir.resolve("before"), 1, 10);
    Path after = ComparisonCommands.slowerDrain(dir.resolve("after"), 2, 10);
    Path summary = Files.writeString(dir.resolve("step"), "earlier step\n");
    commands.environment("GITHUB_STEP_SUMMARY", summary);
    Path files = dir.resolve("files");

    assertThat(
            commands.run(
                "compare",
                "--markdown",
                files.resolve("pr.md"),
                "--junit",
                files.resolve("junit.xml"),
                "--csv",
                files.resolve("otava.csv"),
                "--github-action-benchmark",
                files.resolve("gab.json"),
                "--annotations",
                before,
                after))
        .isZero();

    String markdown = Files.readString(files.resolve("pr.md"));
    assertThat(markdown)
        .startsWith("### p2pbench: ")
        .contains("Machine class **emulated**", "<details>", "**regressed** transfer-");
    assertThat(summary).hasContent("earlier step\n" + markdown);
    Document junit =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(files.resolve("junit.xml").toFile());
    assertThat(junit.getElementsByTagName("failure").getLength())
        .isEqualTo(
            (int) commands.out().lines().filter(line -> line.startsWith("regressed")).count())
        .isPositive();
    List<String> csv = Files.readAllLines(files.resolve("otava.csv"));
    assertThat(csv).hasSize(3);
    assertThat(csv.get(0)).startsWith("time,commit,fingerprint,transfer-").contains(".drain-p50");
    assertThat(csv.get(1)).startsWith("2026-01-31T12:00:01Z,1a2b3c4,");
    JsonNode gab = new ObjectMapper().readTree(files.resolve("gab.json").toFile());
    assertThat(gab.get(0).fieldNames())
        .toIterable()
        .containsExactly("name", "unit", "value", "range", "extra");
    assertThat(commands.out()).contains("::error title=p2pbench%3A transfer-");
  }

  @Test
  void aCommandOnThePageLooksLikeOneAndTextFromElsewhereStaysText() throws Exception {
    Path before = ComparisonCommands.plain(dir.resolve("before"), 1, 5);
    SampleRun other = ComparisonCommands.complete(ComparisonCommands.sample(2, 5).twins(4096), 2);
    ((ObjectNode) other.environment().get("host")).put("kernel", "<b>6.1</b>");
    Path page = dir.resolve("page");

    assertThat(commands.run("compare", "--out", page, before, other.write(dir.resolve("after"))))
        .isZero();

    assertThat(Files.readString(page.resolve("index.html")))
        .contains("Use <code>ab</code>, which", "&lt;b&gt;6.1&lt;/b&gt;")
        .doesNotContain("<b>6.1");
  }

  @Test
  void theMarkdownFitsIntoACommentWhateverTheNumberOfRows() throws Exception {
    long[] sizes = java.util.stream.LongStream.rangeClosed(1, 60).map(i -> 4096 * i).toArray();
    Path before =
        SampleRun.emulated().samples(10).rounds(4).seed(1).twins(sizes).write(dir.resolve("a"));
    Path after =
        SampleRun.emulated()
            .samples(10)
            .rounds(4)
            .seed(2)
            .slower(Stage.FILL, 1)
            .twins(sizes)
            .write(dir.resolve("b"));
    Path markdown = dir.resolve("pr.md");

    assertThat(commands.run("compare", "--markdown", markdown, before, after)).isZero();

    assertThat(Files.size(markdown)).isLessThan(64 * 1024);
    assertThat(Files.readString(markdown))
        .contains("which matter less, do not fit into a comment: see the page or the JSON.")
        .endsWith("\n</details>\n");
  }

  @Test
  void aFullDiskIsOneLineWithTheFile() throws Exception {
    Path before = ComparisonCommands.plain(dir.resolve("before"), 1, 4);
    Path after = ComparisonCommands.plain(dir.resolve("after"), 2, 4);
    Path page = Files.createDirectory(dir.resolve("page"));
    Files.createSymbolicLink(page.resolve("index.html.new"), Path.of("/dev/full"));
    String full =
        ": cannot be written (no space left on device). The runs are untouched; make room or give"
            + " permission, then try again.\n";

    assertThat(commands.run("compare", "--json", "/dev/full", before, after)).isEqualTo(1);
    assertThat(commands.err()).isEqualTo(SEQUENTIAL + "p2pbench: /dev/full" + full);
    assertThat(commands.run("compare", "--out", page, before, after)).isEqualTo(1);
    assertThat(commands.err())
        .isEqualTo(SEQUENTIAL + "p2pbench: " + page.resolve("index.html") + full);
    commands.environment("GITHUB_STEP_SUMMARY", "/dev/full");
    assertThat(commands.run("compare", before, after)).isEqualTo(1);
    assertThat(commands.err()).isEqualTo(SEQUENTIAL + "p2pbench: /dev/full" + full);
  }

  @Test
  void helpNamesTheExitCodes() {
    assertThat(commands.run("compare", "--help")).isZero();
    assertThat(commands.out())
        .startsWith("Usage: ./run.sh compare")
        .contains("Exit codes: 0 compared; 1 a file could not be written; 2 bad input; 3");
  }

  private Path side(String side, int seed, Path directory) throws Exception {
    SampleRun sample = ComparisonCommands.sample(seed, 6).twins(4096);
    sample.rowsFile().putObject("ab").put("id", "9f3c").put("side", side).put("stage", "confirm");
    return sample.write(directory);
  }

  private static void constantScores(SampleRun run, double score) {
    eachIteration(run, iteration -> iteration.put("score", score));
  }

  private static void eachIteration(SampleRun run, java.util.function.Consumer<ObjectNode> change) {
    run.row(0)
        .get("forks")
        .forEach(fork -> fork.get("iterations").forEach(i -> change.accept((ObjectNode) i)));
  }

  private static JsonNode change(JsonNode comparison, String metric) {
    return StreamSupport.stream(comparison.get("changes").spliterator(), false)
        .filter(change -> change.get("metric").asText().equals(metric))
        .findFirst()
        .orElseThrow();
  }
}
