// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.fingerprint;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.p2pbench.reports.rundir.Environment;

/** Sorts the members of an environment into identity and circumstances. */
final class EnvironmentFields {
  private static final String UNKNOWN = "unknown";
  private static final String NONE = "none";
  private static final double GIB = 1L << 30;

  private final Environment environment;
  private final Map<String, String> identity = new LinkedHashMap<>();
  private final Map<String, String> circumstances = new LinkedHashMap<>();

  EnvironmentFields(Environment environment) {
    this.environment = environment;
  }

  Fingerprint fingerprint() {
    identity.put("machine class", environment.machineClass().label());
    host();
    cpu();
    memory();
    jvm();
    endpoint("source", environment.source());
    endpoint("target", environment.target());
    others("source", environment.sources());
    others("target", environment.targets());
    cmb();
    lab();
    circumstances.put(
        "IOMMU", environment.iommu() == null ? UNKNOWN : or(environment.iommu().mode()));
    circumstances.put("PCI topology", topology());
    return new Fingerprint(identity, circumstances);
  }

  private void host() {
    Environment.Host host = environment.host();
    identity.put("architecture", host == null ? UNKNOWN : host.architecture());
    identity.put("virtualization", host == null ? UNKNOWN : host.virtualization());
    circumstances.put("kernel", host == null ? UNKNOWN : host.kernel());
    circumstances.put("kernel parameters", host == null ? UNKNOWN : or(host.bootParameters()));
    circumstances.put("operating system", host == null ? UNKNOWN : host.os());
  }

  private void cpu() {
    Environment.Cpu cpu = environment.cpu();
    identity.put("CPU model", cpu == null ? UNKNOWN : cpu.model());
    identity.put("CPU sockets", cpu == null ? UNKNOWN : or(cpu.sockets()));
    identity.put("CPU cores", cpu == null ? UNKNOWN : or(cpu.cores()));
    identity.put("CPU threads", cpu == null ? UNKNOWN : or(cpu.threads()));
    circumstances.put("governor", cpu == null ? UNKNOWN : cpu.governor());
    circumstances.put("clock source", cpu == null ? UNKNOWN : cpu.clockSource());
    circumstances.put("source of time stamps", cpu == null ? UNKNOWN : cpu.stampSource());
  }

  private void memory() {
    Environment.Memory memory = environment.memory();
    identity.put("memory", memory == null ? UNKNOWN : memoryClass(memory.totalBytes()));
    identity.put("base page", memory == null ? UNKNOWN : or(memory.basePageBytes()));
    circumstances.put(
        "transparent huge pages", memory == null ? UNKNOWN : memory.transparentHugePages());
  }

  /** What the kernel keeps for itself varies: up to the next of 1, 1.5, 2, 3, 4, 6, 8... GiB. */
  private static String memoryClass(Long bytes) {
    if (bytes == null) {
      return UNKNOWN;
    }
    double gib = Math.max(1, bytes / GIB);
    double power = Math.pow(2, Math.getExponent(gib));
    double top = gib <= power ? power : gib <= 1.5 * power ? 1.5 * power : 2 * power;
    return "up to " + String.valueOf(top).replaceAll("\\.0$", "") + " GiB";
  }

  private void jvm() {
    Environment.Jvm jvm = environment.jvm();
    String version = jvm == null ? UNKNOWN : jvm.version();
    identity.put("JVM", version.equals(UNKNOWN) ? UNKNOWN : "Java " + version.split("[.+-]")[0]);
    identity.put("JVM flags", jvm == null ? UNKNOWN : flags(jvm.flags()));
    circumstances.put("JVM build", jvm == null ? UNKNOWN : jvm.vendor() + " " + version);
  }

  /** Collector, heap and compiler; not properties, which hold paths. */
  private static String flags(List<String> flags) {
    String text =
        flags.stream()
            .filter(flag -> flag.matches("-X(X:|m[snx]|int|comp|mixed).*"))
            .sorted()
            .collect(Collectors.joining(" "));
    return text.isEmpty() ? NONE : text;
  }

  private void endpoint(String name, Environment.Endpoint endpoint) {
    if (endpoint == null || endpoint.kind() == null) {
      identity.put(name, NONE);
      return;
    }
    identity.put(
        name,
        String.join(
            ", ",
            or(endpoint.kind()),
            or(endpoint.filesystem()),
            or(endpoint.logicalBlockBytes()) + "-byte sectors",
            device(endpoint)));
    circumstances.put(name + " mount options", or(endpoint.mountOptions()));
    circumstances.put(name + " I/O scheduler", or(endpoint.scheduler()));
    controller(endpoint.controller()).ifPresent(c -> controller(name, c));
  }

  /** The second and so on, each under a name of its own: a run on one of each has none. */
  private void others(String name, List<Environment.Endpoint> all) {
    for (int i = 1; i < all.size(); i++) {
      endpoint(name + " " + (i + 1), all.get(i));
    }
  }

  /** The drive's model or, where no NVMe controller is below, the kind of disk (nvme, vd, sd). */
  private String device(Environment.Endpoint endpoint) {
    return controller(endpoint.controller())
        .map(c -> or(c.model()))
        .orElseGet(
            () -> or(endpoint.blockDevice()).replaceAll("(?<=^(vd|sd|hd|xvd)).*|[0-9].*", ""));
  }

  private void controller(String name, Environment.Controller c) {
    circumstances.put(name + " drive", or(c.serial()));
    circumstances.put(name + " firmware", or(c.firmware()));
    circumstances.put(name + " PCIe link", or(c.linkSpeed()) + " x" + or(c.linkWidth()));
    circumstances.put(name + " NUMA node", or(c.numaNode()));
  }

  private void cmb() {
    Environment.Cmb cmb = environment.cmb();
    if (cmb == null) {
      identity.put("CMB", NONE);
      return;
    }
    Optional<Environment.Controller> controller = controller(cmb.controller());
    identity.put(
        "CMB", or(cmb.bytes()) + " bytes of " + controller.map(c -> or(c.model())).orElse(UNKNOWN));
    controller.ifPresent(c -> controller("CMB", c));
  }

  private void lab() {
    Environment.Lab lab = environment.lab();
    if (lab != null) {
      identity.put("lab's accelerator", or(lab.accelerator()));
      circumstances.put("lab's QEMU", or(lab.qemu()));
      circumstances.put(
          "lab's topology", lab.topology() == null ? UNKNOWN : lab.topology().asText());
      circumstances.put("lab's kernel package", or(lab.kernelPackage()));
    }
  }

  /** Where the devices are, as one word: the whole list would be no sentence. */
  private String topology() {
    String devices =
        environment.pciTopology().stream()
            .map(d -> d.address() + "<" + d.parent() + " " + d.vendor() + ":" + d.device())
            .sorted()
            .collect(Collectors.joining("\n"));
    int count = environment.pciTopology().size();
    return count == 0
        ? UNKNOWN
        : count + " functions (" + String.format("%08x", devices.hashCode()) + ")";
  }

  private Optional<Environment.Controller> controller(String name) {
    return environment.controllers().stream()
        .filter(c -> Objects.equals(c.name(), name))
        .findFirst();
  }

  private static String or(Object value) {
    return value == null || value.toString().isBlank() ? UNKNOWN : value.toString();
  }
}
