// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.rundir;

/** Input that cannot be reported on: one line that names the file, the reason and what to do. */
public final class BadRunDirectoryException extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * @param message one line: what, where, why, what to do
   */
  public BadRunDirectoryException(String message) {
    super(message);
  }
}
