// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.p2pbench.load.LoadPlacement;
import org.p2pbench.numa.NumaNode;
import org.p2pbench.numa.NumaNodes;
import org.p2pbench.transfer.Cpus;
import org.p2pbench.transfer.IoMemory;
import org.p2pbench.transfer.MemoryKind;
import org.p2pbench.transfer.Numa;

/**
 * Where the threads of a fork run and take their memory from, and what the kernel says of that
 * afterwards. Nothing is placed, and nothing said, where no node was asked for. Thread-safe.
 */
public final class NumaSeat {

  private final Optional<NumaNode> node;
  private final List<Integer> cpus;
  private final SortedSet<Integer> nodesOfThreads = new TreeSet<>();
  private Map<String, Long> pagesByNode = Map.of();

  private NumaSeat(Optional<NumaNode> node) {
    this.node = node;
    this.cpus = node.map(NumaSeat::cpus).orElse(List.of());
  }

  /**
   * The seat of a row.
   *
   * @throws IllegalArgumentException there is no such node, or this process may use none of its
   *     CPUs
   */
  static NumaSeat of(Layout layout) {
    return new NumaSeat(
        layout
            .numa()
            .map(
                wanted ->
                    NumaNodes.ofThisMachine()
                        .find(wanted.number())
                        .orElseThrow(
                            () ->
                                new IllegalArgumentException(
                                    "this machine has no NUMA node %d with CPUs and memory: use another, or any"
                                        .formatted(wanted.number())))));
  }

  /**
   * The CPUs of a node that the calling thread may use.
   *
   * @throws RigException there is none: one line
   */
  public static List<Integer> cpus(NumaNode node) {
    List<Integer> allowed = Cpus.allowed();
    List<Integer> usable = node.cpus().stream().filter(allowed::contains).toList();
    if (usable.isEmpty()) {
      throw new RigException(
          RigException.Kind.CANNOT,
          "this process may use no CPU of NUMA node %d (%s): only %s are allowed, by taskset or a cpuset"
              .formatted(
                  node.number(), LoadPlacement.list(node.cpus()), LoadPlacement.list(allowed)));
    }
    return usable;
  }

  /** Puts the calling thread there, and what it touches first from now on. */
  void take() {
    if (node.isEmpty()) {
      return;
    }
    Cpus.restrictThisThread(cpus);
    Numa.bindMemoryOfThisThread(node.get().number());
    saw(Numa.nodeOfThisThread());
  }

  private synchronized void saw(int nodeOfThread) {
    if (nodesOfThreads.add(nodeOfThread)) {
      tell();
    }
  }

  /**
   * Asks the kernel where the pages of a memory that was filled are.
   *
   * @throws RigException system memory is elsewhere, all the same
   */
  synchronized void check(IoMemory memory) {
    if (node.isEmpty()) {
      return;
    }
    SortedMap<Integer, Long> found = Numa.pages(memory);
    Map<String, Long> pages = new LinkedHashMap<>();
    found.forEach((number, count) -> pages.put(String.valueOf(number), count));
    pagesByNode = pages;
    tell();
    boolean elsewhere = found.keySet().stream().anyMatch(n -> n != node.get().number());
    if (memory.kind() != MemoryKind.CMB && (elsewhere || found.isEmpty())) {
      throw new RigException(
          RigException.Kind.FAILED,
          "memory was asked for on NUMA node %d, but its pages are on %s: nothing is measured there"
              .formatted(node.get().number(), found.isEmpty() ? "no node" : "nodes " + pages));
    }
  }

  private void tell() {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("threadNodes", List.copyOf(nodesOfThreads));
    told.put("memoryPages", pagesByNode);
    ForkNotes.ofThisFork().put("numa", told);
  }
}
