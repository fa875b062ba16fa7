// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.profile.CpuProfiler;
import org.p2pbench.profile.DramProfiler;
import org.p2pbench.profile.KernelProfiler;
import org.p2pbench.profile.PinsProfiler;
import org.p2pbench.transaction.BuildDirectory;

/** What profilers cost, from the command line to the run directory. */
class OverheadJarTest {
  private static final String ROW = "overhead-transfer-ram-per-transaction-sync-4096-d1-t1-";

  @TempDir(factory = BuildDirectory.class)
  private Path directory;

  @Test
  void aForkRunsUnderTheProfilersThatItsRowNamesAndNoOthers() {
    BuildDirectory.assumeDirect(directory);
    List<String> arguments =
        new ArrayList<>(List.of(Jar.smallRun("sync", "--overhead", "--rounds", "1")));
    arguments.addAll(List.of("--out", "out", "--", "-i", "1", "-r", "20ms", "-w", "20ms"));
    Jar.Result result = Jar.run(directory, arguments.toArray(String[]::new));
    assertThat(result.exitCode()).as(result.err()).isZero();

    Map<String, JsonNode> rows = new LinkedHashMap<>();
    Jar.json(directory.resolve("out/rows.json"))
        .at("/rows")
        .forEach(row -> rows.put(row.at("/id").asText(), row));
    assertThat(rows.values())
        .allSatisfy(
            row -> {
              assertThat(row.at("/group").asText())
                  .isEqualTo("overhead/transfer-ram-per-transaction-sync-4096-d1-t1");
              assertThat(row.at("/parameters/transaction").asText()).isEqualTo("transfer");
            });
    assertFork(rows.get(ROW + "none"), false, false, false);
    assertFork(rows.get(ROW + "stages"), true, false, false);
    assertFork(rows.get(ROW + "stages-cpu-time"), true, true, false);
    assertHere(PinsProfiler.obstacle(), rows.get(ROW + "stages-pins"));
    assertHere(CpuProfiler.obstacle(), rows.get(ROW + "stages-cpu"));
    assertHere(DramProfiler.obstacle(), rows.get(ROW + "stages-dram"));
    assertHere(KernelProfiler.obstacle(), rows.get(ROW + "stages-kernel"));
    boolean pins = PinsProfiler.obstacle().isEmpty();
    assertFork(
        rows.get(ROW + (pins ? "stages-pins-cpu-time" : "stages-cpu-time")), true, true, pins);
  }

  private static void assertFork(JsonNode row, boolean stages, boolean cpuTime, boolean pins) {
    JsonNode fork = row.at("/forks/0");
    assertThat(fork.at("/verification/verdict").asText()).isEqualTo("verified");
    assertThat(fork.at("/iterations/0/score").asDouble()).isPositive();
    assertThat(fork.at("/hlog").isTextual()).as("latencies of %s", row).isEqualTo(stages);
    assertThat(fork.at("/iterations/0").has("cpuUserNs")).isEqualTo(cpuTime);
    assertThat(fork.at("/iterations/0").has("pinsAcquired")).isEqualTo(pins);
  }

  /** A row of a profiler that cannot run says why in the run directory, and the run goes on. */
  private static void assertHere(Optional<String> obstacle, JsonNode row) {
    assertThat(row.at("/status").asText()).isEqualTo(obstacle.isPresent() ? "refused" : "measured");
    assertThat(row.at("/reason").asText(null)).isEqualTo(obstacle.orElse(null));
    assertThat(row.at("/forks")).hasSize(obstacle.isPresent() ? 0 : 1);
  }
}
