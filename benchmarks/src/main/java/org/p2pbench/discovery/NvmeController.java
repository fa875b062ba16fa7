// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.discovery;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * An NVMe controller as sysfs shows it. Immutable. Texts that could not be read are "unknown".
 *
 * @param name such as nvme0; changes from boot to boot, the address and the serial do not
 * @param transport "pcie", or a fabric's name
 * @param pciAddress empty for a controller behind a fabric
 * @param numaNode empty where the kernel knows none
 * @param linkSpeed speed of the link now, such as "16.0 GT/s PCIe"
 * @param linkWidth lanes in use now
 * @param cmb the CMB that user space can allocate from
 * @param cmbAbsence why there is none, as the end of a sentence; blank where there is one
 * @param namespaces block devices of its namespaces, such as nvme0n1
 */
public record NvmeController(
    String name,
    String transport,
    Optional<PciAddress> pciAddress,
    String model,
    String serial,
    String firmware,
    OptionalInt numaNode,
    String linkSpeed,
    OptionalInt linkWidth,
    Optional<Cmb> cmb,
    String cmbAbsence,
    List<String> namespaces) {
  private static final String QEMU_MODEL = "QEMU NVMe Ctrl";

  public NvmeController {
    namespaces = List.copyOf(namespaces);
  }

  /** True for QEMU's emulated drive: its path is real, its speed says nothing about hardware. */
  public boolean emulatedByQemu() {
    return model.equals(QEMU_MODEL);
  }

  /** How messages name it: by what does not change from boot to boot, too. */
  public String describe() {
    String address = pciAddress.map(PciAddress::toString).orElse(transport);
    return String.format("%s (%s, %s, serial %s)", name, address, model, serial);
  }
}
