// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.transaction.BuildDirectory;

/** A run beside a busy neighbour, from the command line to the run directory. */
class BusyMemoryJarTest {
  private static final String POINT = "sync-4096-d1-t1";
  private static final String LOAD = "busy-memory-triad-sequential-t1-s100-";
  private static final List<String> ROWS =
      List.of(
          LOAD + "alone-" + POINT,
          LOAD + "cmb-emulated-per-transaction-" + POINT + "-without",
          LOAD + "ram-per-transaction-" + POINT + "-without",
          LOAD + "cmb-emulated-per-transaction-" + POINT + "-beside",
          LOAD + "ram-per-transaction-" + POINT + "-beside");

  @TempDir(factory = BuildDirectory.class)
  private static Path directory;

  private static Jar.Result result;
  private static JsonNode rows;

  @BeforeAll
  static void measure() {
    BuildDirectory.assumeDirect(directory);
    result =
        Jar.run(
            directory,
            "run",
            "--profile",
            "lab",
            "--busy-memory",
            "triad:1",
            "--memory",
            "cmb-emulated,ram",
            "--size",
            "4k",
            "--engine",
            "sync",
            "--rounds",
            "1",
            "--out",
            "out");
    rows = Jar.json(directory.resolve("out/rows.json"));
  }

  @Test
  void measuresTheLoadAloneEachTransferAloneAndBoth() {
    assertThat(result.err()).isEmpty();
    assertThat(result.exitCode()).isZero();
    assertThat(rows.at("/status").asText()).isEqualTo("complete");
    assertThat(rows.at("/rows"))
        .allSatisfy(row -> assertThat(row.at("/status").asText()).isEqualTo("measured"));
    assertThat(rows.findValuesAsText("id")).isEqualTo(ROWS);
    assertThat(rows.findValuesAsText("benchmark")).containsOnly("busy-memory");
    assertThat(rows.findValuesAsText("group"))
        .containsOnly("busy-memory/triad-sequential-t1-s100/" + POINT);
  }

  @Test
  void tellsOfTheNeighbourWhereThereIsOne() throws IOException {
    for (JsonNode row : rows.at("/rows")) {
      boolean loaded = row.at("/parameters/load").asText().equals("triad");
      for (JsonNode iteration : row.at("/forks/0/iterations")) {
        assertThat(iteration.has("neighbourBytes")).isEqualTo(loaded);
        assertThat(iteration.at("/neighbourBytes").asLong() > 0).isEqualTo(loaded);
        assertThat(iteration.at("/neighbourNs").asLong() > 0).isEqualTo(loaded);
        assertThat(iteration.at("/neighbourLatencyNs").asDouble() > 0).isEqualTo(loaded);
        assertThat(iteration.at("/transactions").asLong()).isPositive();
      }
      String hlog = Files.readString(directory.resolve("out/" + row.at("/forks/0/hlog").asText()));
      assertThat(hlog.contains("Tag=neighbour,")).isEqualTo(loaded);
      assertThat(hlog.contains("Tag=transaction,")).isEqualTo(row.at("/parameters").has("memory"));
    }
  }

  @Test
  void saysWhichCpusEachOfTheTwoRunsOn() {
    for (JsonNode row : rows.at("/rows")) {
      assertThat(row.at("/parameters/loadCpus").asText()).matches("\\d+");
      assertThat(row.at("/parameters/transferCpus").asText()).matches("\\d+(-\\d+)?(,.*)?");
      assertThat(row.at("/parameters/placement").asText()).isIn("apart", "same-cores", "same-cpus");
      assertThat(row.at("/parameters/loadBytes").asLong()).isGreaterThanOrEqualTo(64L << 20);
    }
  }

  @Test
  void moreThreadsThanCpusAreRefusedBeforeAnything() {
    Jar.Result refused =
        Jar.run(directory, "run", "--busy-memory", "triad:4096", "--out", "refused");

    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err())
        .matches(
            "p2pbench: memory load triad:4096 needs a CPU for each of its 4096 threads, but this"
                + " process may use \\d+ \\([0-9,-]+\\): ask for \\d+ or fewer\\R");
    assertThat(directory.resolve("refused")).doesNotExist();
  }
}
