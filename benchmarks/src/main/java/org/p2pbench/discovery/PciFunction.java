// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.discovery;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One PCI function and the bridge above it. Immutable.
 *
 * @param parent the bridge above; empty on a root bus
 * @param classCode class, subclass and interface, such as 0x010802
 * @param driver kernel driver bound to it
 * @param iommuGroup its IOMMU group
 */
public record PciFunction(
    PciAddress address,
    Optional<PciAddress> parent,
    String classCode,
    String vendor,
    String device,
    Optional<String> driver,
    Optional<String> iommuGroup) {
  /** All functions of the machine, by address; none on a machine without PCI. */
  public static List<PciFunction> all(Path sysRoot) {
    Path devices = sysRoot.resolve("bus/pci/devices");
    return KernelFiles.names(devices).stream()
        .map(PciAddress::tryParse)
        .flatMap(Optional::stream)
        .sorted()
        .map(address -> read(devices.resolve(address.toString()), address))
        .toList();
  }

  private static PciFunction read(Path link, PciAddress address) {
    // Below /sys/devices each function's directory lies in that of the bridge above it.
    Path directory = KernelFiles.real(link).orElse(link);
    return new PciFunction(
        address,
        PciAddress.tryParse(directory.getParent().getFileName().toString()),
        KernelFiles.textOrUnknown(directory.resolve("class")),
        KernelFiles.textOrUnknown(directory.resolve("vendor")),
        KernelFiles.textOrUnknown(directory.resolve("device")),
        linkTarget(directory.resolve("driver")),
        linkTarget(directory.resolve("iommu_group")));
  }

  private static Optional<String> linkTarget(Path link) {
    return KernelFiles.real(link).map(target -> target.getFileName().toString());
  }
}
