// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.tracing;

/** Why the kernel cannot be traced here, in one line. */
public final class TraceException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** With one line for the user. */
  public TraceException(String message) {
    super(message);
  }
}
