// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.discovery;

/**
 * Nothing fits what was asked for, or too much does. The message is one line for the user: what,
 * where, why, and what to do.
 */
public final class DiscoveryException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final int EXIT_BAD_INPUT = 2;
  private static final int EXIT_NOT_HERE = 3;

  private final int exitCode;

  private DiscoveryException(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  /** The user named something that does not exist or is not what it should be. */
  static DiscoveryException badInput(String format, Object... values) {
    return new DiscoveryException(EXIT_BAD_INPUT, String.format(format, values));
  }

  /** The machine does not have what is needed. */
  static DiscoveryException notHere(String format, Object... values) {
    return new DiscoveryException(EXIT_NOT_HERE, String.format(format, values));
  }

  /** The process's exit code for this failure: 2 bad input, 3 cannot be done on this machine. */
  public int exitCode() {
    return exitCode;
  }
}
