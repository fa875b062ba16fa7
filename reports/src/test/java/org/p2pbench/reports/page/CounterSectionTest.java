// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.reports.SampleRun;
import org.p2pbench.reports.rundir.RunDirectoryReader;
import org.p2pbench.reports.statistics.Analysis;

/** What the report says of perf events and of memory controllers. */
class CounterSectionTest {
  @TempDir private Path directory;

  private Optional<Section> section(SampleRun run) throws Exception {
    run.write(directory);
    return new ReportBuilder()
        .build(Analysis.of(new RunDirectoryReader().read(directory))).sections().stream()
            .filter(section -> section.id().equals("counters"))
            .findFirst();
  }

  private static SampleRun twins() {
    return SampleRun.emulated().samples(300).rounds(3).twins(4096);
  }

  private static void count(SampleRun run, String member, long perTransaction) {
    for (JsonNode fork : run.row(1).get("forks")) {
      for (JsonNode iteration : fork.get("iterations")) {
        long transactions = iteration.get("transactions").asLong();
        ((ObjectNode) iteration).put(member, perTransaction * transactions);
      }
    }
  }

  private static void unavailable(SampleRun run, String profiler, String why) {
    for (JsonNode fork : run.row(1).get("forks")) {
      ((ObjectNode) fork).putObject(profiler).put("unavailable", why);
    }
  }

  @Test
  void whatWasCountedHasAColumnAndTheRestAReason() throws Exception {
    SampleRun run = twins();
    count(run, "contextSwitches", 2);
    count(run, "migrations", 0);
    unavailable(run, "perf", "cycles, instructions, cacheMisses: this machine has no such counter");
    unavailable(run, "dram", "not available here: no uncore_imc events");
    Section section = section(run).orElseThrow();

    Block.Table table = (Block.Table) section.blocks().get(0);
    assertThat(table.columns())
        .containsExactly("Block", "Path", "Setting", "Context switches", "Migrations");
    assertThat(table.groups()).hasSize(1);
    assertThat(table.groups().get(0)).hasSize(1);
    assertThat(table.groups().get(0).get(0))
        .extracting(Cell::text)
        .containsExactly("4 KiB", "RAM", "sync, depth 1, 1 thread, sequential", "2", "0");
    assertThat(((Block.Text) section.blocks().get(1)).paragraphs())
        .containsExactly(
            "Perf events: not available here: cycles, instructions, cacheMisses: this machine has no"
                + " such counter.",
            "System-memory traffic: not available here: no uncore_imc events.");
  }

  @Test
  void instructionsPerCycleAndTrafficPerByteComeFromTheCounts() throws Exception {
    SampleRun run = twins();
    count(run, "cycles", 5_000);
    count(run, "instructions", 7_500);
    count(run, "dramBytes", 3 * 4096);
    Block.Table table = (Block.Table) section(run).orElseThrow().blocks().get(0);

    assertThat(table.columns())
        .endsWith(
            "Cycles",
            "Instructions",
            "Instructions per cycle",
            "System-memory traffic, bytes per byte moved");
    assertThat(table.groups().get(0).get(0))
        .extracting(Cell::text)
        .endsWith("5000", "7500", "1.50", "3");
  }

  @Test
  void aRunThatAskedForNothingHasNoSuchSection() throws Exception {
    assertThat(section(twins())).isEmpty();
  }
}
