// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.p2pbench.discovery.PciAddress;
import org.p2pbench.doctor.Check.Status;

/** The kernel's verdicts as checks, with what changes them. Stateless but for the kernel. */
final class PathChecks {
  private static final String AS_ROOT = "sudo ./run.sh probe";

  private final Optional<KernelVersion> kernel;

  PathChecks(Optional<KernelVersion> kernel) {
    this.kernel = kernel;
  }

  /** A check for each pair of a provider and another device. */
  List<Check> of(List<PeerPath> paths) {
    List<Check> checks = new ArrayList<>();
    for (PeerPath path : paths) {
      checks.add(of(path));
    }
    return List.copyOf(checks);
  }

  private Check of(PeerPath path) {
    String subject =
        "%s to memory of %s".formatted(path.client().address(), path.provider().address());
    Check check =
        Check.of("peer", status(path), path.words() + ": " + path.reason())
            .on(subject)
            .evidence(path.evidence());
    return remedy(path).map(check::remedy).orElse(check);
  }

  private static Status status(PeerPath path) {
    return switch (path.allowed()) {
      case NO -> Status.PROBLEM;
      case UNKNOWN -> Status.UNKNOWN;
      case YES -> path.redirecting().isEmpty() ? Status.OK : Status.WARNING;
    };
  }

  /** What changes the verdict; empty where nothing needs to. */
  Optional<String> remedy(PeerPath path) {
    if (!path.redirecting().isEmpty()) {
      return Optional.of(acsRemedy(path.redirecting(), kernel));
    } else if (path.allowed() == Answer.UNKNOWN) {
      return path.unseen().isEmpty()
          ? Optional.of("measure: the first I/O tells, and dmesg has the reason")
          : Optional.of(AS_ROOT);
    }
    return path.allowed() == Answer.NO
        ? Optional.of(
            "no setting changes it: put both devices below one PCIe switch, or use a machine whose"
                + " CPU (AMD Zen) or host bridge the kernel trusts")
        : Optional.empty();
  }

  /** Kernel parameters that take the redirection away at those ports. */
  static String acsRemedy(List<PciAddress> ports, Optional<KernelVersion> kernel) {
    String off =
        "kernel parameter pci=disable_acs_redir="
            + ports.stream().map(PciAddress::toString).collect(Collectors.joining(";"));
    // Bits from 5 down: egress control, upstream forwarding (left), completion and request
    // redirect, translation blocking (left), source validation (left).
    String finer =
        ", or pci=config_acs="
            + ports.stream().map(port -> "0x00xx@" + port).collect(Collectors.joining(";"));
    boolean has = kernel.map(k -> k.atLeast(6, 11)).orElse(false);
    return off
        + (has ? finer : "")
        + (ports.size() > 1 ? " (in quotes for GRUB, where ; ends a command)" : "")
        + "; not where devices below these ports are handed to guests, for they then share an IOMMU"
        + " group";
  }
}
