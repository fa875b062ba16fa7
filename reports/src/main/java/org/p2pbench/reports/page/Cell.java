// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

/**
 * A cell of a table.
 *
 * @param detail smaller text below, such as the spread, or ""
 * @param look how it is set: a class of the style sheet
 */
public record Cell(String text, String detail, Look look) {

  /** How a cell is set. */
  public enum Look {
    /** Names the row. */
    HEAD,
    /** Names the row, and says the same as the row above. */
    HEAD_AGAIN,
    /** Words. */
    TEXT,
    /** A figure. */
    NUMBER,
    /** A figure that is on the better side. */
    BETTER,
    /** A figure that is on the worse side. */
    WORSE,
    /** There is no figure; the text says why. */
    NONE;

    /** Whether the cell names its row. */
    public boolean header() {
      return this == HEAD || this == HEAD_AGAIN;
    }

    /** The classes in the style sheet. */
    public String css() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }
  }

  static Cell head(String text) {
    return new Cell(text, "", Look.HEAD);
  }

  static Cell headAgain(String text) {
    return new Cell(text, "", Look.HEAD_AGAIN);
  }

  static Cell text(String text) {
    return new Cell(text, "", Look.TEXT);
  }

  static Cell number(String text) {
    return new Cell(text, "", Look.NUMBER);
  }

  static Cell number(String text, String detail) {
    return new Cell(text, detail, Look.NUMBER);
  }

  static Cell none(String why) {
    return new Cell(why, "", Look.NONE);
  }
}
