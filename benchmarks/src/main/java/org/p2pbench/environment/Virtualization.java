// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.environment;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.p2pbench.discovery.KernelFiles;

/** Tells by what files show whether this is a virtual machine, and of which hypervisor. */
final class Virtualization {
  private static final String NONE = "none";
  private static final String OTHER = "a hypervisor that is not known to p2pbench";

  // A kernel that found its hypervisor's paravirtual clock knows better than the firmware's texts.
  private static final Map<String, String> CLOCKS =
      Map.of("kvm-clock", "kvm", "hyperv_clocksource", "microsoft", "xen", "xen");

  private static final List<Map.Entry<String, String>> FIRMWARE =
      List.of(
          Map.entry("KVM", "kvm"),
          Map.entry("QEMU", "qemu"),
          Map.entry("VMware", "vmware"),
          Map.entry("VirtualBox", "oracle"),
          Map.entry("innotek", "oracle"),
          Map.entry("Xen", "xen"),
          Map.entry("Virtual Machine", "microsoft"),
          Map.entry("Google Compute Engine", "google"),
          Map.entry("Amazon EC2", "amazon"),
          Map.entry("Parallels", "parallels"));

  private final Path sysRoot;
  private final Path procRoot;

  Virtualization(Path sysRoot, Path procRoot) {
    this.sysRoot = sysRoot;
    this.procRoot = procRoot;
  }

  /** "none", the hypervisor's name, or "unknown". */
  String word() {
    Optional<String> xen = KernelFiles.text(sysRoot.resolve("hypervisor/type"));
    if (xen.isPresent()) {
      return xen.get();
    }
    List<String> cpuinfo = KernelFiles.lines(procRoot.resolve("cpuinfo"));
    boolean x86 = cpuinfo.stream().anyMatch(line -> line.startsWith("flags"));
    boolean guest =
        cpuinfo.stream()
            .anyMatch(line -> line.startsWith("flags") && (line + " ").contains(" hypervisor "));
    if (x86 && !guest) {
      return NONE;
    }
    return byClock().or(this::byFirmware).orElse(guest ? OTHER : KernelFiles.UNKNOWN);
  }

  private Optional<String> byClock() {
    String clocks =
        KernelFiles.textOrUnknown(
            sysRoot.resolve("devices/system/clocksource/clocksource0/available_clocksource"));
    return CLOCKS.entrySet().stream()
        .filter(clock -> clocks.contains(clock.getKey()))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  private Optional<String> byFirmware() {
    Path dmi = sysRoot.resolve("class/dmi/id");
    String texts =
        KernelFiles.textOrUnknown(dmi.resolve("product_name"))
            + " "
            + KernelFiles.textOrUnknown(dmi.resolve("sys_vendor"))
            + " "
            + KernelFiles.textOrUnknown(dmi.resolve("bios_vendor"));
    return FIRMWARE.stream()
        .filter(known -> texts.contains(known.getKey()))
        .map(Map.Entry::getValue)
        .findFirst();
  }
}
