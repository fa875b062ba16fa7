// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.p2pbench.discovery.PciAddress;

/**
 * How Linux 6.2 and later decide whether one PCI device may reach another one's memory
 * (drivers/pci/p2pdma.c, calc_map_type_and_dist): the nearest port above both, without access
 * control that redirects on the way, else the host bridge, if CPU or list trust it. Immutable.
 */
final class PeerRules {
  private final PciTopology topology;
  private final HostBridgeList list;
  private final BootCpu cpu;
  private final Optional<KernelVersion> kernel;

  /**
   * @param kernel the running kernel; empty where its version could not be read
   */
  PeerRules(
      PciTopology topology, HostBridgeList list, BootCpu cpu, Optional<KernelVersion> kernel) {
    this.topology = topology;
    this.list = list;
    this.cpu = cpu;
    this.kernel = kernel;
  }

  /** What is said of the host bridges between two devices. */
  record Bridge(Answer passes, String evidence) {}

  /** The verdict on the client reaching the provider's memory. */
  PeerPath judge(PciNode provider, PciNode client) {
    List<PciNode> fromProvider = topology.upward(provider);
    List<PciNode> fromClient = topology.upward(client);
    for (int up = 0; up < fromProvider.size(); up++) {
      int down = fromClient.indexOf(fromProvider.get(up));
      if (down >= 0) {
        return below(fromProvider.subList(0, up + 1), fromClient.subList(0, down));
      }
    }
    return acrossRootComplex(fromProvider, fromClient);
  }

  /**
   * @param providerSide the provider and all up to the common port, which is the last
   * @param clientSide the client and all up to below the common port; none where client is provider
   */
  private PeerPath below(List<PciNode> providerSide, List<PciNode> clientSide) {
    final PciNode provider = providerSide.get(0);
    final PciNode common = providerSide.get(providerSide.size() - 1);
    PciNode client = clientSide.isEmpty() ? common : clientSide.get(0);
    List<PciNode> way = join(providerSide, clientSide);
    List<PciNode> redirecting =
        way.stream().filter(node -> node.config().acs().redirects()).toList();
    List<PciNode> unseen =
        way.stream().filter(node -> node.config().acs().state() == Acs.State.UNSEEN).toList();
    List<String> evidence = new ArrayList<>();
    way.forEach(
        node ->
            evidence.add(
                "%s (%s): %s"
                    .formatted(node.address(), node.kind(), node.config().acs().describe())));
    Set<PeerVerdict> possible = EnumSet.noneOf(PeerVerdict.class);
    if (redirecting.isEmpty()) {
      possible.add(PeerVerdict.DIRECT);
    }
    if (!redirecting.isEmpty() || !unseen.isEmpty()) {
      Bridge bridge = hostBridge(provider, client);
      possible.addAll(verdicts(bridge.passes()));
      evidence.add(bridge.evidence());
    }
    return new PeerPath(
        provider,
        client,
        possible,
        providerSide.size() - 1 + clientSide.size(),
        addresses(way),
        Optional.of(common.address()),
        addresses(redirecting),
        addresses(unseen),
        evidence,
        reasonBelow(possible, provider, client, common, redirecting, unseen));
  }

  private static String reasonBelow(
      Set<PeerVerdict> possible,
      PciNode provider,
      PciNode client,
      PciNode common,
      List<PciNode> redirecting,
      List<PciNode> unseen) {
    String meeting =
        provider.equals(client)
            ? "the memory is the device's own"
            : "both are below %s %s".formatted(common.kind(), common.address());
    if (!redirecting.isEmpty()) {
      String sends = meeting + ", but access control (ACS) redirects at " + texts(redirecting);
      return possible.contains(PeerVerdict.REFUSED)
          ? sends + ", and the host bridge above is not one that the kernel trusts"
          : sends + " to the host bridge, which the kernel trusts";
    } else if (!unseen.isEmpty()) {
      return "%s; whether access control (ACS) redirects at %s takes root rights to see"
          .formatted(meeting, texts(unseen));
    }
    return meeting + ", and nothing on the way redirects";
  }

  private PeerPath acrossRootComplex(List<PciNode> fromProvider, List<PciNode> fromClient) {
    PciNode provider = fromProvider.get(0);
    PciNode client = fromClient.get(0);
    Bridge bridge = hostBridge(provider, client);
    String verdict =
        switch (bridge.passes()) {
          case YES -> "no port is above both, and the kernel trusts the host bridge: ";
          case NO -> "no port is above both, and the kernel does not trust the host bridge: ";
          case UNKNOWN -> "no port is above both, and of the host bridge it cannot be told: ";
        };
    return new PeerPath(
        provider,
        client,
        verdicts(bridge.passes()),
        fromProvider.size() + fromClient.size(),
        addresses(join(fromProvider, fromClient)),
        Optional.empty(),
        List.of(),
        List.of(),
        List.of(
            "no common port above %s and %s".formatted(provider.address(), client.address()),
            bridge.evidence()),
        verdict + bridge.evidence());
  }

  /** Whether traffic may pass from one device's host bridge to the other one's, or back. */
  Bridge hostBridge(PciNode provider, PciNode client) {
    if (cpu.trusted()) {
      return new Bridge(
          Answer.YES,
          "CPU %s: the kernel trusts AMD from family 0x17 on".formatted(cpu.describe()));
    }
    boolean same = provider.hostBridge().equals(client.hostBridge());
    Bridge first = listed(provider.hostBridge(), same);
    if (same) {
      return first;
    }
    Bridge second = listed(client.hostBridge(), false);
    return new Bridge(
        first.passes().and(second.passes()), first.evidence() + "; " + second.evidence());
  }

  private Bridge listed(String hostBridge, boolean same) {
    Optional<PciNode> found = topology.representative(hostBridge);
    if (found.isEmpty()) {
      return new Bridge(
          Answer.NO, hostBridge + " has no function that the kernel could know it by");
    }
    PciNode node = found.get();
    boolean first = node.address().device() == 0 && node.address().function() == 0;
    ConfigSpace.PortType type = node.config().portType();
    if (!first && type == ConfigSpace.PortType.UNSEEN) {
      return new Bridge(
          Answer.UNKNOWN,
          "whether %s, the first function of %s, is a root port takes root rights to see"
              .formatted(node.address(), hostBridge));
    } else if (!first && type != ConfigSpace.PortType.ROOT_PORT) {
      return new Bridge(
          Answer.NO,
          "%s, the first function of %s, is neither at 00.0 nor a root port"
              .formatted(node.address(), hostBridge));
    }
    return listed(node, hostBridge, same);
  }

  private Bridge listed(PciNode node, String hostBridge, boolean same) {
    String what = "host bridge %s is %s, CPU %s".formatted(hostBridge, node.ids(), cpu.describe());
    if (kernel.isEmpty()) {
      return new Bridge(Answer.UNKNOWN, what + "; the kernel's version is unknown, so is its list");
    }
    return switch (list.of(node.vendor(), node.device(), kernel.get())) {
      case ANY -> new Bridge(Answer.YES, what + ": in the list of Linux " + kernel.get());
      case SAME_ONLY ->
          new Bridge(
              same ? Answer.YES : Answer.NO,
              "%s: in the list of Linux %s, for devices below the same host bridge only"
                  .formatted(what, kernel.get()));
      case ABSENT -> new Bridge(Answer.NO, what + ": neither is trusted by Linux " + kernel.get());
      case UNKNOWN ->
          new Bridge(
              Answer.UNKNOWN,
              "%s: whether the list of Linux %s has it is not known to p2pbench (checked up to %s)"
                  .formatted(what, kernel.get(), list.checked()));
    };
  }

  private static Set<PeerVerdict> verdicts(Answer passes) {
    return switch (passes) {
      case YES -> EnumSet.of(PeerVerdict.THROUGH_HOST_BRIDGE);
      case NO -> EnumSet.of(PeerVerdict.REFUSED);
      case UNKNOWN -> EnumSet.of(PeerVerdict.THROUGH_HOST_BRIDGE, PeerVerdict.REFUSED);
    };
  }

  /** The way up on one side, then down on the other. */
  private static List<PciNode> join(List<PciNode> up, List<PciNode> down) {
    List<PciNode> way = new ArrayList<>(up);
    for (int i = down.size() - 1; i >= 0; i--) {
      way.add(down.get(i));
    }
    return way;
  }

  private static List<PciAddress> addresses(List<PciNode> nodes) {
    return nodes.stream().map(PciNode::address).toList();
  }

  private static String texts(List<PciNode> nodes) {
    return nodes.stream().map(n -> n.address().toString()).collect(Collectors.joining(", "));
  }
}
