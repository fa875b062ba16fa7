// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.p2pbench.discovery.PciAddress;

/**
 * One PCI function in the machine's tree. Immutable.
 *
 * @param parent the bridge above; empty on a root bus
 * @param hostBridge the kernel's name of the host bridge above all, such as pci0000:00
 * @param classCode class, subclass and interface as one number; -1 where unknown
 * @param vendor PCI vendor; -1 where unknown
 * @param device PCI device; -1 where unknown
 * @param config what configuration space tells
 * @param powerState such as D0, or "unknown"
 * @param directory the function's directory below /sys/devices
 */
public record PciNode(
    PciAddress address,
    Optional<PciAddress> parent,
    String hostBridge,
    int classCode,
    int vendor,
    int device,
    ConfigSpace config,
    Optional<String> driver,
    Optional<String> iommuGroup,
    OptionalInt numaNode,
    PciLink link,
    String powerState,
    Path directory) {
  private static final int BRIDGE = 0x0604;
  private static final int NVME = 0x010802;

  /** True for a bridge between buses: a root port, a port of a switch. */
  public boolean bridge() {
    return classCode >>> 8 == BRIDGE;
  }

  /** True for an NVMe controller, whatever driver it has. */
  public boolean nvme() {
    return classCode == NVME;
  }

  /** Vendor and device as lspci -n writes them. */
  public String ids() {
    return vendor < 0 || device < 0 ? "unknown" : String.format("%04x:%04x", vendor, device);
  }

  /** What it is, from its port type or, where that is not to be seen, from its class and place. */
  public String kind() {
    return switch (config.portType()) {
      case ROOT_PORT, UPSTREAM, DOWNSTREAM -> config.portType().words();
      default -> bridge() ? bridgeWords() : classWords();
    };
  }

  private String bridgeWords() {
    return parent.isEmpty() ? "bridge on the root bus" : "bridge";
  }

  private String classWords() {
    return switch (classCode >>> 16) {
      case 0x01 -> nvme() ? "NVMe controller" : "storage controller";
      case 0x02 -> "network controller";
      case 0x03 -> "display controller";
      case 0x06 -> "host bridge function";
      case 0x12 -> "accelerator";
      default -> "function of class 0x%06x".formatted(Math.max(classCode, 0));
    };
  }
}
