// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.environment;

import static org.p2pbench.discovery.KernelFiles.UNKNOWN;
import static org.p2pbench.discovery.KernelFiles.textOrUnknown;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.p2pbench.discovery.KernelFiles;
import org.p2pbench.transfer.BasePage;

/** Reads what does not depend on the run: host, CPU, memory, NUMA, IOMMU. Immutable. */
final class HostFacts {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final long KIB = 1024;
  private static final Pattern CHOSEN = Pattern.compile("\\[([^\\]]+)\\]");
  private static final Pattern CPU = Pattern.compile("cpu\\d+");
  private static final Pattern NODE = Pattern.compile("node(\\d+)");
  private static final Map<String, String> IOMMU_MODES =
      Map.of("identity", "passthrough", "DMA", "strict", "DMA-FQ", "lazy");

  private final Path sysRoot;
  private final Path procRoot;
  private final Path etcRoot;

  HostFacts(Path sysRoot, Path procRoot, Path etcRoot) {
    this.sysRoot = sysRoot;
    this.procRoot = procRoot;
    this.etcRoot = etcRoot;
  }

  ObjectNode host() {
    return JSON.objectNode()
        .put("kernel", textOrUnknown(procRoot.resolve("sys/kernel/osrelease")))
        .put("os", os())
        .put("architecture", architecture(System.getProperty("os.arch")))
        .put("virtualization", new Virtualization(sysRoot, procRoot).word())
        .put("bootParameters", bootParameters());
  }

  ObjectNode cpu(String stampSource) {
    List<Path> cpus = cpus();
    ObjectNode cpu = JSON.objectNode().put("model", model());
    putCount(cpu, "sockets", cpus, "topology/physical_package_id");
    putCount(cpu, "cores", cpus, "topology/physical_package_id", "topology/core_id");
    return cpu.put("threads", cpus.isEmpty() ? null : cpus.size())
        .put("governor", governor(cpus))
        .put(
            "clockSource",
            textOrUnknown(
                sysRoot.resolve("devices/system/clocksource/clocksource0/current_clocksource")))
        .put("stampSource", stampSource);
  }

  ObjectNode memory() {
    Path pages = sysRoot.resolve("kernel/mm");
    ObjectNode memory = JSON.objectNode();
    put(memory, "totalBytes", kibibytes(procRoot.resolve("meminfo"), "MemTotal:"));
    put(memory, "basePageBytes", BasePage.toldIn(procRoot.resolve("self/auxv")));
    put(
        memory,
        "hugePages",
        KernelFiles.number(pages.resolve("hugepages/hugepages-2048kB/nr_hugepages")));
    return memory.put(
        "transparentHugePages",
        chosen(textOrUnknown(pages.resolve("transparent_hugepage/enabled"))));
  }

  ArrayNode numa() {
    Path nodes = sysRoot.resolve("devices/system/node");
    ArrayNode numa = JSON.arrayNode();
    for (String name : KernelFiles.names(nodes)) {
      Matcher node = NODE.matcher(name);
      if (node.matches()) {
        Path directory = nodes.resolve(name);
        ObjectNode entry =
            JSON.objectNode()
                .put("node", Integer.parseInt(node.group(1)))
                .put("cpus", textOrUnknown(directory.resolve("cpulist")));
        put(entry, "memoryBytes", kibibytes(directory.resolve("meminfo"), "MemTotal:"));
        numa.add(entry);
      }
    }
    return numa;
  }

  ObjectNode iommu() {
    Path groups = sysRoot.resolve("kernel/iommu_groups");
    List<String> names = KernelFiles.names(groups);
    String modes =
        names.stream()
            .map(name -> textOrUnknown(groups.resolve(name).resolve("type")))
            .map(type -> IOMMU_MODES.getOrDefault(type, type))
            .collect(Collectors.toCollection(TreeSet::new))
            .stream()
            .collect(Collectors.joining(", "));
    return JSON.objectNode()
        .put("mode", names.isEmpty() ? "none" : modes)
        .put("groups", names.size());
  }

  static String architecture(String javaName) {
    return javaName.equals("amd64") ? "x86_64" : javaName;
  }

  private String os() {
    return KernelFiles.lines(etcRoot.resolve("os-release")).stream()
        .filter(line -> line.startsWith("PRETTY_NAME="))
        .map(line -> line.substring("PRETTY_NAME=".length()).replace("\"", ""))
        .findFirst()
        .orElse(UNKNOWN);
  }

  /** The kernel's own parameters: what follows a lone -- is meant for init. */
  private String bootParameters() {
    String all = textOrUnknown(procRoot.resolve("cmdline"));
    int end = (all + " ").indexOf(" -- ");
    return end < 0 ? all : all.substring(0, end).strip();
  }

  private String model() {
    return KernelFiles.lines(procRoot.resolve("cpuinfo")).stream()
        .filter(line -> line.startsWith("model name"))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse(UNKNOWN);
  }

  private List<Path> cpus() {
    Path root = sysRoot.resolve("devices/system/cpu");
    return KernelFiles.names(root).stream()
        .filter(name -> CPU.matcher(name).matches())
        .map(root::resolve)
        .filter(cpu -> KernelFiles.text(cpu.resolve("topology/core_id")).isPresent())
        .toList();
  }

  private String governor(List<Path> cpus) {
    String found =
        cpus.stream()
            .map(cpu -> KernelFiles.text(cpu.resolve("cpufreq/scaling_governor")))
            .flatMap(Optional::stream)
            .distinct()
            .collect(Collectors.joining(", "));
    return found.isEmpty() ? UNKNOWN : found;
  }

  private static void putCount(ObjectNode node, String name, List<Path> cpus, String... files) {
    long distinct =
        cpus.stream()
            .map(
                cpu ->
                    Stream.of(files)
                        .map(file -> textOrUnknown(cpu.resolve(file)))
                        .collect(Collectors.joining("/")))
            .distinct()
            .count();
    node.put(name, distinct == 0 ? null : Long.valueOf(distinct));
  }

  private static OptionalLong kibibytes(Path file, String name) {
    return KernelFiles.lines(file).stream()
        .filter(line -> line.contains(name))
        .map(line -> line.substring(line.indexOf(name) + name.length()).strip().split("\\s+")[0])
        .filter(word -> word.matches("\\d{1,15}"))
        .mapToLong(word -> Long.parseLong(word) * KIB)
        .findFirst();
  }

  private static String chosen(String text) {
    Matcher matcher = CHOSEN.matcher(text);
    return matcher.find() ? matcher.group(1) : text;
  }

  private static void put(ObjectNode node, String name, OptionalLong value) {
    node.put(name, value.isPresent() ? Long.valueOf(value.getAsLong()) : null);
  }
}
