// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.numa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which node is meant, on trees of sysfs as machines have them. */
class NumaNodesTest {
  private static final String DRIVE = "nvme0 (0000:03:00.0)";

  @TempDir private Path root;

  @Test
  void nearIsTheDevicesOwnAndFarTheFarthestFromIt() throws IOException {
    NumaNodes nodes = fourNodes();

    assertThat(choose(nodes, "near", 2))
        .isEqualTo(
            new NumaNodes.Chosen(
                new NumaNode(2, List.of(4, 5, 12, 13), List.of(21, 31, 10, 12)),
                "the one of nvme0 (0000:03:00.0)"));
    assertThat(choose(nodes, "far", 2).node().number()).isEqualTo(1);
    assertThat(choose(nodes, "far", 2).reason())
        .isEqualTo("at distance 31 from node 2, the one of nvme0 (0000:03:00.0)");
    assertThat(choose(nodes, "0", 2).node().number()).isZero();
  }

  @Test
  void nodesWithoutCpusOrWithoutMemoryAreNone() throws IOException {
    fourNodes();
    write("has_cpu", "0-2");
    write("has_memory", "0,2-3");

    assertThat(new NumaNodes(root).all()).extracting(NumaNode::number).containsExactly(0, 2);
    assertThatThrownBy(() -> choose(new NumaNodes(root), "3", 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("--numa 3: this machine has no NUMA node 3 with CPUs and memory: one of 0, 2");
  }

  @Test
  void whereTheKernelDoesNotSayWhereTheDeviceIsItIsNotGuessed() throws IOException {
    NumaNodes nodes = fourNodes();

    assertThatThrownBy(() -> nodes.choose(new NumaChoice("near"), "'/mnt/x'", OptionalInt.empty()))
        .isInstanceOf(NumaNodes.NoNodeException.class)
        .hasMessage(
            "--numa near: the kernel does not say on which NUMA node with CPUs and memory '/mnt/x'"
                + " is: give its number, one of 0, 1, 2, 3");
  }

  @Test
  void aKernelWithoutNodesSaysSo() {
    assertThatThrownBy(() -> choose(new NumaNodes(root), "near", 0))
        .isInstanceOf(NumaNodes.NoNodeException.class)
        .hasMessage("--numa near: this kernel knows no NUMA nodes: leave --numa out");
  }

  private static NumaNodes.Chosen choose(NumaNodes nodes, String word, int deviceNode) {
    return nodes.choose(new NumaChoice(word), DRIVE, OptionalInt.of(deviceNode));
  }

  private NumaNodes fourNodes() throws IOException {
    write("online", "0-3");
    write("has_cpu", "0-3");
    write("has_memory", "0-3");
    node(0, "0-1,8-9", "10 12 21 31");
    node(1, "2-3,10-11", "12 10 31 21");
    node(2, "4-5,12-13", "21 31 10 12");
    node(3, "6-7,14-15", "31 21 12 10");
    return new NumaNodes(root);
  }

  private void node(int number, String cpus, String distances) throws IOException {
    write("node%d/cpulist".formatted(number), cpus);
    write("node%d/distance".formatted(number), distances);
  }

  private void write(String name, String text) throws IOException {
    Path file = root.resolve("devices/system/node").resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text + "\n");
  }
}
