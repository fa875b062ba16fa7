// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.jsoup.parser.Parser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.p2pbench.reports.Golden;
import org.p2pbench.reports.SampleRun;

class ReportCommandTest {
  @TempDir private Path dir;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void rendersEverythingThatAFullRunHas() throws Exception {
    SampleRun.emulated().samples(300).everything(4096).write(dir);

    assertThat(report()).isZero();

    assertThat(err.toString()).isEmpty();
    assertThat(out.toString())
        .isEqualTo("summary " + dir + "/summary.md\npage    " + dir + "/report/index.html\n");
    Document page = page();
    assertThat(page.select("section[id]").eachAttr("id"))
        .containsExactly(
            "answer",
            "latency",
            "scaling",
            "choices",
            "drain",
            "cost",
            "baselines",
            "settings",
            "proof",
            "environment",
            "reading");
    assertThat(Files.size(dir.resolve("report/index.html"))).isLessThan(2L << 20);
  }

  @Test
  void saysWhatABusyNeighbourDoesAndWhatItSuffers() throws Exception {
    SampleRun.hardware().samples(300).busyMemory(65536).write(dir);

    assertThat(report()).isZero();

    Element section = page().selectFirst("section#busy-memory");
    String factor = "[0-9.]+× \\[[0-9.]+, [0-9.]+\\]";
    String path = " reach " + factor + " of their throughput, and leave it " + factor;
    assertThat(section.selectFirst("p").text())
        .matches(
            "On this machine \\(hardware\\), beside a neighbour that keeps the memory busy \\(triad,"
                + " 1 thread\\), transfers of 64 KiB through CMB-direct"
                + path
                + " of its bandwidth at "
                + factor
                + " its latency; transfers of 64 KiB through RAM"
                + path
                + " of its bandwidth at "
                + factor
                + " its latency\\.");
    assertThat(section.text())
        .contains("Transfers and load ran on different cores (load on CPU 1, transfers on CPU 0).");
    assertThat(section.select("caption").eachText())
        .containsExactly(
            "hardware What the load does to the transfer",
            "hardware What the transfer does to its neighbour");
    assertThat(section.select("figure").eachAttr("id"))
        .containsExactly(
            "chart-busy-transfer",
            "chart-busy-neighbour-bandwidth",
            "chart-busy-neighbour-latency");
    assertThat(section.select("tbody tr")).hasSize(5);
    assertThat(summary()).contains("- What transfers leave a busy neighbour: **");
  }

  @Test
  void ofTheSameDramItSaysThatBothPathsBurdenItAlike() throws Exception {
    SampleRun run = SampleRun.emulated().samples(300).rounds(2).busyMemory(65536);
    run.rowsFile()
        .get("rows")
        .forEach(
            row -> {
              com.fasterxml.jackson.databind.node.ObjectNode parameters =
                  (com.fasterxml.jackson.databind.node.ObjectNode) row.get("parameters");
              parameters.put("placement", "same-cpus").put("transferCpus", "0-1");
            });
    run.write(dir);

    assertThat(report()).isZero();

    String text = page().selectFirst("section#busy-memory").text();
    assertThat(text)
        .contains(
            "transfers of 64 KiB through RAM reach an unknown share (too few pairs (2)) of their"
                + " throughput")
        .contains(
            "The CMB stand-in and RAM are the same DRAM here, so both paths burden the memory"
                + " alike: a difference between them is chance.")
        .contains(
            "The machine has too few CPUs to keep transfers and load apart (load on CPU 1, transfers"
                + " on CPU 0-1): they took CPU time from each other, too.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"emulated", "lab", "hardware"})
  void everyTableAndChartNamesTheMachineClass(String machineClass) throws Exception {
    sample(machineClass).samples(1_000).twins(4096, 65536).write(dir);

    assertThat(report()).isZero();

    Document page = page();
    assertThat(page.select("table")).isNotEmpty();
    for (Element table : page.select("table")) {
      assertThat(table.select("caption").text()).startsWith(machineClass + " ");
    }
    assertThat(page.select("figure")).isNotEmpty();
    for (Element figure : page.select("figure")) {
      assertThat(figure.select("figcaption").text()).startsWith(machineClass + " ");
      String id = figure.id().substring("chart-".length());
      assertThat(dir.resolve("report/charts/" + id + ".png")).isNotEmptyFile();
      Document svg =
          Jsoup.parse(
              Files.readString(dir.resolve("report/charts/" + id + ".svg")),
              "",
              Parser.xmlParser());
      assertThat(svg.selectFirst("title").text()).endsWith("(" + machineClass + ")");
    }
    assertThat(summary()).startsWith("# p2pbench: machine class " + machineClass + " (");
  }

  @Test
  void thePageNeedsNoNetworkAndNoScript() throws Exception {
    SampleRun.hardware().samples(300).twins(4096, 65536).write(dir);

    assertThat(report()).isZero();

    Document page = page();
    assertThat(page.select("script, link, iframe, object, embed, base, form")).isEmpty();
    assertThat(page.html()).doesNotContain("http://", "https://", "@import", "url(");
    assertThat(page.select("img")).isNotEmpty();
    assertThat(page.select("img").eachAttr("src"))
        .allMatch(source -> source.startsWith("data:image/svg+xml;base64,"));
    for (Element source : page.select("picture > source")) {
      assertThat(source.attr("media")).isEqualTo("screen and (prefers-color-scheme: dark)");
      String data = source.attr("srcset").substring("data:image/svg+xml;base64,".length());
      assertThat(new String(Base64.getDecoder().decode(data))).contains("rgb(22,26,32)");
    }
    assertThat(page.select("img").eachAttr("alt")).noneMatch(String::isBlank);
    for (Element event : page.getAllElements()) {
      assertThat(event.attributes()).noneMatch(attribute -> attribute.getKey().startsWith("on"));
    }
  }

  @Test
  void thePageIsWellFormed() throws Exception {
    SampleRun.emulated().samples(300).everything(4096).write(dir);
    assertThat(report()).isZero();

    Parser parser = Parser.htmlParser().setTrackErrors(20);
    Jsoup.parse(Files.readString(dir.resolve("report/index.html")), "", parser);

    assertThat(parser.getErrors()).isEmpty();
    Document page = page();
    assertThat(page.select("[id]").eachAttr("id")).doesNotHaveDuplicates();
    for (Element link : page.select("a[href]")) {
      assertThat(page.getElementById(link.attr("href").substring(1))).isNotNull();
    }
    for (Element table : page.select("table")) {
      int columns = table.select("thead th").size();
      for (Element row : table.select("tbody tr")) {
        assertThat(row.children()).hasSize(columns);
      }
    }
  }

  @Test
  void theDoctorsAnswerChecksAndDrawingAreOnThePage() throws Exception {
    SampleRun.hardware().samples(300).twins(4096).write(dir);
    String hostile = "<script>alert('x')</script>";
    Files.writeString(
        dir.resolve("doctor.json"),
        """
        {"format": "p2pbench-doctor", "version": 1, "answer": "no", "reason": "%s is refused",
         "remedy": "kernel parameter pci=disable_acs_redir=0000:02:00.0",
         "checks": [
           {"topic": "kernel-option", "subject": null, "verdict": "ok", "finding": "fine",
            "evidence": ["/proc/config.gz"], "remedy": null},
           {"topic": "link", "subject": "0000:03:00.0", "verdict": "warning", "finding": "narrow",
            "evidence": [], "remedy": "another slot"}]}
        """
            .formatted(hostile));
    Files.writeString(dir.resolve("topology.svg"), "<svg>" + hostile + "</svg>");

    assertThat(report()).isZero();

    Document page = page();
    assertThat(page.select("script")).isEmpty();
    Element section = page.getElementById("environment");
    assertThat(section.select("p").eachText())
        .contains(
            "The direct path does not work: " + hostile + " is refused.",
            "What to do: kernel parameter pci=disable_acs_redir=0000:02:00.0.");
    assertThat(section.select("table").last().select("tbody span, tbody small").eachText())
        .containsExactly(
            "link",
            "0000:03:00.0",
            "warning",
            "narrow",
            "another slot",
            "kernel-option",
            "ok",
            "fine",
            "/proc/config.gz");
    assertThat(section.select("figure.wide img").attr("src"))
        .isEqualTo(
            "data:image/svg+xml;base64,"
                + Base64.getEncoder()
                    .encodeToString(Files.readAllBytes(dir.resolve("topology.svg"))));
  }

  @Test
  void whereTheKernelSpendsATransactionIsOnThePage() throws Exception {
    SampleRun run = SampleRun.lab().samples(300).rounds(2).twins(4096);
    for (int fork = 0; fork < 2; fork++) {
      kernel(run, 0, fork, 20_000);
      kernel(run, 1, fork, 30_000);
    }
    run.write(dir);

    assertThat(report()).isZero();

    Element section = page().selectFirst("section#kernel");
    assertThat(section.select("caption").text())
        .isEqualTo(
            "lab Where the kernel spends a transaction, sync, depth 1, 1 thread, sequential");
    assertThat(section.select("tbody tr").eachText())
        .containsExactly(
            "4 KiB CMB-direct not seen 5.00 µs not seen not seen 20.0 µs not seen not seen 1.00 µs"
                + " not seen 26.0 µs 27.0 µs1.50× by tracing",
            "4 KiB RAM not seen 5.00 µs not seen not seen 30.0 µs not seen not seen 1.00 µs not"
                + " seen 36.0 µs 37.0 µs1.50× by tracing");
    assertThat(section.text())
        .contains("by function_graph in a warm-up iteration of its own")
        .contains("Functions: pin: bio_iov_iter_get_pages.");
    assertThat(dir.resolve("report/charts/kernel-transfer-sync-d1-t1-sequential-4096.png"))
        .isNotEmptyFile();
  }

  @Test
  void whyTheKernelWasNotTracedIsOnThePage() throws Exception {
    SampleRun run = SampleRun.lab().samples(300).rounds(1).twins(4096);
    fork(run, 0, 0).putObject("kernel").put("unavailable", "tracefs is not mounted");
    run.write(dir);

    assertThat(report()).isZero();

    assertThat(page().selectFirst("section#kernel").text())
        .isEqualTo("Inside the kernel Kernel stages: not available here: tracefs is not mounted.");
  }

  @Test
  void pinsThatOthersMadeAreRemarkedUpon() throws Exception {
    SampleRun run = SampleRun.emulated().samples(300).rounds(2).twins(4096);
    fork(run, 0, 1)
        .putObject("pinStrangers")
        .put("pinsPerSecond", 1200)
        .put("share", 0.031)
        .put("flagged", true);
    fork(run, 1, 0).putObject("pinStrangers").put("share", 0.002).put("flagged", false);
    run.write(dir);

    assertThat(report()).isZero();

    assertThat(page().select("section#proof > p").eachText())
        .contains(
            "Pins of "
                + run.row(0).get("id").asText()
                + " are not all its own: other processes pinned 1200 pages a second, 3.10 % of what"
                + " was counted.");
    assertThat(page().selectFirst("section#proof").text())
        .doesNotContain("Pins of " + run.row(1).get("id").asText());
  }

  @Test
  void theKernelsOwnPinBenchmarkStandsBesideTheCurve() throws Exception {
    long[] sizes = {4096, 65_536, 1_048_576};
    SampleRun.lab()
        .samples(300)
        .pins("ram", "io_uring-register", "4KiB", sizes)
        .pins("ram", "gup-test", "4KiB", sizes)
        .pins("cmb", "gup-test", "4KiB", sizes)
        .write(dir);

    assertThat(report()).isZero();

    Element section = page().selectFirst("section#cost");
    assertThat(section.select("table:has(caption:contains(one pinned page)) tbody th").eachText())
        .containsExactly(
            "4 KiB pages",
            "4 KiB pages: the kernel's benchmark",
            "4 KiB pages, CMB: the kernel's benchmark");
    assertThat(section.text()).contains("gup_test) times pin_user_pages_fast and unpin_user_pages");
  }

  private static void kernel(SampleRun run, int row, int fork, double deviceNs) {
    ObjectNode kernel = fork(run, row, fork).putObject("kernel");
    kernel.put("tracer", "function_graph").put("transactions", 100).put("slowdown", 1.5);
    kernel.put("kernelNs", deviceNs + 6000).put("userNs", deviceNs + 7000);
    ArrayNode stages = kernel.putArray("stages");
    stages
        .addObject()
        .put("stage", "pin")
        .put("nsPerTransaction", 5000)
        .putArray("functions")
        .add("bio_iov_iter_get_pages");
    stages.addObject().put("stage", "device").put("nsPerTransaction", deviceNs);
    stages.addObject().put("stage", "unpin").put("nsPerTransaction", 1000);
  }

  private static ObjectNode fork(SampleRun run, int row, int fork) {
    return (ObjectNode) run.row(row).get("forks").get(fork);
  }

  @Test
  void aDamagedDoctorFileIsNamed() throws Exception {
    SampleRun.hardware().samples(300).twins(4096).write(dir);
    Files.writeString(
        dir.resolve("doctor.json"),
        "{\"format\": \"p2pbench-doctor\", \"version\": 1, \"answer\": \"perhaps\"}");

    assertThat(report()).isEqualTo(2);
    assertThat(err.toString())
        .contains(dir.resolve("doctor.json") + ", line 1, column ")
        .contains("answer: \"perhaps\" is not one of yes, no, unknown. ")
        .contains("Restore it from a copy, or delete it: the report can do without it.");
  }

  @Test
  void namesFromElsewhereStayText() throws Exception {
    String hostile = "<script>alert('x')</script> & \"|` *bold* [a](b) ${7*7}";
    SampleRun sample = SampleRun.hardware().samples(300).twins(4096);
    ((ObjectNode) sample.environment().get("controllers").get(0)).put("model", hostile);
    ((ObjectNode) sample.environment().get("cpu")).put("model", hostile);
    ((ObjectNode) sample.row(0).get("parameters")).put("engine", hostile);
    ((ObjectNode) sample.row(1).get("parameters")).put("engine", hostile);
    ((ObjectNode) sample.row(0).get("forks").get(0).get("witness").get("evidence").get(0))
        .put("detail", hostile);
    sample.write(dir);

    assertThat(report()).isZero();

    Document page = page();
    assertThat(page.select("script")).isEmpty();
    assertThat(page.getElementById("environment").text()).contains(hostile);
    assertThat(page.getElementById("answer").text()).contains(hostile);
    assertThat(page.getElementById("proof").text()).contains(hostile);
    assertThat(summary())
        .contains(
            "\\<script\\>alert('x')\\</script\\> & \"\\|\\` \\*bold\\* \\[a\\](b) $\\{7\\*7\\}")
        .doesNotContainPattern("(?<!\\\\)<script");
  }

  @Test
  void aStandInIsNeverCalledTheCmb() throws Exception {
    SampleRun.emulated().samples(300).everything(4096).write(dir);

    assertThat(report()).isZero();

    assertThat(page().text()).doesNotContain("CMB-direct").contains("CMB stand-in (emulated)");
    assertThat(summary())
        .doesNotContain("CMB-direct")
        .contains(
            "This machine has no CMB. A memory region stands in for one, so nothing here is"
                + " peer-to-peer: the figures show what pinning and copying cost, the part that"
                + " P2P could save.");
  }

  @Test
  void rendersAKilledRunAndSaysWhatIsMissing() throws Exception {
    SampleRun sample = SampleRun.emulated().samples(300).twins(4096, 65536);
    sample.rowsFile().put("status", "running");
    sample.write(dir);
    Files.delete(dir.resolve("jmh.json"));
    String cut = sample.row(0).get("forks").get(3).get("hlog").asText();
    byte[] log = Files.readAllBytes(dir.resolve(cut));
    Files.write(dir.resolve(cut), java.util.Arrays.copyOf(log, log.length - 40));

    assertThat(report()).isZero();

    assertThat(err.toString())
        .isEqualTo(
            """
            note: The run was killed or is still going: 24 of 24 forks are here.
            note: jmh.json is not there.
            note: %s is cut off: its last interval was left out.
            """
                .formatted(cut));
    assertThat(page().select(".missing li").eachText())
        .containsExactly(
            "The run was killed or is still going: 24 of 24 forks are here.",
            "jmh.json is not there.",
            cut + " is cut off: its last interval was left out.");
  }

  @Test
  void rendersARunWithoutRows() throws Exception {
    SampleRun.emulated().write(dir);
    Files.delete(dir.resolve("rows.json"));
    Files.delete(dir.resolve("jmh.json"));

    assertThat(report()).isZero();

    assertThat(page().selectFirst("h1").text()).endsWith("Nothing has been measured yet.");
    assertThat(page().select("figure")).isEmpty();
    assertThat(summary())
        .contains("> rows.json is not there: the run ended before its first fork was done.");
  }

  @Test
  void oneForkGivesFiguresButNoRatio() throws Exception {
    SampleRun.hardware().rounds(1).samples(300).twins(4096).write(dir);

    assertThat(report()).isZero();

    assertThat(page().selectFirst("h1").text())
        .isEqualTo(
            "Moving data through the CMB cannot be judged, for too few pairs of forks, at 4 KiB"
                + " (sync, depth 1, 1 thread, sequential).");
    assertThat(page().getElementById("answer").select("td.none").eachText())
        .contains("too few pairs (1)");
    assertThat(summary()).contains("too few pairs (1)");
  }

  @Test
  void forksWithoutTransactionsOrCountersRender() throws Exception {
    SampleRun sample = SampleRun.emulated().samples(300).twins(4096, 65536);
    for (var fork : (ArrayNode) sample.row(0).get("forks")) {
      for (var iteration : (ArrayNode) fork.get("iterations")) {
        ((ObjectNode) iteration).put("score", 0).put("transactions", 0);
      }
    }
    for (var fork : (ArrayNode) sample.row(1).get("forks")) {
      for (var iteration : (ArrayNode) fork.get("iterations")) {
        ((ObjectNode) iteration).retain("score", "transactions");
      }
      ((ObjectNode) fork).remove("hlog");
    }
    sample.write(dir);

    assertThat(report()).isZero();

    assertThat(page().getElementById("answer").select("td.none").eachText())
        .contains("not counted", "not recorded", "too few pairs (0)");
  }

  @Test
  void showsRefusedRowsWithTheirReason() throws Exception {
    SampleRun.hardware()
        .samples(300)
        .twins(4096)
        .refused("registered", "the kernel refuses it (EREMOTEIO)")
        .write(dir);

    assertThat(report()).isZero();

    assertThat(page().getElementById("proof").text())
        .contains("Refused by the kernel or the machine")
        .contains("transfer, 4 KiB, CMB-direct, registered")
        .contains("the kernel refuses it (EREMOTEIO)");
  }

  @Test
  void neverDividesRowsOfAnotherMachineClass() throws Exception {
    SampleRun sample = SampleRun.hardware().samples(300).twins(4096);
    sample.row(0).put("machineClass", "emulated");

    sample.write(dir);
    assertThat(report()).isZero();

    assertThat(summary())
        .contains("CMB-direct \\[emulated\\]")
        .contains("no ratio between classes emulated and hardware");
  }

  @Test
  void rendersTheSameBytesTwice() throws Exception {
    SampleRun.lab().samples(300).twins(4096, 65536).write(dir);
    assertThat(report()).isZero();
    byte[] first = Files.readAllBytes(dir.resolve("report/index.html"));

    assertThat(report()).isZero();

    assertThat(Files.readAllBytes(dir.resolve("report/index.html"))).isEqualTo(first);
  }

  @Test
  void badInputIsOneLineAndCodeTwo() {
    assertThat(report("report", dir.resolve("no").toString())).isEqualTo(2);
    assertThat(err.toString())
        .isEqualTo(
            "p2pbench: "
                + dir.resolve("no")
                + ": there is no such directory. Give the directory that `run --out` wrote.\n");
  }

  @Test
  void wrongArgumentsAreOneLineAndCodeTwo() {
    assertThat(report("report")).isEqualTo(2);
    assertThat(err.toString())
        .isEqualTo("p2pbench: Missing required parameter: 'DIR'. See `./run.sh report --help`.\n");
    err.getBuffer().setLength(0);
    assertThat(report("--colour")).isEqualTo(2);
    assertThat(err.toString())
        .isEqualTo("p2pbench: Unknown option: '--colour'. See `./run.sh --help`.\n");
    err.getBuffer().setLength(0);
    assertThat(report()).as("no directory").isEqualTo(2);
  }

  @Test
  void helpNamesTheProgramAsItWasCalled() {
    assertThat(report("report", "--help")).isZero();
    assertThat(out.toString())
        .startsWith("Usage: ./run.sh report [-hV] DIR\n")
        .contains("  ./run.sh report results/2026-01-31\n")
        .contains("Exit codes: 0 done; 1 the report could not be written; 2 bad input.\n");
  }

  @Test
  void aReportThatCannotBeWrittenIsCodeOneAndHarmsNothing() throws Exception {
    SampleRun.emulated().samples(300).twins(4096).write(dir);
    Files.writeString(dir.resolve("report"), "mine");

    assertThat(report()).isEqualTo(1);

    assertThat(err.toString())
        .isEqualTo(
            "p2pbench: "
                + dir
                + "/report/charts: cannot be written (not a directory). What was measured is"
                + " untouched; make room or give permission, then: ./run.sh report "
                + dir
                + "\n");
    assertThat(dir.resolve("report")).hasContent("mine");
    assertThat(dir.resolve("summary.md")).doesNotExist();
  }

  @Test
  void aFullDiskIsCodeOneAndLeavesTheOlderReportWhole() throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "mounting a small tmpfs needs root");
    Path small = Files.createDirectory(dir.resolve("small"));
    execute("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", small.toString());
    try {
      SampleRun.emulated().samples(300).twins(4096).write(small);
      Files.createDirectories(small.resolve("report"));
      Files.writeString(small.resolve("report/index.html"), "older");

      assertThat(report("report", small.toString())).isEqualTo(1);

      assertThat(err.toString())
          .contains(": cannot be written (no space left on device). What was measured is untouched")
          .hasLineCount(1);
      assertThat(small.resolve("report/index.html")).hasContent("older");
      try (var files = Files.walk(small)) {
        assertThat(files.map(Path::toString)).noneMatch(name -> name.endsWith(".new"));
      }
    } finally {
      execute("umount", small.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"emulated", "lab", "hardware"})
  void theSummaryIsAsItWas(String machineClass) throws Exception {
    SampleRun sample = sample(machineClass).samples(4_000);
    if (machineClass.equals("emulated")) {
      sample.everything(4096);
    } else {
      sample.twins(4096, 65536).refused("registered", "the kernel refuses it");
    }
    sample.write(dir);

    assertThat(report()).isZero();

    Golden.check("summary-" + machineClass + ".md", summary());
  }

  private static SampleRun sample(String machineClass) {
    return switch (machineClass) {
      case "emulated" -> SampleRun.emulated();
      case "lab" -> SampleRun.lab();
      default -> SampleRun.hardware();
    };
  }

  private static void execute(String... command) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
  }

  private int report() {
    return report("report", dir.toString());
  }

  private int report(String... arguments) {
    return ReportsMain.run(
        "./run.sh", new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }

  private Document page() throws IOException {
    return Jsoup.parse(Files.readString(dir.resolve("report/index.html")));
  }

  private String summary() throws IOException {
    return Files.readString(dir.resolve("summary.md"));
  }
}
