// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

import java.util.List;
import java.util.Optional;

/**
 * What the doctor found. Immutable.
 *
 * @param answer whether the asked path works
 * @param reason why, one sentence without a full stop
 * @param remedy what to do where it does not
 * @param host the machine
 * @param topology its PCI functions
 * @param providers devices with memory for peers
 * @param paths the kernel's verdict for each provider and each device that could use its memory
 * @param asked the provider of the asked path; empty where there is none
 * @param legs the asked path's transfers; none where no place was named
 * @param checks everything that was looked at
 */
public record Diagnosis(
    Answer answer,
    String reason,
    Optional<String> remedy,
    Host host,
    PciTopology topology,
    List<Provider> providers,
    List<PeerPath> paths,
    Optional<Provider> asked,
    List<Leg> legs,
    List<Check> checks) {
  public Diagnosis {
    providers = List.copyOf(providers);
    paths = List.copyOf(paths);
    legs = List.copyOf(legs);
    checks = List.copyOf(checks);
  }

  /**
   * The machine in a few words.
   *
   * @param kernel what uname -r says
   * @param iommu its mode
   * @param administrator configuration space was visible
   * @param hostBridgesChecked the newest kernel version whose list of host bridges is known
   */
  public record Host(
      String kernel,
      BootCpu cpu,
      String iommu,
      boolean administrator,
      KernelVersion hostBridgesChecked) {}

  /** The line for somebody whose path does not work: why, and what to do. */
  public String refusal() {
    return reason + remedy.map(what -> ": " + what).orElse("");
  }

  /**
   * The pair whose way is drawn: the asked fill, else another device and the asked CMB, else the
   * CMB's own drive.
   */
  Optional<PeerPath> drawn() {
    Optional<PeerPath> fill =
        legs.stream()
            .filter(leg -> leg.stage().equals("fill"))
            .flatMap(leg -> leg.paths().stream())
            .findFirst();
    List<PeerPath> pairs =
        asked.or(() -> providers.stream().findFirst()).map(this::pathsTo).orElse(List.of());
    return fill.or(() -> pairs.stream().filter(p -> !p.client().equals(p.provider())).findFirst())
        .or(() -> pairs.stream().findFirst());
  }

  /** The pairs that one provider is in. */
  public List<PeerPath> pathsTo(Provider provider) {
    return paths.stream().filter(path -> path.provider().equals(provider.node())).toList();
  }
}
