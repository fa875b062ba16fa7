// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

/** How blocks are moved. The order is that of the C header. */
public enum Engine {
  /** One pread or pwrite at a time. */
  SYNC("sync"),
  /** Up to 256 transactions in flight through an io_uring. */
  IO_URING("io_uring");

  private final String label;

  Engine(String label) {
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
  public static Engine parse(String text) {
    return Labels.parse("engine", values(), Engine::label, text);
  }
}
