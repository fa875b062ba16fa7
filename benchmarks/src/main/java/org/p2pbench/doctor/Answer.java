// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

import java.util.Locale;

/** Whether something works: known, or known not to be known. */
public enum Answer {
  /** It works. */
  YES,
  /** It cannot work as things are. */
  NO,
  /** It cannot be told from here. */
  UNKNOWN;

  /** The word that doctor.json uses. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The answer where both must work. */
  Answer and(Answer other) {
    if (this == NO || other == NO) {
      return NO;
    }
    return this == YES ? other : UNKNOWN;
  }
}
