// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.compare;

import java.util.List;
import org.p2pbench.reports.fingerprint.Difference;

/** Two runs whose figures say nothing about each other, with what differs. */
public final class NotComparableException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<Difference> differences;

  /** With what differs. */
  public NotComparableException(List<Difference> differences) {
    super(
        "the runs were made on different machines, so nothing is compared (measure both on one, or"
            + " give a baseline of this machine)");
    this.differences = List.copyOf(differences);
  }

  /** What differs. */
  public List<Difference> differences() {
    return differences;
  }
}
