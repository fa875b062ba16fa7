// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

/** How transactions of an open loop arrive. The order is that of the C header. */
public enum Arrivals {
  /** One after each equal gap. */
  FIXED("fixed"),
  /** After independent, exponentially distributed gaps: what many independent callers send. */
  POISSON("poisson");

  private final String label;

  Arrivals(String label) {
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
  public static Arrivals parse(String text) {
    return Labels.parse("arrivals", values(), Arrivals::label, text);
  }
}
