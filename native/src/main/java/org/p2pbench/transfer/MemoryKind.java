// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

/** What an {@link IoMemory} is made of. The order is that of the C header. */
public enum MemoryKind {
  /** System memory, mapped anonymously. */
  RAM("ram"),
  /** A chunk of an NVMe controller's memory buffer. */
  CMB("cmb"),
  /** A memfd region of system memory that stands in for a CMB. */
  CMB_EMULATED("cmb-emulated");

  private final String label;

  MemoryKind(String label) {
    this.label = label;
  }

  /** The word for it on the command line and in results. */
  public String label() {
    return label;
  }

  /**
   * The value with that label.
   *
   * @throws IllegalArgumentException no value has it; the message lists those there are
   */
  public static MemoryKind parse(String text) {
    return Labels.parse("memory", values(), MemoryKind::label, text);
  }
}
