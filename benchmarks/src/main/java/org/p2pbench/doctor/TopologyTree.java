// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.p2pbench.discovery.KernelFiles;
import org.p2pbench.discovery.PciAddress;

/**
 * What screen and picture draw of the topology: system RAM, host bridges, and of the functions
 * those that could exchange data with the bridges above them; which of them the direct path passes
 * and which the bounce through RAM. Immutable.
 */
final class TopologyTree {
  /**
   * A line of the drawing.
   *
   * @param depth levels below RAM and host bridges, which are at 0
   * @param above index of the line that it hangs from; -1 for none
   * @param last nothing else hangs from there after it
   * @param address the function; empty for RAM and host bridges
   * @param label what it is
   * @param note what else is to be known, or blank
   * @param direct the direct path passes it
   * @param bounce the bounce passes it
   */
  record Line(
      int depth,
      int above,
      boolean last,
      Optional<PciAddress> address,
      String label,
      String note,
      boolean direct,
      boolean bounce) {}

  private final Diagnosis diagnosis;
  private final PciTopology topology;
  private final Optional<PeerPath> drawn;
  private final Set<PciAddress> shown = new HashSet<>();
  private final Set<PciAddress> direct = new HashSet<>();
  private final Set<PciAddress> bounce = new HashSet<>();
  private final List<Line> lines = new ArrayList<>();

  TopologyTree(Diagnosis diagnosis) {
    this.diagnosis = diagnosis;
    this.topology = diagnosis.topology();
    this.drawn = diagnosis.drawn();
    choose();
    build();
  }

  /** True where a function of the machine could exchange data with another one. */
  static boolean worthDrawing(Diagnosis diagnosis) {
    return !diagnosis.providers().isEmpty()
        || diagnosis.topology().nodes().stream().anyMatch(Doctor::peer);
  }

  List<Line> lines() {
    return List.copyOf(lines);
  }

  /** How many functions are left out. */
  int hidden() {
    return topology.nodes().size() - shown.size();
  }

  /** The pair whose ways are marked. */
  Optional<PeerPath> drawn() {
    return drawn;
  }

  /** Functions that the bounce passes on its way up from the client, and on its way down. */
  List<List<PciAddress>> bounceWays() {
    return drawn
        .map(
            path -> {
              List<PciAddress> down = new ArrayList<>(addresses(path.provider()));
              Collections.reverse(down);
              return List.of(addresses(path.client()), List.copyOf(down));
            })
        .orElse(List.of(List.of(), List.of()));
  }

  private List<PciAddress> addresses(PciNode node) {
    return topology.upward(node).stream().map(PciNode::address).toList();
  }

  private void choose() {
    Set<PciNode> wanted = new LinkedHashSet<>();
    topology.nodes().stream().filter(Doctor::peer).forEach(wanted::add);
    diagnosis.providers().forEach(provider -> wanted.add(provider.node()));
    wanted.forEach(node -> topology.upward(node).forEach(above -> shown.add(above.address())));
    drawn.ifPresent(path -> direct.addAll(path.ports()));
    bounceWays().forEach(bounce::addAll);
  }

  private void build() {
    lines.add(new Line(0, -1, true, Optional.empty(), "system RAM", "", false, drawn.isPresent()));
    for (String hostBridge : topology.hostBridges()) {
      List<PciNode> children =
          topology.onRootBus(hostBridge).stream().filter(n -> shown.contains(n.address())).toList();
      if (!children.isEmpty()) {
        addHostBridge(hostBridge, children);
      }
    }
  }

  private void addHostBridge(String hostBridge, List<PciNode> children) {
    boolean passed = children.stream().anyMatch(node -> bounce.contains(node.address()));
    boolean crossed =
        drawn
            .map(path -> path.commonPort().isEmpty() || !path.redirecting().isEmpty())
            .orElse(false);
    String ids = topology.representative(hostBridge).map(node -> ", " + node.ids()).orElse("");
    int at = lines.size();
    lines.add(
        new Line(
            0,
            -1,
            true,
            Optional.empty(),
            "host bridge " + hostBridge + ids,
            "",
            passed && crossed,
            passed));
    addAll(children, 1, at);
  }

  private void addAll(List<PciNode> nodes, int depth, int above) {
    for (int i = 0; i < nodes.size(); i++) {
      PciNode node = nodes.get(i);
      int at = lines.size();
      lines.add(
          new Line(
              depth,
              above,
              i == nodes.size() - 1,
              Optional.of(node.address()),
              label(node),
              note(node),
              direct.contains(node.address()),
              bounce.contains(node.address())));
      addAll(
          topology.below(node.address()).stream()
              .filter(child -> shown.contains(child.address()))
              .toList(),
          depth + 1,
          at);
    }
  }

  private static String label(PciNode node) {
    Optional<String> controller = ProviderFinder.controllerName(node);
    String model =
        controller
            .flatMap(
                name ->
                    KernelFiles.text(
                        node.directory().resolve("nvme").resolve(name).resolve("model")))
            .orElse("");
    return (controller.orElse(node.kind()) + " " + model).strip();
  }

  private String note(PciNode node) {
    List<String> notes = new ArrayList<>();
    diagnosis.providers().stream()
        .filter(provider -> provider.node().equals(node))
        .forEach(
            provider ->
                notes.add(
                    "CMB of %s%s"
                        .formatted(
                            CmbChecks.size(provider.bytes()),
                            provider.answer() == Answer.YES ? "" : ", not usable")));
    if (!node.bridge() && node.link().known()) {
      notes.add(
          node.link().now() + (node.link().degraded() ? " (best " + node.link().best() + ")" : ""));
    }
    if (node.bridge() || node.config().acs().redirects()) {
      notes.add(node.config().acs().describe());
    }
    if (node.numaNode().isPresent()) {
      notes.add("NUMA node " + node.numaNode().getAsInt());
    }
    return String.join(", ", notes);
  }
}
