// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import java.util.Arrays;
import java.util.stream.Collectors;

/** Where the block of a transaction rests between fill and drain, as a user names it. */
public enum MemoryChoice {
  /** A chunk of a real controller's CMB: CMB-direct. */
  CMB("cmb"),
  /** A memfd region that stands in for a CMB where the machine has none. It is system DRAM. */
  CMB_EMULATED("cmb-emulated"),
  /** System memory with O_DIRECT: the bounce that CMB-direct is compared with. */
  RAM("ram"),
  /** Buffered reads and writes: no O_DIRECT, no pages of the caller's pinned. */
  PAGE_CACHE("page-cache");

  private final String label;

  MemoryChoice(String label) {
    this.label = label;
  }

  /** The name used on command lines, in parameters and reports. */
  public String label() {
    return label;
  }

  /** Whether I/O to and from this memory uses O_DIRECT. */
  public boolean direct() {
    return this != PAGE_CACHE;
  }

  /**
   * The memory of that label.
   *
   * @throws IllegalArgumentException names the labels there are
   */
  public static MemoryChoice parse(String label) {
    for (MemoryChoice choice : values()) {
      if (choice.label.equals(label)) {
        return choice;
      }
    }
    throw new IllegalArgumentException(
        "unknown memory '%s': one of %s"
            .formatted(
                label,
                Arrays.stream(values())
                    .map(MemoryChoice::label)
                    .collect(Collectors.joining(", "))));
  }

  @Override
  public String toString() {
    return label;
  }
}
