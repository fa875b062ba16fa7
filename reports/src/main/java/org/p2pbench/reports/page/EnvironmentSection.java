// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.p2pbench.reports.charts.Units;
import org.p2pbench.reports.rundir.Environment;
import org.p2pbench.reports.statistics.Analysis;

/** The machine that the figures belong to. What is not known is "unknown". */
final class EnvironmentSection implements SectionBuilder {

  @Override
  public Optional<Section> build(Findings findings) {
    Analysis analysis = findings.analysis();
    Environment e = analysis.run().environment();
    List<List<List<Cell>>> groups =
        List.of(run(e), host(e), devices(e), software(e)).stream()
            .filter(group -> !group.isEmpty())
            .toList();
    Block.Table table =
        new Block.Table(
            e.machineClass(), "The machine and the run", List.of("What", "Value"), groups, "");
    List<Block> blocks = new ArrayList<>(List.of(table));
    blocks.addAll(DoctorBlocks.of(analysis.run()));
    return Optional.of(new Section("environment", "Environment", blocks));
  }

  private static List<List<Cell>> run(Environment e) {
    List<List<Cell>> rows = new ArrayList<>();
    add(rows, "Machine class", e.machineClass().label() + ": " + e.machineClass().meaning());
    add(rows, "Why this class", e.machineClassReason());
    add(rows, "Started", e.startedAt());
    add(rows, "Command line", e.commandLine().isEmpty() ? null : String.join(" ", e.commandLine()));
    Environment.Build build = e.p2pbench();
    add(
        rows,
        "p2pbench",
        build == null
            ? null
            : build.version()
                + ", revision "
                + build.revision()
                + (Boolean.TRUE.equals(build.dirty()) ? " with changes" : ""));
    return rows;
  }

  private static List<List<Cell>> host(Environment e) {
    List<List<Cell>> rows = new ArrayList<>();
    if (e.host() != null) {
      add(rows, "Kernel", e.host().kernel() + " (" + e.host().architecture() + ")");
      add(rows, "Operating system", e.host().os());
      add(rows, "Virtualization", e.host().virtualization());
      add(rows, "Boot parameters", e.host().bootParameters());
    }
    Environment.Cpu cpu = e.cpu();
    if (cpu != null) {
      add(
          rows,
          "CPU",
          cpu.model()
              + "; sockets "
              + number(cpu.sockets())
              + ", cores "
              + number(cpu.cores())
              + ", threads "
              + number(cpu.threads()));
      add(rows, "CPU governor", cpu.governor());
      add(rows, "Clocks", "kernel " + cpu.clockSource() + ", stamps " + cpu.stampSource());
    }
    memory(e, rows);
    return rows;
  }

  private static void memory(Environment e, List<List<Cell>> rows) {
    Environment.Memory memory = e.memory();
    if (memory != null) {
      add(rows, "Memory", size(memory.totalBytes()));
      add(
          rows,
          "Pages",
          "base "
              + size(memory.basePageBytes())
              + ", huge pages reserved "
              + number(memory.hugePages())
              + ", transparent huge pages "
              + memory.transparentHugePages());
    }
    for (Environment.NumaNode node : e.numa()) {
      add(
          rows,
          "NUMA node " + number(node.node()),
          "CPUs " + words(node.cpus()) + ", " + size(node.memoryBytes()));
    }
    if (e.iommu() != null) {
      add(rows, "IOMMU", words(e.iommu().mode()) + ", groups " + number(e.iommu().groups()));
    }
  }

  private static List<List<Cell>> devices(Environment e) {
    List<List<Cell>> rows = new ArrayList<>();
    endpoints(rows, "Source", e.sources());
    endpoints(rows, "Target", e.targets());
    add(rows, "CMB used", e.cmb() == null ? "none" : cmb(e.cmb()));
    for (Environment.Controller c : e.controllers()) {
      add(
          rows,
          "NVMe controller " + words(c.name()),
          words(c.model())
              + ", firmware "
              + words(c.firmware())
              + ", serial "
              + words(c.serial())
              + ", at "
              + words(c.pciAddress())
              + ", NUMA node "
              + number(c.numaNode())
              + ", link "
              + words(c.linkSpeed())
              + " ×"
              + number(c.linkWidth())
              + (c.cmb() == null ? ", no CMB" : ", CMB " + cmb(c.cmb())));
    }
    if (!e.pciTopology().isEmpty()) {
      add(rows, "PCI topology", topology(e.pciTopology()));
    }
    return rows;
  }

  private static void endpoints(
      List<List<Cell>> rows, String name, List<Environment.Endpoint> all) {
    endpoint(rows, name, all.isEmpty() ? null : all.get(0));
    for (int i = 1; i < all.size(); i++) {
      endpoint(rows, name + " " + (i + 1), all.get(i));
    }
  }

  private static void endpoint(List<List<Cell>> rows, String name, Environment.Endpoint e) {
    if (e == null || (e.path() == null && e.kind() == null)) {
      add(rows, name, "none");
      return;
    }
    add(
        rows,
        name,
        words(e.path())
            + "; "
            + words(e.kind())
            + " of "
            + size(e.bytes())
            + " on "
            + words(e.filesystem())
            + " ("
            + words(e.mountOptions())
            + "); device "
            + words(e.blockDevice())
            + ", logical block "
            + size(e.logicalBlockBytes())
            + ", scheduler "
            + words(e.scheduler())
            + ", controller "
            + (e.controller() == null ? "none" : e.controller()));
  }

  private static String cmb(Environment.Cmb cmb) {
    String where = cmb.controller() == null ? "" : cmb.controller() + ": ";
    return where
        + size(cmb.bytes())
        + ", available "
        + size(cmb.availableBytes())
        + ", published "
        + (cmb.published() == null ? "unknown" : cmb.published() ? "yes" : "no");
  }

  private static String topology(List<Environment.PciDevice> devices) {
    return devices.stream()
        .map(
            d ->
                words(d.address())
                    + " ("
                    + words(d.vendor())
                    + ":"
                    + words(d.device())
                    + ", class "
                    + words(d.deviceClass())
                    + ")"
                    + (d.parent() == null ? "" : " below " + d.parent()))
        .collect(Collectors.joining("; "));
  }

  private static List<List<Cell>> software(Environment e) {
    List<List<Cell>> rows = new ArrayList<>();
    if (e.jvm() != null) {
      add(rows, "JVM", e.jvm().name() + " " + e.jvm().version() + ", " + e.jvm().vendor());
      add(
          rows,
          "JVM flags",
          e.jvm().flags().isEmpty() ? "none" : String.join(" ", e.jvm().flags()));
    }
    if (e.lab() != null) {
      add(
          rows,
          "Lab",
          "QEMU "
              + words(e.lab().qemu())
              + ", accelerator "
              + words(e.lab().accelerator())
              + ", kernel package "
              + words(e.lab().kernelPackage())
              + ", SHA-256 "
              + words(e.lab().kernelSha256()));
      if (e.lab().topology() != null && !e.lab().topology().isNull()) {
        add(
            rows,
            "Lab topology",
            e.lab().topology().isTextual()
                ? e.lab().topology().asText()
                : e.lab().topology().toString());
      }
    }
    return rows;
  }

  private static void add(List<List<Cell>> rows, String what, String value) {
    rows.add(List.of(Cell.head(what), Cell.text(words(value))));
  }

  private static String words(String value) {
    return value == null || value.isBlank() ? "unknown" : value;
  }

  private static String number(Number value) {
    return Objects.toString(value, "unknown");
  }

  private static String size(Number bytes) {
    return bytes == null ? "unknown" : Units.bytes(bytes.doubleValue());
  }
}
