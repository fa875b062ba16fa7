// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

/** What the kernel answers when a device is to reach another device's memory. */
public enum PeerVerdict {
  /** By bus address, turned round at the nearest common port; CPU and IOMMU are not involved. */
  DIRECT("direct", "direct on the bus"),
  /** Up through the host bridge and down again. */
  THROUGH_HOST_BRIDGE("through-host-bridge", "through the host bridge"),
  /** Not at all: the I/O fails. */
  REFUSED("refused", "refused");

  private final String word;
  private final String words;

  PeerVerdict(String word, String words) {
    this.word = word;
    this.words = words;
  }

  /** The word that doctor.json uses. */
  public String word() {
    return word;
  }

  /** In words. */
  public String words() {
    return words;
  }
}
