// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.p2pbench.discovery.KernelFiles;
import org.p2pbench.discovery.PciAddress;

/** The machine's PCI functions and who is above whom. Immutable. */
public final class PciTopology {
  private static final Pattern HOST_BRIDGE = Pattern.compile("pci\\p{XDigit}{4,6}:\\p{XDigit}{2}");

  private final Map<PciAddress, PciNode> nodes;

  /**
   * @param nodes all functions, each once
   */
  public PciTopology(List<PciNode> nodes) {
    Map<PciAddress, PciNode> byAddress = new TreeMap<>();
    nodes.forEach(node -> byAddress.put(node.address(), node));
    this.nodes = java.util.Collections.unmodifiableMap(byAddress);
  }

  /** Reads the tree from sysfs; empty on a machine without PCI. */
  public static PciTopology read(Path sysRoot) {
    Path devices = sysRoot.resolve("bus/pci/devices");
    return new PciTopology(
        KernelFiles.names(devices).stream()
            .map(PciAddress::tryParse)
            .flatMap(Optional::stream)
            .map(address -> node(devices.resolve(address.toString()), address))
            .toList());
  }

  private static PciNode node(Path link, PciAddress address) {
    // Below /sys/devices each function's directory lies in that of the bridge above it.
    Path directory = KernelFiles.real(link).orElse(link);
    return new PciNode(
        address,
        PciAddress.tryParse(directory.getParent().getFileName().toString()),
        hostBridge(directory),
        number(directory.resolve("class")),
        number(directory.resolve("vendor")),
        number(directory.resolve("device")),
        ConfigSpace.read(directory.resolve("config")),
        linkTarget(directory.resolve("driver")),
        linkTarget(directory.resolve("iommu_group")),
        KernelFiles.count(directory.resolve("numa_node")),
        PciLink.read(directory),
        KernelFiles.textOrUnknown(directory.resolve("power_state")),
        directory);
  }

  private static String hostBridge(Path directory) {
    for (Path up = directory.getParent(); up != null && up.getFileName() != null; ) {
      if (HOST_BRIDGE.matcher(up.getFileName().toString()).matches()) {
        return up.getFileName().toString();
      }
      up = up.getParent();
    }
    return KernelFiles.UNKNOWN;
  }

  private static int number(Path file) {
    OptionalLong found = KernelFiles.number(file);
    return found.isPresent() ? (int) found.getAsLong() : -1;
  }

  private static Optional<String> linkTarget(Path link) {
    return KernelFiles.real(link).map(target -> target.getFileName().toString());
  }

  /** All functions, by address. */
  public List<PciNode> nodes() {
    return List.copyOf(nodes.values());
  }

  /** True on a machine without PCI. */
  public boolean empty() {
    return nodes.isEmpty();
  }

  /** The function at an address. */
  public Optional<PciNode> at(PciAddress address) {
    return Optional.ofNullable(nodes.get(address));
  }

  /** The function and the bridges above it, up to the root bus. */
  public List<PciNode> upward(PciNode node) {
    List<PciNode> chain = new ArrayList<>();
    for (Optional<PciNode> at = Optional.of(node); at.isPresent(); ) {
      chain.add(at.get());
      at = at.get().parent().flatMap(this::at);
    }
    return List.copyOf(chain);
  }

  /** Names of the host bridges, in order. */
  public List<String> hostBridges() {
    return nodes.values().stream().map(PciNode::hostBridge).distinct().sorted().toList();
  }

  /**
   * The function that stands for a host bridge in the kernel's list: the first one on its root bus,
   * which is scanned in the order of addresses.
   */
  public Optional<PciNode> representative(String hostBridge) {
    return nodes.values().stream()
        .filter(node -> node.parent().isEmpty() && node.hostBridge().equals(hostBridge))
        .min(Comparator.comparing(PciNode::address));
  }

  /** Functions directly below a bridge. */
  public List<PciNode> below(PciAddress bridge) {
    return nodes.values().stream()
        .filter(node -> node.parent().filter(bridge::equals).isPresent())
        .toList();
  }

  /** Functions on the root bus of a host bridge. */
  public List<PciNode> onRootBus(String hostBridge) {
    return nodes.values().stream()
        .filter(node -> node.parent().isEmpty() && node.hostBridge().equals(hostBridge))
        .toList();
  }
}
