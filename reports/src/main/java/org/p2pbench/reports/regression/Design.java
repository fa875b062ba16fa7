// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.regression;

import java.util.Optional;

/** In which order the forks of two sides ran. */
public enum Design {
  /**
   * All forks of one side, then all of the other. What the host did in between counts as a
   * difference, and more forks do not help.
   */
  SEQUENTIAL(
      "baseline and candidate were measured one after the other: if the host changed in between,"
          + " that shows as a difference. Use `ab`, which alternates their forks."),
  /** A B B A ...: fork i of one side ran next to fork i of the other. */
  INTERLEAVED(null),
  /** One new run against stored ones: what changes from run to run is in their scatter. */
  STORED(null);

  private final String warning;

  Design(String warning) {
    this.warning = warning;
  }

  /** What a reader has to know about results of this design. */
  public Optional<String> warning() {
    return Optional.ofNullable(warning);
  }
}
