// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

/** Ends a command with one line and an exit code: 1 failed, 2 bad input, 3 cannot be done here. */
final class CommandFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  static final int FAILED = 1;
  static final int BAD_INPUT = 2;
  static final int CANNOT = 3;

  private final int exitCode;

  CommandFailure(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  int exitCode() {
    return exitCode;
  }
}
