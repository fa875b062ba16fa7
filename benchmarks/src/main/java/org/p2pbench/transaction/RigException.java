// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

/** Why a row cannot be measured, in one line for the user. */
public final class RigException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Whose fault it is, hence how the run goes on. */
  public enum Kind {
    /** Wrong or dangerous input: nothing was touched. Exit code 2. */
    BAD_INPUT(2),
    /** This machine cannot do it. Exit code 3. */
    CANNOT(3),
    /** The kernel refuses this combination: the row says so and the run goes on. */
    REFUSED(3),
    /** The measurement failed: the run ends, results so far are kept. Exit code 1. */
    FAILED(1),
    /**
     * An I/O never completes and its process cannot end: the run ends, and touches that device no
     * more, not even to clean up, for that would never end either. Exit code 1.
     */
    HUNG(1);

    private final int exitCode;

    Kind(int exitCode) {
      this.exitCode = exitCode;
    }

    /** Exit code of a command that ends with this. */
    public int exitCode() {
      return exitCode;
    }
  }

  private final Kind kind;

  /** A reason without a Java cause worth showing. */
  public RigException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /** A reason with the exception behind it. */
  public RigException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** Whose fault it is. */
  public Kind kind() {
    return kind;
  }
}
