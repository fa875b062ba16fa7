// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.p2pbench.discovery.KernelFiles;
import org.p2pbench.doctor.Check.Status;

/** What would spoil a measurement on this machine, or is to be known beside it. Immutable. */
final class MachineChecks {
  private static final double BUSY_SHARE = 0.5;
  private static final double PRESSURE_PERCENT = 5;

  private final Path sysRoot;
  private final Path procRoot;

  MachineChecks(Doctor.Roots roots) {
    this.sysRoot = roots.sys();
    this.procRoot = roots.proc();
  }

  List<Check> all(PciTopology topology) {
    List<Check> checks = new ArrayList<>();
    checks.add(iommu());
    topology.nodes().stream()
        .filter(PciNode::nvme)
        .forEach(
            drive -> {
              checks.add(link(drive, topology));
              checks.add(power(drive));
            });
    if (!topology.empty()) {
      checks.add(linkPower());
    }
    checks.add(governor());
    checks.add(numa(topology));
    checks.add(swap());
    checks.add(load());
    checks.add(pressure());
    return List.copyOf(checks);
  }

  /** "none", or what the kernel says of its groups' domains. */
  String iommuMode() {
    Path groups = sysRoot.resolve("kernel/iommu_groups");
    Map<String, Integer> types = new TreeMap<>();
    for (String name : KernelFiles.names(groups)) {
      types.merge(KernelFiles.textOrUnknown(groups.resolve(name).resolve("type")), 1, Integer::sum);
    }
    return types.isEmpty()
        ? "none"
        : types.entrySet().stream()
            .map(entry -> "%s (%d groups)".formatted(words(entry.getKey()), entry.getValue()))
            .collect(Collectors.joining(", "));
  }

  private static String words(String type) {
    return switch (type) {
      case "identity" -> "passthrough";
      case "DMA" -> "translated, strict";
      case "DMA-FQ" -> "translated, lazy";
      default -> type;
    };
  }

  private Check iommu() {
    String mode = iommuMode();
    if (mode.equals("none")) {
      return Check.of(
          "iommu", Status.OK, "no IOMMU is in use", "/sys/kernel/iommu_groups is empty");
    }
    String acs = "; at boot the kernel switched on the access control (ACS) of ports for it";
    return mode.contains("translated")
        ? Check.of("iommu", Status.WARNING, mode + ": I/O through RAM pays for mapping" + acs)
            .remedy(
                "kernel parameter iommu.passthrough=1 leaves mapping out; compare like with like")
        : Check.of("iommu", Status.OK, mode + acs);
  }

  private static Check link(PciNode drive, PciTopology topology) {
    PciLink link = drive.link();
    Check check;
    if (!link.known()) {
      check = Check.of("link", Status.UNKNOWN, "speed and width of the link are not visible");
    } else if (!link.degraded()) {
      check = Check.of("link", Status.OK, "%s, the device's best".formatted(link.now()));
    } else {
      Optional<PciNode> port = drive.parent().flatMap(topology::at);
      check =
          Check.of(
                  "link",
                  Status.WARNING,
                  "%s, but the device's best is %s".formatted(link.now(), link.best()))
              .evidence(
                  port.map(
                          p ->
                              List.of(
                                  "the best of the port above, %s, is %s"
                                      .formatted(p.address(), p.link().best())))
                      .orElse(List.of()))
              .remedy(
                  "put it into a better slot, or look at the link: sudo lspci -vv -s %s | grep -E 'LnkCap|LnkSta'"
                      .formatted(drive.address()));
    }
    return check.on(drive.address().toString());
  }

  private static Check power(PciNode drive) {
    String state = drive.powerState();
    String control = KernelFiles.textOrUnknown(drive.directory().resolve("power/control"));
    List<String> evidence = List.of("power_state " + state, "power/control " + control);
    String subject = drive.address().toString();
    if (state.equals("D0")) {
      return Check.of("power", Status.OK, "awake (D0)").evidence(evidence).on(subject);
    } else if (state.equals(KernelFiles.UNKNOWN)) {
      return Check.of("power", Status.UNKNOWN, "the power state is not visible")
          .evidence(evidence)
          .on(subject);
    }
    return Check.of(
            "power", Status.WARNING, "asleep (%s): the first I/O waits for it".formatted(state))
        .evidence(evidence)
        .on(subject)
        .remedy("echo on | sudo tee /sys/bus/pci/devices/%s/power/control".formatted(subject));
  }

  /** ASPM: links that sleep answer late. */
  private Check linkPower() {
    Path file = sysRoot.resolve("module/pcie_aspm/parameters/policy");
    String policy = KernelFiles.textOrUnknown(file);
    if (policy.contains("[powersave]") || policy.contains("[powersupersave]")) {
      return Check.of(
              "link-power",
              Status.WARNING,
              "links may sleep between transfers (ASPM)",
              "pcie_aspm policy " + policy)
          .remedy("echo performance | sudo tee " + file);
    }
    return policy.equals(KernelFiles.UNKNOWN)
        ? Check.of("link-power", Status.UNKNOWN, "the kernel shows no ASPM policy")
        : Check.of(
            "link-power", Status.OK, "links do not sleep by policy", "pcie_aspm policy " + policy);
  }

  private Check governor() {
    Path cpus = sysRoot.resolve("devices/system/cpu");
    List<String> found =
        KernelFiles.names(cpus).stream()
            .filter(name -> name.matches("cpu\\d+"))
            .map(name -> KernelFiles.text(cpus.resolve(name).resolve("cpufreq/scaling_governor")))
            .flatMap(Optional::stream)
            .distinct()
            .toList();
    if (found.isEmpty()) {
      return Check.of(
          "governor",
          Status.UNKNOWN,
          "no frequency control is visible here, as in most virtual machines");
    }
    String governors = String.join(", ", found);
    return found.equals(List.of("performance"))
        ? Check.of("governor", Status.OK, "governor performance")
        : Check.of(
                "governor",
                Status.WARNING,
                "governor %s: the clock follows the load".formatted(governors))
            .remedy("sudo cpupower frequency-set -g performance");
  }

  private Check numa(PciTopology topology) {
    List<String> nodes =
        KernelFiles.names(sysRoot.resolve("devices/system/node")).stream()
            .filter(name -> name.matches("node\\d+"))
            .toList();
    if (nodes.size() < 2) {
      return Check.of("numa", Status.OK, "one NUMA node");
    }
    List<String> drives =
        topology.nodes().stream()
            .filter(PciNode::nvme)
            .map(
                drive ->
                    "%s on node %s"
                        .formatted(
                            drive.address(),
                            drive.numaNode().isPresent()
                                ? drive.numaNode().getAsInt()
                                : KernelFiles.UNKNOWN))
            .toList();
    String allowed =
        KernelFiles.lines(procRoot.resolve("self/status")).stream()
            .filter(line -> line.startsWith("Cpus_allowed_list:"))
            .map(line -> line.substring(line.indexOf(':') + 1).strip())
            .findFirst()
            .orElse(KernelFiles.UNKNOWN);
    boolean bound =
        nodes.stream()
            .map(
                name ->
                    KernelFiles.textOrUnknown(
                        sysRoot.resolve("devices/system/node").resolve(name).resolve("cpulist")))
            .anyMatch(allowed::equals);
    List<String> evidence = new ArrayList<>(drives);
    evidence.add("this process may run on CPUs " + allowed);
    return bound
        ? Check.of(
                "numa",
                Status.OK,
                "this process is bound to one of %d nodes".formatted(nodes.size()))
            .evidence(evidence)
        : Check.of(
                "numa",
                Status.WARNING,
                "%d NUMA nodes, and this process is bound to none".formatted(nodes.size()))
            .evidence(evidence)
            .remedy(
                "numactl --cpunodebind=NODE --membind=NODE ./run.sh run, with the drive's node");
  }

  private Check swap() {
    List<String> areas = KernelFiles.lines(procRoot.resolve("swaps")).stream().skip(1).toList();
    long used =
        areas.stream()
            .map(line -> line.strip().split("\\s+"))
            .filter(fields -> fields.length > 3 && fields[3].matches("\\d{1,15}"))
            .mapToLong(fields -> Long.parseLong(fields[3]))
            .sum();
    if (used == 0) {
      return Check.of("swap", Status.OK, areas.isEmpty() ? "no swap" : "swap is there, but empty");
    }
    return Check.of(
            "swap",
            Status.WARNING,
            "%d KiB are swapped out: pages may come back in mid-run".formatted(used))
        .evidence(areas)
        .remedy("sudo swapoff -a");
  }

  private Check load() {
    String text = KernelFiles.textOrUnknown(procRoot.resolve("loadavg"));
    String first = text.split("\\s+")[0];
    if (!first.matches("\\d{1,6}\\.\\d+")) {
      return Check.of("load", Status.UNKNOWN, "the load cannot be read");
    }
    int cpus = Runtime.getRuntime().availableProcessors();
    double load = Double.parseDouble(first);
    String finding =
        String.format(Locale.ROOT, "%.2f runnable on %d CPUs in the last minute", load, cpus);
    return load <= BUSY_SHARE * cpus
        ? Check.of("load", Status.OK, finding, "/proc/loadavg " + text)
        : Check.of(
                "load",
                Status.WARNING,
                finding + ": others would be measured too",
                "/proc/loadavg " + text)
            .remedy("ps -eo pcpu,pid,comm --sort=-pcpu | head");
  }

  private Check pressure() {
    List<String> seen = new ArrayList<>();
    List<String> high = new ArrayList<>();
    for (String what : List.of("cpu", "io", "memory")) {
      for (String line : KernelFiles.lines(procRoot.resolve("pressure").resolve(what))) {
        if (line.startsWith("some avg10=")) {
          String percent = line.substring("some avg10=".length()).split("\\s+")[0];
          seen.add(what + " " + percent + " %");
          if (percent.matches("\\d{1,3}\\.\\d+")
              && Double.parseDouble(percent) > PRESSURE_PERCENT) {
            high.add(what);
          }
        }
      }
    }
    if (seen.isEmpty()) {
      return Check.of("pressure", Status.UNKNOWN, "this kernel shows no pressure (PSI)");
    }
    String evidence = "waiting in the last 10 s: " + String.join(", ", seen);
    return high.isEmpty()
        ? Check.of("pressure", Status.OK, "nobody waits for CPU, I/O or memory", evidence)
        : Check.of(
                "pressure",
                Status.WARNING,
                "something waits for " + String.join(", ", high),
                evidence)
            .remedy("wait, or find it: ps -eo pcpu,pid,comm --sort=-pcpu | head");
  }
}
