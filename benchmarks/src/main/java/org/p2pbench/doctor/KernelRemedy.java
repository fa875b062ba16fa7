// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.p2pbench.discovery.KernelFiles;

/**
 * How to come by a kernel with the user-space interface, on the system that is installed. What
 * Debian's kernels are built with is in its packages linux-config-*.
 */
final class KernelRemedy {
  private static final String KERNEL = "boot a kernel built with CONFIG_PCI_P2PDMA=y";
  private static final String ANY_KERNEL = KERNEL + ", Linux 6.2 or later: ";

  /** Releases whose kernels, those of their backports included, are built without it. */
  private static final List<String> DEBIAN_WITHOUT = List.of("buster", "bullseye", "bookworm");

  private KernelRemedy() {}

  /**
   * The remedy for one system.
   *
   * @param etc where os-release is
   */
  static String of(Path etc) {
    Map<String, String> system = osRelease(etc);
    String codename = system.getOrDefault("VERSION_CODENAME", "");
    if (system.getOrDefault("ID", "").equals("debian")) {
      if (codename.equals("trixie")) {
        return KERNEL
            + ": with trixie-backports among the apt sources, sudo apt install -t trixie-backports"
            + " linux-image-amd64";
      }
      if (DEBIAN_WITHOUT.contains(codename)) {
        return ANY_KERNEL
            + "Debian %s has none, its backports neither; trixie-backports, for Debian 13, has one"
                .formatted(codename);
      }
    }
    return ANY_KERNEL
        + "whether %s has one is not known here; grep CONFIG_PCI_P2PDMA /boot/config-* tells of those installed"
            .formatted(system.getOrDefault("PRETTY_NAME", "this system"));
  }

  private static Map<String, String> osRelease(Path etc) {
    Map<String, String> values = new HashMap<>();
    for (String line : KernelFiles.lines(etc.resolve("os-release"))) {
      int equals = line.indexOf('=');
      if (equals > 0) {
        values.put(line.substring(0, equals), line.substring(equals + 1).replaceAll("[\"']", ""));
      }
    }
    return values;
  }
}
