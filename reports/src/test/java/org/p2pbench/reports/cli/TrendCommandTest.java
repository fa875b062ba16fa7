// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.p2pbench.reports.cli.Commands.call;
import static org.p2pbench.reports.cli.Commands.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.reports.cli.Commands.Result;
import org.p2pbench.reports.history.SampleHistory;
import org.p2pbench.reports.history.StoredRow;
import org.p2pbench.reports.history.StoredRun;
import org.p2pbench.reports.history.StoredValue;
import org.p2pbench.reports.rundir.MachineClass;

class TrendCommandTest {
  @TempDir private Path dir;
  private String store;

  @BeforeEach
  void nameTheStore() {
    store = dir.resolve("store").toString();
  }

  @Test
  void findsAStepWithItsRevisionsAndTheEnvironmentThatChangedThere() throws Exception {
    // The kernel is another one from the 36th run on, three fifths of 60.
    SampleHistory.add(store, new SampleHistory(2).step(36, 1.25).runs(60));

    Result trend = trend("--metric", "throughput");

    assertThat(trend.err()).isEmpty();
    assertThat(trend.code()).isZero();
    List<String> lines = trend.out().lines().toList();
    assertThat(lines.get(0))
        .isEqualTo(
            "machine 0123456789ab, emulated (no CMB, a memory region stands in for one): 60 runs of"
                + " main from 2026-01-01 to 2026-03-01");
    assertThat(lines.get(1)).isEqualTo("2 series: 1 changed, 1 flat");
    assertThat(lines.get(2).split("  +"))
        .containsExactly(
            "State", "Benchmark", "Metric", "Before", "After", "Change", "Since run", "Revisions");
    assertThat(lines.get(3))
        .startsWith("worse  transfer 4 KiB, CMB stand-in (emulated), io_uring  throughput  ")
        .matches(
            ".* −(19|20)\\.\\d % \\[−\\d\\d\\.\\d, −1\\d\\.\\d\\]  run-0036   1a2b3e3..1a2b3e4");
    assertThat(lines.subList(4, lines.size()))
        .containsExactly(
            "  the environment changed there: kernel: 6.12.1, then 6.12.5",
            "environment changed before run-0036: kernel: 6.12.1, then 6.12.5");
  }

  @Test
  void seriesThatMoveWithinTwoRunsOfEachOtherAreOneChange() throws Exception {
    SampleHistory.add(store, new SampleHistory(4).step(15, 0.8).step(30, 1.25).runs(60));

    assertThat(trend().out().lines().skip(1).limit(4))
        .containsExactly(
            "8 series: 2 changed, 6 flat",
            "one change at run-0015, 1a2b3ce..1a2b3cf: 2 series, 2 better",
            "one change at run-0030, 1a2b3dd..1a2b3de: 2 series, 2 worse",
            "State   Benchmark                                          Metric              Before"
                + "      After       Change                  Since run  Revisions");
  }

  @Test
  void aWeakSeriesJoinsTheChangeOfASureOneAndTheirPlacesMeet() throws Exception {
    SampleHistory.add(store, new SampleHistory(4).step(30, 1.032).runs(60));

    List<String> lines = trend().out().lines().toList();

    assertThat(lines.get(1)).isEqualTo("8 series: 1 changed, 1 weak, 6 flat");
    assertThat(lines.get(2))
        .isEqualTo("one change at run-0030, 1a2b3dd..1a2b3df: 2 series, 2 worse, 1 of them weak");
    assertThat(lines.get(4))
        .startsWith("worse, weak   transfer 4 KiB, CMB stand-in (emulated), io_uring  throughput ")
        .endsWith("  run-0030   1a2b3db..1a2b3df");
    assertThat(lines.get(5))
        .startsWith("worse, small  transfer 4 KiB, CMB stand-in (emulated), io_uring  p99 of tran")
        .endsWith("  run-0031   1a2b3dd..1a2b3e1");
  }

  @Test
  void aChangeThatHoldsAtFivePerCentAloneIsWeak() throws Exception {
    SampleHistory.add(store, new SampleHistory(4).step(30, 1.015).runs(60));

    assertThat(trend().out()).contains("\n8 series: 1 weak, 7 flat\n", "\nworse, weak  transfer");
    assertThat(trend("--fail-on-alert").code()).isZero();
  }

  @Test
  void anAlertAtTheEndFailsWhereThatIsAskedFor() throws Exception {
    SampleHistory.add(store, new SampleHistory(2).step(50, 1.25).runs(60));

    assertThat(trend("--fail-on-alert").code()).isEqualTo(1);
    assertThat(trend("--fail-on-alert").out()).contains("\nalert  transfer 4 KiB, CMB stand-in");
    assertThat(trend().code()).isZero();
    assertThat(trend("--fail-on-alert", "--recent", "5").code()).as("it is older").isZero();
  }

  @Test
  void anImprovementIsNoAlert() throws Exception {
    SampleHistory.add(store, new SampleHistory(2).step(50, 0.8).runs(60));

    Result trend = trend("--fail-on-alert", "--metric", "throughput");

    assertThat(trend.out()).contains("\nbetter  transfer 4 KiB, CMB stand-in");
    assertThat(trend.code()).isZero();
  }

  @Test
  void aLoneSpikeAtTheEndIsNoAlert() throws Exception {
    SampleHistory.add(store, new SampleHistory(2).step(59, 1.3).runs(60));

    assertThat(trend("--fail-on-alert").code()).isZero();
  }

  @Test
  void anExactCountThatMovesFromZeroIsSeen() throws Exception {
    SampleHistory.add(
        store, new SampleHistory(1).each(run -> pins(run, number(run) < 20 ? 0 : 2)).runs(30));

    assertThat(trend("--metric", "pins-per-transaction").out().lines().skip(3).findFirst())
        .get()
        .asString()
        .matches(
            "alert  transfer 4 KiB, CMB stand-in \\(emulated\\), io_uring  pins per transaction  0"
                + "       2      +run-0020   1a2b3d3..1a2b3d4");
  }

  @Test
  void machinesAndClassesAreNeverInOneSeries() throws Exception {
    SampleHistory.add(
        store,
        new SampleHistory(1).each(run -> number(run) % 2 == 0 ? run : onHardware(run)).runs(40));

    List<String> lines = trend().out().lines().toList();

    assertThat(lines)
        .contains(
            "machine 0123456789ab, emulated (no CMB, a memory region stands in for one): 20 runs of"
                + " main from 2026-01-01 to 2026-02-08",
            "machine ba9876543210, hardware (a real controller's CMB): 20 runs of main from"
                + " 2026-01-02 to 2026-02-09",
            "2 series: 2 flat");
  }

  @Test
  void rejectedRunsAndOtherBranchesAreLeftOut() throws Exception {
    SampleHistory.add(
        store,
        new SampleHistory(1).each(run -> number(run) < 30 ? run : onBranch(run, "b")).runs(40));
    for (int run = 10; run < 20; run++) {
      call("history", "reject", "run-00" + run, "--store", store);
    }

    assertThat(trend().out()).startsWith("machine 0123456789ab").contains(": 20 runs of main ");
    assertThat(trend("--branch", "b").out()).contains(": 10 runs of b ");
    assertThat(trend("--branch", "c"))
        .isEqualTo(
            new Result(
                3, "", "p2pbench: " + store + ": no run of the branch c: it has b, main.\n"));
  }

  @Test
  void severalBranchesWithoutMainMustBeNamed() throws Exception {
    SampleHistory.add(
        store,
        new SampleHistory(1).each(run -> onBranch(run, number(run) < 9 ? "a" : "b")).runs(18));

    assertThat(trend())
        .isEqualTo(
            new Result(
                2,
                "",
                "p2pbench: "
                    + store
                    + ": runs of several branches: it has a, b. Name one with --branch.\n"));
  }

  @Test
  void tooFewRunsAreCodeThree() throws Exception {
    call("history", "add", run(dir, 1), "--store", store);

    assertThat(trend())
        .isEqualTo(
            new Result(
                3,
                "",
                "p2pbench: "
                    + store
                    + ": the longest series of the branch main has 1 run; it takes 8 of one machine"
                    + " to see a change.\n"));
    assertThat(trend("--benchmark", "pin").err())
        .isEqualTo(
            "p2pbench: "
                + store
                + ": no stored run of the branch main has what was asked for; it takes 8 of one"
                + " machine to see a change.\n");
  }

  @Test
  void anUnknownMetricIsOneLineWithThoseThatThereAre() {
    Result refused = trend("--metric", "speed");

    assertThat(refused.err())
        .startsWith("p2pbench: --metric: there is no \"speed\"; there are throughput, operations, ")
        .hasLineCount(1);
    assertThat(refused.code()).isEqualTo(2);
  }

  @Test
  void theJsonHasEverySeriesWithItsChanges() throws Exception {
    SampleHistory.add(store, new SampleHistory(2).step(36, 1.25).runs(60));

    trend("--json", dir.resolve("deep/trend.json").toString());

    JsonNode root = new ObjectMapper().readTree(dir.resolve("deep/trend.json").toFile());
    assertThat(root.get("format").asText()).isEqualTo("p2pbench-trend");
    assertThat(root.get("version").asInt()).isEqualTo(1);
    JsonNode machine = root.get("machines").get(0);
    assertThat(machine.get("runs")).hasSize(60);
    assertThat(machine.get("environmentChanges").toString())
        .isEqualTo(
            "[{\"run\":\"run-0036\",\"what\":\"kernel\",\"before\":\"6.12.1\",\"after\":\"6.12.5\"}]");
    assertThat(machine.get("events").toString())
        .isEqualTo(
            "[{\"run\":\"run-0036\",\"earliestRun\":\"run-0036\",\"latestRun\":\"run-0036\","
                + "\"revisions\":\"1a2b3e3..1a2b3e4\",\"alert\":false,\"worse\":2,\"weak\":0,"
                + "\"series\":[0,1],\"environmentChanges\":[\"kernel: 6.12.1, then 6.12.5\"]}]");
    assertThat(machine.get("series")).hasSize(4);
    JsonNode first = machine.get("series").get(0);
    assertThat(first.get("metric").asText()).isEqualTo("throughput");
    assertThat(first.get("machineClass").asText()).isEqualTo("emulated");
    assertThat(first.get("values")).hasSize(60);
    assertThat(first.get("changes").get(0).get("run").asText()).isEqualTo("run-0036");
    assertThat(first.get("changes").get(0).get("environmentChanges").toString())
        .isEqualTo("[\"kernel: 6.12.1, then 6.12.5\"]");
  }

  @Test
  void aFileThatCannotBeWrittenIsOneLine() throws Exception {
    SampleHistory.add(store, new SampleHistory(1).runs(8));
    Path json = Files.createDirectory(dir.resolve("trend.json"));

    Result trend = trend("--json", json.toString());

    assertThat(trend.err())
        .isEqualTo(
            "p2pbench: "
                + json
                + ": cannot be written (is a directory). The store is untouched; make room or give"
                + " permission, then try again.\n");
    assertThat(trend.code()).isEqualTo(1);
  }

  @Test
  void aFullDiskIsOneLineWithTheFile() throws Exception {
    SampleHistory.add(store, new SampleHistory(1).runs(8));

    Result trend = trend("--json", "/dev/full");

    assertThat(trend.err())
        .isEqualTo(
            "p2pbench: /dev/full: cannot be written (no space left on device). The store is untouched; make"
                + " room or give permission, then try again.\n");
    assertThat(trend.code()).isEqualTo(1);
  }

  @Test
  void aNumberThatMakesNoSenseIsOneLine() throws Exception {
    SampleHistory.add(store, new SampleHistory(1).runs(8));

    assertThat(trend("--recent", "0"))
        .isEqualTo(
            new Result(
                2,
                "",
                "p2pbench: --recent is 0, not a number from 1 up. See `./run.sh trend --help`.\n"));
    assertThat(trend("--charts", "-1"))
        .isEqualTo(
            new Result(
                2,
                "",
                "p2pbench: --charts is -1, not a number from 0 up. See `./run.sh trend --help`.\n"));
    assertThat(trend("--wait", "-1"))
        .isEqualTo(
            new Result(2, "", "p2pbench: --wait is -1, not a number of seconds from 0 up.\n"));
  }

  @Test
  void thePageNeedsNoNetworkAndNamesTheClassOnEveryTableAndChart() throws Exception {
    SampleHistory.add(store, new SampleHistory(2).step(50, 1.25).runs(60));
    Path out = dir.resolve("trend");

    Result trend = trend("--out", out.toString(), "--charts", "3");

    assertThat(trend.err()).isEmpty();
    assertThat(trend.out()).endsWith("page " + out + "/index.html\n");
    Document page = Jsoup.parse(Files.readString(out.resolve("index.html")));
    assertThat(page.selectFirst("h1").text())
        .isEqualTo(
            "2 series of main got worse lately, in one change at run-0050, among them throughput of"
                + " transfer 4 KiB, CMB stand-in (emulated), io_uring.");
    assertThat(page.select("script, link, iframe, object, embed, base, form")).isEmpty();
    assertThat(page.html()).doesNotContain("http://", "https://", "@import", "url(");
    assertThat(page.select("table caption").eachText())
        .containsExactly(
            "emulated Where something changed",
            "emulated What moved",
            "emulated Changes of the environment",
            "emulated Every series");
    assertThat(page.selectFirst("table").select("tbody tr").eachText())
        .containsExactly("run-0050 51 1a2b3f1..1a2b3f2 2 series, 2 worse");
    assertThat(page.select("figure")).hasSize(3);
    for (Element figure : page.select("figure")) {
      assertThat(figure.select("figcaption").text()).startsWith("emulated ");
      String id = figure.id().substring("chart-".length());
      assertThat(out.resolve("charts/" + id + ".png")).isNotEmptyFile();
      assertThat(Files.readString(out.resolve("charts/" + id + ".svg"))).contains("(emulated)");
    }
    assertThat(page.select("figure figcaption").first().text())
        .contains("alert −", " from run 51 on (");
    assertThat(page.select(".note").text())
        .isEqualTo(
            "Series that move within two runs of each other are taken as one change. The first 3 of"
                + " these are drawn; `--charts` draws more.");
  }

  @Test
  void namesFromElsewhereStayText() throws Exception {
    String hostile = "<script>alert('x')</script>";
    SampleHistory.add(
        store, new SampleHistory(1).step(15, 1.4).each(run -> onBranch(run, hostile)).runs(30));
    Path out = dir.resolve("trend");

    assertThat(trend("--out", out.toString()).code()).isZero();

    Document page = Jsoup.parse(Files.readString(out.resolve("index.html")));
    assertThat(page.select("script")).isEmpty();
    assertThat(page.text()).contains(hostile);
  }

  @Test
  void theSameStoreGivesTheSameWords() throws Exception {
    SampleHistory.add(store, new SampleHistory(4).step(30, 1.03).runs(60));

    assertThat(trend()).isEqualTo(trend());
  }

  private Result trend(String... options) {
    List<Object> arguments = new ArrayList<>(List.of("trend", "--store", store));
    arguments.addAll(List.of(options));
    return call(arguments.toArray());
  }

  private static int number(StoredRun run) {
    return Integer.parseInt(run.id().substring("run-".length()));
  }

  private static StoredRun pins(StoredRun run, double pins) {
    StoredRow row = run.rows().get(0);
    StoredValue value = new StoredValue(pins, new double[] {pins, pins});
    Map<String, StoredValue> metrics = Map.of("pins-per-transaction", value);
    return with(
        run,
        run.branch(),
        List.of(new StoredRow(row.benchmark(), row.machineClass(), row.parameters(), metrics)));
  }

  private static StoredRun onBranch(StoredRun run, String branch) {
    return with(run, branch, run.rows());
  }

  private static StoredRun with(StoredRun run, String branch, List<StoredRow> rows) {
    return new StoredRun(
        run.id(),
        run.digest(),
        run.startedAt(),
        run.revision(),
        branch,
        run.label(),
        run.accepted(),
        run.machineClass(),
        run.fingerprint(),
        run.machine(),
        run.environment(),
        run.directory(),
        rows);
  }

  private static StoredRun onHardware(StoredRun run) {
    List<StoredRow> rows =
        run.rows().stream()
            .map(
                row ->
                    new StoredRow(
                        row.benchmark(), MachineClass.HARDWARE, row.parameters(), row.metrics()))
            .toList();
    return new StoredRun(
        run.id(),
        run.digest(),
        run.startedAt(),
        run.revision(),
        run.branch(),
        run.label(),
        run.accepted(),
        MachineClass.HARDWARE,
        "ba9876543210",
        run.machine(),
        run.environment(),
        run.directory(),
        rows);
  }
}
