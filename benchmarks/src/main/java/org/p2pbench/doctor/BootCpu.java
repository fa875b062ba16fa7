// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.p2pbench.discovery.KernelFiles;

/**
 * The first processor, by which the kernel judges the whole machine. Immutable.
 *
 * @param vendor such as AuthenticAMD; "unknown" where the architecture names none
 * @param family the family as the kernel counts it, decimal
 * @param model the marketing name, or "unknown"
 */
public record BootCpu(String vendor, OptionalInt family, String model) {
  private static final String AMD = "AuthenticAMD";
  private static final int ZEN_FAMILY = 0x17;

  /** Reads the first processor of /proc/cpuinfo. */
  static BootCpu read(Path procRoot) {
    Map<String, String> first = new HashMap<>();
    for (String line : KernelFiles.lines(procRoot.resolve("cpuinfo"))) {
      if (line.isBlank()) {
        break;
      }
      int colon = line.indexOf(':');
      if (colon > 0) {
        first.put(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
      }
    }
    String family = first.getOrDefault("cpu family", "");
    return new BootCpu(
        first.getOrDefault("vendor_id", KernelFiles.UNKNOWN),
        family.matches("\\d{1,4}") ? OptionalInt.of(Integer.parseInt(family)) : OptionalInt.empty(),
        first.getOrDefault("model name", KernelFiles.UNKNOWN));
  }

  /**
   * True where the kernel lets every pair of devices through the host bridge: AMD from family 17h
   * (Zen) on (drivers/pci/p2pdma.c, cpu_supports_p2pdma). Hygon's have another vendor and do not
   * count.
   */
  boolean trusted() {
    return vendor.equals(AMD) && family.isPresent() && family.getAsInt() >= ZEN_FAMILY;
  }

  /** Vendor and family, as evidence. */
  String describe() {
    Optional<String> number =
        family.isPresent()
            ? Optional.of("family %d (0x%x)".formatted(family.getAsInt(), family.getAsInt()))
            : Optional.empty();
    return vendor + number.map(text -> " " + text).orElse("");
  }
}
