// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.fingerprint;

/**
 * Something that two environments do not have in common.
 *
 * @param what its name, such as "CPU model"
 */
public record Difference(String what, String baseline, String candidate) {

  /** "CPU model: AMD EPYC, then Intel Xeon". */
  public String sentence() {
    return what + ": " + baseline + ", then " + candidate;
  }
}
