// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.history;

/** Why a store cannot do what it was asked: one line that says what, where, why and what to do. */
public final class StoreException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Whose matter it is. */
  public enum Kind {
    /** It could not be written or was cut off; what was stored is untouched. */
    FAILED,
    /** The user's input or a damaged file. */
    BAD_INPUT,
    /** There is nothing here to do it with. */
    CANNOT
  }

  private final Kind kind;

  /**
   * @param message one line
   */
  public StoreException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  /** Whose matter it is. */
  public Kind kind() {
    return kind;
  }

  static StoreException failed(String message) {
    return new StoreException(Kind.FAILED, message);
  }

  static StoreException badInput(String message) {
    return new StoreException(Kind.BAD_INPUT, message);
  }

  static StoreException cannot(String message) {
    return new StoreException(Kind.CANNOT, message);
  }
}
