// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.numa;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.p2pbench.discovery.KernelFiles;
import org.p2pbench.discovery.NvmeController;
import org.p2pbench.discovery.Place;

/** The nodes of a machine, and which of them is meant. Reads sysfs anew at each call. Immutable. */
public final class NumaNodes {

  private final Path directory;

  /**
   * @param sysRoot where sysfs is mounted
   */
  public NumaNodes(Path sysRoot) {
    this.directory = sysRoot.resolve("devices/system/node");
  }

  /** The nodes of the running machine. */
  public static NumaNodes ofThisMachine() {
    return new NumaNodes(Path.of("/sys"));
  }

  /**
   * A node that was chosen.
   *
   * @param node which
   * @param reason for people: why this one
   */
  public record Chosen(NumaNode node, String reason) {}

  /** Why no node can be chosen. */
  public static final class NoNodeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    NoNodeException(String message, Object... values) {
      super(message.formatted(values));
    }
  }

  /** Nodes with CPUs and memory, ascending; none where the kernel knows no nodes. */
  public List<NumaNode> all() {
    List<Integer> withMemory = list(directory.resolve("has_memory"));
    return list(directory.resolve("has_cpu")).stream()
        .filter(withMemory::contains)
        .map(this::node)
        .toList();
  }

  /** A node with CPUs and memory by its number. */
  public Optional<NumaNode> find(int number) {
    return find(all(), number);
  }

  private NumaNode node(int number) {
    Path own = directory.resolve("node" + number);
    List<Integer> distances =
        KernelFiles.text(own.resolve("distance")).stream()
            .flatMap(text -> Stream.of(text.split("\\s+")))
            .map(Integer::valueOf)
            .toList();
    return new NumaNode(number, list(own.resolve("cpulist")), distances);
  }

  /** Numbers as the kernel lists them, 0-2,5; none where the file is unreadable. */
  private static List<Integer> list(Path file) {
    List<Integer> numbers = new ArrayList<>();
    for (String range : KernelFiles.text(file).orElse("").split(",")) {
      if (range.matches("\\d+(-\\d+)?")) {
        String[] ends = range.split("-");
        IntStream.rangeClosed(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]))
            .forEach(numbers::add);
      }
    }
    return numbers;
  }

  /**
   * The node that is meant.
   *
   * @param device what near and far count from, in words
   * @param deviceNode its node; empty where the kernel does not say
   * @throws IllegalArgumentException there is no such node: one line
   * @throws NoNodeException it cannot be told on this machine, or there is none: one line
   */
  public Chosen choose(NumaChoice choice, String device, OptionalInt deviceNode) {
    List<NumaNode> nodes = all();
    if (nodes.isEmpty()) {
      throw new NoNodeException(
          "--numa %s: this kernel knows no NUMA nodes: leave --numa out", choice.word());
    }
    if (choice.number().isPresent()) {
      int number = choice.number().getAsInt();
      return new Chosen(
          find(nodes, number)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "--numa %d: this machine has no NUMA node %d with CPUs and memory: %s"
                              .formatted(number, number, numbers(nodes)))),
          "as asked");
    }
    if (nodes.size() == 1) {
      if (choice.equals(NumaChoice.FAR)) {
        throw new NoNodeException(
            "--numa far: this machine has one NUMA node, and nothing is far from it: leave far out,"
                + " or measure where there are several");
      }
      return new Chosen(nodes.get(0), "the only one of this machine");
    }
    NumaNode near =
        deviceNode.stream()
            .mapToObj(number -> find(nodes, number))
            .flatMap(Optional::stream)
            .findFirst()
            .orElseThrow(
                () ->
                    new NoNodeException(
                        "--numa %s: the kernel does not say on which NUMA node with CPUs and memory"
                            + " %s is: give its number, %s",
                        choice.word(), device, numbers(nodes)));
    return choice.equals(NumaChoice.NEAR)
        ? new Chosen(near, "the one of " + device)
        : farFrom(near, nodes, device);
  }

  private Chosen farFrom(NumaNode near, List<NumaNode> nodes, String device) {
    List<Integer> online = list(directory.resolve("online"));
    NumaNode far =
        nodes.stream()
            .filter(node -> !node.equals(near))
            .max(
                Comparator.comparingInt((NumaNode node) -> distance(near, node, online))
                    .thenComparing(Comparator.comparing(NumaNode::number).reversed()))
            .orElseThrow();
    return new Chosen(
        far,
        "at distance %d from node %d, the one of %s"
            .formatted(distance(near, far, online), near.number(), device));
  }

  private static int distance(NumaNode from, NumaNode to, List<Integer> online) {
    int index = online.indexOf(to.number());
    return index >= 0 && index < from.distances().size() ? from.distances().get(index) : 0;
  }

  private static Optional<NumaNode> find(List<NumaNode> nodes, int number) {
    return nodes.stream().filter(node -> node.number() == number).findFirst();
  }

  private static String numbers(List<NumaNode> nodes) {
    String all =
        nodes.stream().map(node -> String.valueOf(node.number())).collect(Collectors.joining(", "));
    return nodes.size() == 1 ? "it has " + all : "one of " + all;
  }

  /** The node of what is behind a place; empty where the kernel does not say, or several are. */
  public static OptionalInt of(Place place) {
    List<OptionalInt> nodes =
        place.controllers().stream().map(NvmeController::numaNode).distinct().toList();
    if (!nodes.isEmpty()) {
      return nodes.size() == 1 ? nodes.get(0) : OptionalInt.empty();
    }
    // A device of another driver says it further up, where it hangs on its bus.
    Path at = place.blockDevice().map(device -> device.sysDirectory()).orElse(null);
    while (at != null) {
      OptionalInt node = KernelFiles.count(at.resolve("numa_node"));
      if (node.isPresent()) {
        return node;
      }
      at = at.getParent();
    }
    return OptionalInt.empty();
  }
}
