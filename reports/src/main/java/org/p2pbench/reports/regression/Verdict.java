// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.regression;

/** What is said of a candidate's metric. */
public enum Verdict {
  /** Worse beyond chance, by as much as matters. */
  REGRESSED,
  /** Better beyond chance, by as much as matters. */
  IMPROVED,
  /** All of the interval is smaller than what matters. */
  EQUIVALENT,
  /** The data do not decide it. */
  CANNOT_TELL
}
