// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.proof;

/**
 * What one witness says about the path that transactions took.
 *
 * @param witness name of the witness
 * @param verdict whether it agrees with the memory and pinning claimed
 * @param detail what was seen, in words and numbers
 */
public record Evidence(Witness witness, Verdict verdict, String detail) {

  /** Independent observers of a transfer. Throughput is not one: it proves nothing. */
  public enum Witness {
    /** Physical address of the buffer, from {@code /proc/self/pagemap}. */
    PHYSICAL_ADDRESS("physical-address"),
    /** Pages pinned for each transaction, from the kernel's counters. */
    PINS("pins"),
    /** Sectors that the block devices say they moved. */
    BLOCK_COUNTERS("block-counters"),
    /** Pages of the target left in the page cache, as only a CPU copy leaves them. */
    PAGE_CACHE("page-cache");

    private final String label;

    Witness(String label) {
      this.label = label;
    }

    /** The name used in files and reports. */
    public String label() {
      return label;
    }
  }

  /** What a witness can say. */
  public enum Verdict {
    /** It saw what was claimed. */
    CONFIRMS("confirms"),
    /** It saw something else. */
    CONTRADICTS("contradicts"),
    /** It could not see. */
    UNAVAILABLE("unavailable");

    private final String label;

    Verdict(String label) {
      this.label = label;
    }

    /** The name used in files and reports. */
    public String label() {
      return label;
    }
  }

  /** The same, told of one of several paths. */
  Evidence of(String path) {
    return new Evidence(witness, verdict, path + ": " + detail);
  }

  static Evidence confirms(Witness witness, String detail) {
    return new Evidence(witness, Verdict.CONFIRMS, detail);
  }

  static Evidence contradicts(Witness witness, String detail) {
    return new Evidence(witness, Verdict.CONTRADICTS, detail);
  }

  static Evidence unavailable(Witness witness, String detail) {
    return new Evidence(witness, Verdict.UNAVAILABLE, detail);
  }
}
