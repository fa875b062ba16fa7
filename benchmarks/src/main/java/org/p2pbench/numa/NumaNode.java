// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.numa;

import java.util.List;

/**
 * A node that has CPUs and memory. Immutable.
 *
 * @param number the kernel's
 * @param cpus its CPUs, ascending
 * @param distances to the nodes that are online, in their order, as the firmware tells them (10:
 *     itself)
 */
public record NumaNode(int number, List<Integer> cpus, List<Integer> distances) {
  /** Copies the lists. */
  public NumaNode {
    cpus = List.copyOf(cpus);
    distances = List.copyOf(distances);
  }
}
