// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.numa.NumaNode;
import org.p2pbench.numa.NumaNodes;
import org.p2pbench.transaction.BuildDirectory;

/** Where threads and memory are placed, as the kernel tells it of a machine with one node. */
class NumaJarTest {
  private static final int BLOCK_PAGES = 16;

  @TempDir(factory = BuildDirectory.class)
  private Path directory;

  private int node;

  @BeforeEach
  void onOneNode() {
    BuildDirectory.assumeDirect(directory);
    List<NumaNode> nodes = NumaNodes.ofThisMachine().all();
    assumeTrue(nodes.size() == 1, "this machine has " + nodes.size() + " NUMA nodes, not one");
    node = nodes.get(0).number();
  }

  @Test
  void nearSaysWhichNodeThatIsAndTheRowSaysWhereThreadsAndMemoryReallyWere() {
    Jar.Result result =
        run("--numa", "near,near", "--memory", "ram,cmb-emulated", "--threads", "2");

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.err())
        .matches(
            "NUMA near: node %d, the only one of this machine; threads on its CPUs [\\d,-]+, system memory there\n"
                .formatted(node));
    JsonNode rows = Jar.json(directory.resolve("out/rows.json")).at("/rows");
    assertThat(rows).hasSize(2);
    for (JsonNode row : rows) {
      assertThat(row.at("/id").asText()).endsWith("-sync-65536-d1-t2-numa-near");
      assertThat(row.at("/parameters/numa").asText()).isEqualTo("near");
      assertThat(row.at("/parameters/numaNode").asInt()).isEqualTo(node);
      JsonNode told = row.at("/forks/0/numa");
      assertThat(told.at("/threadNodes").toString()).isEqualTo("[%d]".formatted(node));
      assertThat(told.at("/memoryPages").toString())
          .isEqualTo("{\"%d\":%d}".formatted(node, 2 * BLOCK_PAGES));
    }
  }

  @Test
  void whatThisMachineDoesNotHaveIsOneLine() {
    refused(
        3,
        "--numa far: this machine has one NUMA node, and nothing is far from it: leave far out, or measure where there are several",
        "--numa",
        "near,far");
    refused(
        2,
        "--numa 999: this machine has no NUMA node 999 with CPUs and memory: it has %d"
            .formatted(node),
        "--numa",
        "999");
    refused(
        2, "unknown NUMA placement 'here': near, far, or the number of a node", "--numa", "here");
    refused(
        2,
        "--numa and --busy-memory both say on which CPUs transfers run: leave one of them out",
        "--numa",
        "near",
        "--busy-memory",
        "triad:1");
    assertThat(directory).isEmptyDirectory();
  }

  private void refused(int exitCode, String message, String... options) {
    Jar.Result result = run(options);
    assertThat(result.err()).isEqualTo("p2pbench: " + message + "\n");
    assertThat(result.exitCode()).isEqualTo(exitCode);
  }

  private Jar.Result run(String... options) {
    List<String> arguments =
        new ArrayList<>(List.of("run", "--profile", "lab", "--rounds", "1", "--engine", "sync"));
    arguments.addAll(List.of("--out", "out"));
    arguments.addAll(List.of(options));
    arguments.addAll(List.of("--", "-wi", "0", "-i", "1", "-r", "50ms"));
    return Jar.run(directory, arguments.toArray(String[]::new));
  }
}
