// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

/** When the pages of a buffer are pinned for I/O. The order is that of the C header. */
public enum Pinning {
  /** By the kernel, at each O_DIRECT read or write. */
  PER_TRANSACTION("per-transaction"),
  /** Once, as registered buffers of an io_uring. */
  REGISTERED("registered"),
  /** Never: buffered I/O copies through the page cache. */
  NONE("none");

  private final String label;

  Pinning(String label) {
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
  public static Pinning parse(String text) {
    return Labels.parse("pinning", values(), Pinning::label, text);
  }
}
