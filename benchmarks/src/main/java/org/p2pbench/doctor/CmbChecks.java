// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.p2pbench.discovery.CmbRegisters;
import org.p2pbench.discovery.KernelFiles;
import org.p2pbench.doctor.Check.Status;

/** What each CMB is and whether a process can have of it. Immutable. */
final class CmbChecks {
  private static final long MIB = 1L << 20;

  private final Path sysRoot;

  CmbChecks(Path sysRoot) {
    this.sysRoot = sysRoot;
  }

  /**
   * @param kernelOption the check of CONFIG_PCI_P2PDMA
   */
  List<Check> of(PciTopology topology, List<Provider> providers, Check kernelOption) {
    if (providers.isEmpty()) {
      boolean drives = topology.nodes().stream().anyMatch(PciNode::nvme);
      return List.of(drives && kernelOption.status() == Status.PROBLEM ? hidden() : none(topology));
    }
    List<Check> checks = new ArrayList<>();
    for (Provider provider : providers) {
      checks.add(usable(provider));
      if (provider.offered()) {
        checks.add(published(provider));
      }
    }
    return List.copyOf(checks);
  }

  /** Seen with 6.12.117: without the option the driver gives the CMB up and shows no registers. */
  private static Check hidden() {
    return Check.of(
            "cmb",
            Status.UNKNOWN,
            "no NVMe drive shows a CMB, but a kernel without CONFIG_PCI_P2PDMA hides it: 'failed to"
                + " register the CMB' in dmesg would be the sign of one")
        .remedy("sudo dmesg | grep CMB");
  }

  private static Check none(PciTopology topology) {
    List<String> drives =
        topology.nodes().stream()
            .filter(PciNode::nvme)
            .map(node -> node.address() + ": the drive states no CMB (CMBSZ is 0)")
            .toList();
    String finding =
        topology.empty()
            ? "no PCI here, so no device with a CMB"
            : drives.isEmpty() ? "no NVMe drive here, so no CMB" : "no NVMe drive here has a CMB";
    return Check.of("cmb", Status.PROBLEM, finding)
        .evidence(drives)
        .remedy(
            "it takes an NVMe drive whose datasheet names a Controller Memory Buffer for data"
                + " (RDS, WDS); ./run.sh lab shows the path without one");
  }

  private Check usable(Provider provider) {
    String what = "CMB of " + size(provider.bytes());
    List<String> evidence = new ArrayList<>();
    provider.registers().ifPresent(found -> evidence.add(registers(found)));
    Check check;
    if (provider.obstacle().isPresent()) {
      Provider.Obstacle obstacle = provider.obstacle().get();
      check =
          Check.of("cmb", Status.PROBLEM, what + " cannot be used: " + obstacle.reason())
              .remedy(obstacle.remedy());
    } else {
      evidence.add(
          "%d of %d bytes available".formatted(provider.availableBytes(), provider.bytes()));
      evidence.add("nvme.use_cmb_sqes=" + queues() + ": submission queues lie in the CMB if Y");
      check = Check.of("cmb", Status.OK, what + ", " + size(provider.availableBytes()) + " free");
    }
    return check.on(subject(provider)).evidence(evidence);
  }

  private static Check published(Provider provider) {
    boolean both =
        provider.registers().map(r -> r.readData() && r.writeData()).orElse(provider.published());
    if (provider.published() && both) {
      return Check.of("cmb-data", Status.OK, "the drive takes data there in both directions")
          .evidence(List.of("p2pmem/published is 1: RDS and WDS"))
          .on(subject(provider));
    }
    String lacking =
        provider
            .registers()
            .map(r -> (r.readData() ? "" : " RDS") + (r.writeData() ? "" : " WDS"))
            .orElse(" RDS or WDS");
    return Check.of(
            "cmb-data",
            Status.WARNING,
            "the drive does not state data support (%s lacking): it may fail commands that use it"
                .formatted(lacking.strip()))
        .evidence(List.of("p2pmem/published is " + (provider.published() ? 1 : 0)))
        .remedy(
            "nothing but other firmware changes it; --cmb %s tries it".formatted(provider.name()))
        .on(subject(provider));
  }

  private String queues() {
    return KernelFiles.textOrUnknown(sysRoot.resolve("module/nvme/parameters/use_cmb_sqes"));
  }

  private static String registers(CmbRegisters found) {
    return String.format(
        Locale.ROOT,
        "cmbsz 0x%08x, cmbloc 0x%08x: BAR %d at offset 0x%x, SQS%s CQS%s LISTS%s RDS%s WDS%s",
        found.cmbsz(),
        found.cmbloc(),
        found.bar(),
        found.offsetBytes(),
        sign(found.submissionQueues()),
        sign(found.completionQueues()),
        sign(found.lists()),
        sign(found.readData()),
        sign(found.writeData()));
  }

  private static String sign(boolean set) {
    return set ? "+" : "-";
  }

  private static String subject(Provider provider) {
    return provider.name() + " (" + provider.node().address() + ")";
  }

  /** Bytes as people write them, such as 63.9 MiB. */
  static String size(long bytes) {
    if (bytes < MIB) {
      return bytes + " bytes";
    }
    return bytes % MIB == 0
        ? bytes / MIB + " MiB"
        : String.format(Locale.ROOT, "%.1f MiB", (double) bytes / MIB);
  }
}
