// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.environment;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.discovery.CmbChoice;
import org.p2pbench.discovery.DeviceDiscovery;
import org.p2pbench.discovery.FakeMachine;
import org.p2pbench.discovery.Place;

class EnvironmentProbeTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Clock NOON =
      Clock.fixed(Instant.parse("2026-01-31T12:00:00.123456Z"), ZoneOffset.UTC);
  private static final String ADDRESS = "0000:03:00.0";
  private static final Path FILE = Path.of("/data/file");

  @TempDir private Path directory;

  @Test
  void writesTheWholeTreeOfAMachineWithACmb() throws IOException {
    FakeMachine machine = server();
    Place target = machine.discovery().locate(FILE);
    CmbChoice cmb = machine.discovery().chooseCmb(Optional.empty(), List.of(target), List.of());

    ObjectNode tree =
        probe(machine, Map.of())
            .probe(
                new EnvironmentProbe.Run(
                    List.of("run", "--profile", "smoke"),
                    Set.of("cmb", "ram"),
                    List.of(),
                    List.of(target),
                    Optional.of(cmb),
                    1,
                    "tsc",
                    List.of("-Xmx1g"),
                    BuildRevision.find()));

    // What the build and the JVM say changes from place to place and is tested by itself.
    tree.remove("p2pbench");
    tree.remove("jvm");
    ((ObjectNode) tree.get("host")).remove("architecture");
    String allocate = cmb.cmb().allocateFile().toString();
    assertThat(MAPPER.readTree(tree.toString())).isEqualTo(MAPPER.readTree(expected(allocate)));
  }

  @Test
  void saysUnknownOrNullWhereNothingCanBeRead() throws IOException {
    FakeMachine bare = new FakeMachine(directory.toAbsolutePath());

    ObjectNode tree = probe(bare, Map.of()).probe(run(Set.of("cmb-emulated", "ram")));

    assertThat(tree.at("/host/kernel").textValue()).isEqualTo("unknown");
    assertThat(tree.at("/host/os").textValue()).isEqualTo("unknown");
    assertThat(tree.at("/host/virtualization").textValue()).isEqualTo("unknown");
    assertThat(MAPPER.readTree(tree.get("cpu").toString()))
        .isEqualTo(
            MAPPER.readTree(
                "{\"model\": \"unknown\", \"sockets\": null, \"cores\": null, \"threads\": null,"
                    + " \"governor\": \"unknown\", \"clockSource\": \"unknown\","
                    + " \"stampSource\": \"monotonic\"}"));
    assertThat(MAPPER.readTree(tree.get("memory").toString()))
        .isEqualTo(
            MAPPER.readTree(
                "{\"totalBytes\": null, \"basePageBytes\": null, \"hugePages\": null,"
                    + " \"transparentHugePages\": \"unknown\"}"));
    assertThat(tree.get("numa")).isEmpty();
    assertThat(tree.get("iommu")).isEqualTo(MAPPER.readTree("{\"mode\": \"none\", \"groups\": 0}"));
    assertThat(tree.get("controllers")).isEmpty();
    assertThat(tree.get("pciTopology")).isEmpty();
    assertThat(List.of("source", "target", "cmb", "lab"))
        .allSatisfy(member -> assertThat(tree.get(member).isNull()).as(member).isTrue());
  }

  @Test
  void readsTheMachineThatRunsTheTests() {
    DeviceDiscovery discovery = DeviceDiscovery.ofThisMachine();
    Place place = discovery.locate(directory);

    ObjectNode tree =
        EnvironmentProbe.ofThisMachine(discovery)
            .probe(
                new EnvironmentProbe.Run(
                    List.of(),
                    Set.of("ram"),
                    List.of(place),
                    List.of(place, place),
                    Optional.empty(),
                    1,
                    "tsc",
                    EnvironmentProbe.flagsOfThisJvm(),
                    BuildRevision.find()));

    assertThat(tree.at("/host/kernel").textValue()).isEqualTo(System.getProperty("os.version"));
    assertThat(tree.at("/cpu/threads").intValue()).isPositive();
    assertThat(tree.at("/cpu/cores").intValue()).isPositive();
    assertThat(tree.at("/memory/basePageBytes").intValue() % 4096).isZero();
    assertThat(tree.at("/memory/basePageBytes").intValue()).isPositive();
    assertThat(tree.at("/memory/totalBytes").longValue()).isGreaterThan(64 << 20);
    assertThat(tree.at("/jvm/version").textValue()).isEqualTo(Runtime.version().toString());
    assertThat(tree.at("/source/kind").textValue()).isEqualTo("directory");
    assertThat(tree.at("/source/bytes").isNull()).isTrue();
    assertThat(tree.get("source")).isEqualTo(tree.get("target"));
    assertThat(tree.has("sources")).isFalse();
    assertThat(tree.get("targets")).hasSize(2).containsOnly(tree.get("target"));
  }

  @Test
  void takesInWhatTheLabWroteOfItself() throws IOException {
    Path lab =
        Files.writeString(
            directory.resolve("lab.json"),
            "{\"accelerator\": \"tcg\", \"qemu\": \"7.2.17\", \"topology\": \"switch\"}");
    FakeMachine machine = new FakeMachine(directory.resolve("machine").toAbsolutePath());

    ObjectNode tree =
        probe(machine, Map.of("P2PBENCH_LAB", "1", "P2PBENCH_LAB_JSON", lab.toString()))
            .probe(run(Set.of("cmb", "ram")));

    assertThat(tree.get("machineClass").textValue()).isEqualTo("lab");
    assertThat(tree.get("lab"))
        .isEqualTo(
            MAPPER.readTree(
                "{\"accelerator\": \"tcg\", \"qemu\": \"7.2.17\", \"topology\": \"switch\","
                    + " \"kernelPackage\": \"unknown\", \"kernelSha256\": \"unknown\"}"));
  }

  @Test
  void saysUnknownOfALabWhoseFileCannotBeRead() {
    FakeMachine machine = new FakeMachine(directory.toAbsolutePath());

    ObjectNode tree =
        probe(machine, Map.of("P2PBENCH_LAB_JSON", directory.resolve("absent").toString()))
            .probe(run(Set.of("ram")));

    assertThat(tree.get("lab"))
        .hasSize(5)
        .allSatisfy(member -> assertThat(member.textValue()).isEqualTo("unknown"));
  }

  private EnvironmentProbe probe(FakeMachine machine, Map<String, String> variables) {
    return new EnvironmentProbe(
        machine.discovery(),
        new EnvironmentProbe.Roots(machine.sys(), machine.proc(), machine.path("etc")),
        NOON,
        variables);
  }

  private static EnvironmentProbe.Run run(Set<String> memoryKinds) {
    return new EnvironmentProbe.Run(
        List.of(),
        memoryKinds,
        List.of(),
        List.of(),
        Optional.empty(),
        1,
        "monotonic",
        List.of(),
        BuildRevision.find());
  }

  private FakeMachine server() throws IOException {
    FakeMachine machine = new FakeMachine(directory.toAbsolutePath());
    machine.nvme(0, ADDRESS, "SERIAL-A").cmb(0, ADDRESS, true);
    machine.regular(FILE, "259:0").mount("259:0", "/data", "ext4", "/dev/nvme0n1");
    machine.file("etc/os-release", "NAME=Example\nPRETTY_NAME=\"Example Linux 1 (one)\"");
    machine.file("proc/sys/kernel/osrelease", "6.12.1");
    machine.file("proc/cmdline", "quiet iommu=pt -- --token init-only");
    machine.file("proc/cpuinfo", "processor\t: 0\nmodel name\t: Example CPU\nflags\t\t: fpu tsc\n");
    machine.file("proc/meminfo", "MemTotal:       16384 kB\nMemFree: 1 kB");
    ByteBuffer auxiliary = ByteBuffer.allocate(64).order(ByteOrder.nativeOrder());
    auxiliary.putLong(16).putLong(1).putLong(6).putLong(16384).putLong(0).putLong(0);
    Files.write(machine.path("proc/self/auxv"), auxiliary.array());
    List<String> sockets = new ArrayList<>(List.of("0", "0", "0", "0", "1", "1", "1", "1"));
    for (int cpu = 0; cpu < sockets.size(); cpu++) {
      String base = "sys/devices/system/cpu/cpu" + cpu;
      machine.file(base + "/topology/physical_package_id", sockets.get(cpu));
      machine.file(base + "/topology/core_id", String.valueOf(cpu / 2 % 2));
      machine.file(base + "/cpufreq/scaling_governor", "performance");
    }
    machine.file("sys/devices/system/clocksource/clocksource0/current_clocksource", "tsc");
    machine.file("sys/devices/system/node/node0/cpulist", "0-3");
    machine.file("sys/devices/system/node/node0/meminfo", "Node 0 MemTotal:  8192 kB");
    machine.file("sys/devices/system/node/node1/cpulist", "4-7");
    machine.file("sys/devices/system/node/node1/meminfo", "Node 1 MemTotal:  8192 kB");
    machine.file("sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages", "8");
    machine.file("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never");
    machine.file("sys/kernel/iommu_groups/0/type", "identity");
    machine.file("sys/kernel/iommu_groups/1/type", "DMA-FQ");
    return machine;
  }

  private static String expected(String allocate) {
    return """
    {
      "format": "p2pbench-environment", "version": 1,
      "machineClass": "hardware",
      "machineClassReason":
          "the CMB is that of nvme0 (0000:03:00.0, Example SSD, serial SERIAL-A)",
      "startedAt": "2026-01-31T12:00:00Z",
      "commandLine": ["run", "--profile", "smoke"],
      "host": {"kernel": "6.12.1", "os": "Example Linux 1 (one)", "virtualization": "none",
               "bootParameters": "quiet iommu=pt"},
      "cpu": {"model": "Example CPU", "sockets": 2, "cores": 4, "threads": 8,
              "governor": "performance", "clockSource": "tsc", "stampSource": "tsc"},
      "memory": {"totalBytes": 16777216, "basePageBytes": 16384, "hugePages": 8,
                 "transparentHugePages": "madvise"},
      "numa": [{"node": 0, "cpus": "0-3", "memoryBytes": 8388608},
               {"node": 1, "cpus": "4-7", "memoryBytes": 8388608}],
      "iommu": {"mode": "lazy, passthrough", "groups": 2},
      "source": null,
      "target": {"path": "/data/file", "kind": "file", "bytes": 4096, "filesystem": "ext4",
                 "mountOptions": "rw,relatime", "blockDevice": "nvme0n1",
                 "logicalBlockBytes": 512, "scheduler": "none", "controller": "nvme0"},
      "cmb": {"controller": "nvme0", "pciAddress": "0000:03:00.0",
              "reason": "it is the target's own", "bytes": 67108864,
              "availableBytes": 66977792, "published": true, "allocatePath": "ALLOCATE"},
      "controllers": [
          {"name": "nvme0", "pciAddress": "0000:03:00.0", "model": "Example SSD",
           "serial": "SERIAL-A", "firmware": "1.0", "numaNode": null,
           "linkSpeed": "16.0 GT/s PCIe", "linkWidth": 4,
           "cmb": {"bytes": 67108864, "availableBytes": 66977792, "published": true,
                   "allocatePath": "ALLOCATE"}}],
      "pciTopology": [
          {"address": "0000:00:1c.0", "parent": null, "class": "0x060400",
           "vendor": "0x1b36", "device": "0x000c"},
          {"address": "0000:03:00.0", "parent": "0000:00:1c.0", "class": "0x010802",
           "vendor": "0x1b36", "device": "0x0010"}],
      "lab": null
    }
    """
        .replace("ALLOCATE", allocate);
  }
}
