// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.p2pbench.discovery.PciAddress;

/**
 * The kernel's verdict on one device reaching another one's memory, worked out before any I/O.
 * Immutable.
 *
 * @param provider owns the memory
 * @param client reads or writes it
 * @param possible what the verdict can be: one where all that it rests on was seen, else several
 * @param distance the kernel's count of ports between the two; 0 for a device and itself
 * @param ports functions on the way from provider to client, both included; without a common port
 *     the provider's way up, then the client's way down
 * @param commonPort the port where the two ways meet; empty where they meet above the root bus
 * @param redirecting functions on the way whose access control redirects
 * @param unseen functions on the way whose access control takes root rights to see
 * @param evidence what the verdict rests on, one sentence each, without full stops
 * @param reason the verdict in one sentence, without a full stop
 */
public record PeerPath(
    PciNode provider,
    PciNode client,
    Set<PeerVerdict> possible,
    int distance,
    List<PciAddress> ports,
    Optional<PciAddress> commonPort,
    List<PciAddress> redirecting,
    List<PciAddress> unseen,
    List<String> evidence,
    String reason) {
  public PeerPath {
    possible = Set.copyOf(new TreeSet<>(possible));
    ports = List.copyOf(ports);
    redirecting = List.copyOf(redirecting);
    unseen = List.copyOf(unseen);
    evidence = List.copyOf(evidence);
    if (possible.isEmpty()) {
      throw new IllegalArgumentException("a verdict is one of at least one possible");
    }
  }

  /** The verdict; empty where several are possible. */
  public Optional<PeerVerdict> verdict() {
    return possible.size() == 1 ? possible.stream().findFirst() : Optional.empty();
  }

  /** Whether the kernel allows it. */
  public Answer allowed() {
    if (!possible.contains(PeerVerdict.REFUSED)) {
      return Answer.YES;
    }
    return possible.size() == 1 ? Answer.NO : Answer.UNKNOWN;
  }

  /** The verdict in words, such as "direct on the bus, distance 4". */
  public String words() {
    String what =
        verdict()
            .map(PeerVerdict::words)
            .orElseGet(
                () ->
                    "cannot tell: "
                        + String.join(
                            " or ",
                            new TreeSet<>(possible).stream().map(PeerVerdict::words).toList()));
    return allowed() == Answer.NO ? what : what + ", distance " + distance;
  }
}
