// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

/** Which block of a span comes next. The order is that of the C header. */
public enum Pattern {
  /** The next one, from the first again after the last. */
  SEQUENTIAL("sequential"),
  /** Any one, with equal chances; the seed decides. */
  RANDOM("random");

  private final String label;

  Pattern(String label) {
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
  public static Pattern parse(String text) {
    return Labels.parse("pattern", values(), Pattern::label, text);
  }
}
