// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.numa;

import java.util.OptionalInt;

/**
 * A node as a user asks for it.
 *
 * @param word near, far, or the node's number
 */
public record NumaChoice(String word) {

  static final NumaChoice NEAR = new NumaChoice("near");
  static final NumaChoice FAR = new NumaChoice("far");

  /**
   * Reads near, far or a number.
   *
   * @throws IllegalArgumentException one line: what, and what is allowed
   */
  public static NumaChoice parse(String text) {
    if (!text.matches("near|far|\\d{1,9}")) {
      throw new IllegalArgumentException(
          "unknown NUMA placement '%s': near, far, or the number of a node".formatted(text));
    }
    return new NumaChoice(text);
  }

  /** The node, where it was named by its number. */
  OptionalInt number() {
    return equals(NEAR) || equals(FAR)
        ? OptionalInt.empty()
        : OptionalInt.of(Integer.parseInt(word));
  }
}
