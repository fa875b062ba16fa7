// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import java.util.SortedMap;
import java.util.TreeMap;

/** The NUMA nodes of the calling thread and of memories. Stateless. */
public final class Numa {

  /** As many as any kernel is built for. */
  private static final int MOST_NODES = 1024;

  private Numa() {}

  /**
   * Takes what the calling thread, and those that it starts from now on, touch first from this node
   * alone.
   *
   * @throws TransferException EINVAL: there is no such node, or none of its memory may be used
   */
  public static void bindMemoryOfThisThread(int node) {
    NativeLoader.load();
    int error = LibP2pbench.p2p_numa_bind(node);
    if (error != 0) {
      throw failed(Operation.BIND_MEMORY, "NUMA node " + node, error);
    }
  }

  /** The node that the calling thread runs on now. */
  public static int nodeOfThisThread() {
    NativeLoader.load();
    long node = LibP2pbench.p2p_numa_node();
    if (node < 0) {
      throw failed(Operation.LOCATE, "the calling thread", (int) node);
    }
    return (int) node;
  }

  /** How many base pages of a memory are on which node; pages of a CMB are on none. */
  public static SortedMap<Integer, Long> pages(IoMemory memory) {
    long[] counts = new long[MOST_NODES];
    int error = LibP2pbench.p2p_numa_pages(memory.handle(), counts, counts.length);
    if (error != 0) {
      throw failed(Operation.LOCATE, memory.kind().label() + " memory", error);
    }
    SortedMap<Integer, Long> pages = new TreeMap<>();
    for (int node = 0; node < counts.length; node++) {
      if (counts[node] > 0) {
        pages.put(node, counts[node]);
      }
    }
    return pages;
  }

  private static TransferException failed(Operation operation, String subject, int error) {
    return TransferException.failed(Attempt.of(operation, subject, 0), error);
  }
}
