// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.p2pbench.discovery.KernelFiles;
import org.p2pbench.doctor.Check.Status;

/** Whether the running kernel has the user-space interface to peer-to-peer memory. Immutable. */
final class KernelChecks {
  private static final String OPTION = "CONFIG_PCI_P2PDMA";
  private static final String SYMBOL = " pci_p2pdma_add_resource";

  private final Doctor.Roots roots;
  private final String release;
  private final String remedy;

  /**
   * @param release what uname -r says
   * @param remedy how to come by a kernel that has the interface
   */
  KernelChecks(Doctor.Roots roots, String release, String remedy) {
    this.roots = roots;
    this.release = release;
    this.remedy = remedy;
  }

  Check version() {
    Optional<KernelVersion> version = KernelVersion.parse(release);
    if (version.isEmpty()) {
      return Check.of(
          "kernel-version",
          Status.UNKNOWN,
          "the kernel's version is unknown",
          "uname -r: " + release);
    }
    boolean enough = version.get().atLeast(6, 2);
    Check check =
        Check.of(
            "kernel-version",
            enough ? Status.OK : Status.PROBLEM,
            enough
                ? "Linux %s has p2pmem/allocate, where it is built with it".formatted(version.get())
                : "Linux %s is too old: p2pmem/allocate came with 6.2".formatted(version.get()),
            "uname -r: " + release);
    return enough ? check : check.remedy(remedy);
  }

  /** CONFIG_PCI_P2PDMA, from the surest source that is there. */
  Check option(PciTopology topology) {
    Optional<PciNode> pool =
        topology.nodes().stream()
            .filter(node -> Files.isDirectory(node.directory().resolve("p2pmem")))
            .findFirst();
    if (pool.isPresent()) {
      return has("%s has a directory p2pmem".formatted(pool.get().address()));
    }
    for (Path file : configFiles()) {
      Optional<Boolean> set = configured(file);
      if (set.isPresent()) {
        return set.get() ? has(file.toString()) : lacks(file + ": not set");
      }
    }
    Path symbols = roots.proc().resolve("kallsyms");
    Optional<Boolean> known = hasSymbol(symbols);
    if (known.isPresent()) {
      return known.get()
          ? has(symbols + ": has" + SYMBOL)
          : lacks(symbols + ": does not have" + SYMBOL);
    }
    return Check.of(
            "kernel-option",
            Status.UNKNOWN,
            "whether this kernel is built with %s cannot be told".formatted(OPTION),
            "none of them to be read: " + configFiles() + ", " + symbols)
        .remedy("grep %s /boot/config-%s".formatted(OPTION, release));
  }

  private List<Path> configFiles() {
    return List.of(
        roots.proc().resolve("config.gz"),
        roots.boot().resolve("config-" + release),
        roots.modules().resolve(release).resolve("config"),
        roots.modules().resolve(release).resolve("build/.config"));
  }

  private static Check has(String evidence) {
    return Check.of("kernel-option", Status.OK, "the kernel is built with " + OPTION, evidence);
  }

  private Check lacks(String evidence) {
    return Check.of(
            "kernel-option", Status.PROBLEM, "this kernel is built without " + OPTION, evidence)
        .remedy(remedy);
  }

  /** Empty where the file is not there, not readable, or is not this kernel's configuration. */
  private static Optional<Boolean> configured(Path file) {
    try (BufferedReader reader = open(file)) {
      boolean any = false;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        any |= line.startsWith("CONFIG_");
        if (line.equals(OPTION + "=y")) {
          return Optional.of(true);
        }
      }
      return any ? Optional.of(false) : Optional.empty();
    } catch (IOException | SecurityException unreadable) {
      return Optional.empty();
    }
  }

  private static BufferedReader open(Path file) throws IOException {
    InputStream stream = Files.newInputStream(file);
    try {
      InputStream plain =
          file.getFileName().toString().endsWith(".gz")
              ? new GZIPInputStream(stream, 1 << 16)
              : stream;
      return new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8), 1 << 16);
    } catch (IOException notZipped) {
      stream.close();
      throw notZipped;
    }
  }

  private static Optional<Boolean> hasSymbol(Path symbols) {
    try (BufferedReader reader = open(symbols)) {
      boolean any = false;
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        any = true;
        if (line.endsWith(SYMBOL)) {
          return Optional.of(true);
        }
      }
      return any ? Optional.of(false) : Optional.empty();
    } catch (IOException | SecurityException unreadable) {
      return Optional.empty();
    }
  }

  /** The release of the running kernel, or "unknown". */
  static String release(Path procRoot) {
    return KernelFiles.textOrUnknown(procRoot.resolve("sys/kernel/osrelease"));
  }
}
