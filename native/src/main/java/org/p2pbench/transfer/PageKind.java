// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

/** The pages behind a memory. The order is that of the C header. */
public enum PageKind {
  /** The CPU's base pages. */
  BASE(BasePage.bytes() / 1024 + "KiB"),
  /** Pages of 2 MiB from the hugetlb pool. */
  HUGETLB("2MiB-hugetlb"),
  /** Transparent huge pages of 2 MiB, all over the memory. */
  THP("2MiB-thp");

  private final String label;

  PageKind(String label) {
    this.label = label;
  }

  /** The word for it in results; for {@link #BASE} the size that this machine has. */
  public String label() {
    return label;
  }

  /**
   * The value with that label.
   *
   * @throws IllegalArgumentException no value has it; the message lists those there are
   */
  public static PageKind parse(String text) {
    return Labels.parse("pages", values(), PageKind::label, text);
  }
}
