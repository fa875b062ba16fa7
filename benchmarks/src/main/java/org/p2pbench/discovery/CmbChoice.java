// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.discovery;

/**
 * The CMB that a run uses, and why it is this one. Immutable.
 *
 * @param controller has a CMB
 * @param reason a sentence's end, such as "it is the target's own"
 */
public record CmbChoice(NvmeController controller, String reason) {
  public CmbChoice {
    if (controller.cmb().isEmpty()) {
      throw new IllegalArgumentException("controller without a CMB: " + controller.name());
    }
  }

  /** The CMB. */
  public Cmb cmb() {
    return controller.cmb().orElseThrow();
  }
}
