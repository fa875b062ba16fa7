// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.safety;

/** Fresh files could not be made. The message is one line: what, where, why, and what to do. */
public final class ScratchException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ScratchException(Throwable cause, String format, Object... values) {
    super(String.format(format, values), cause);
  }

  /** The process's exit code for this failure: another --dir would help. */
  public int exitCode() {
    return 2;
  }
}
