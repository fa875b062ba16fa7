// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/** Columns of text, as wide as they need to be. Control characters do not reach the terminal. */
final class TextTable {
  private final int columns;
  private final List<String[]> rows = new ArrayList<>();

  private final int heads;

  TextTable(String... heads) {
    columns = heads.length;
    rows.add(heads);
    this.heads = 1;
  }

  /** Without heads, where rows say themselves what they are. */
  TextTable(int columns) {
    this.columns = columns;
    heads = 0;
  }

  /** Adds a row, with as many cells as there are heads. */
  void add(String... cells) {
    rows.add(cells);
  }

  /** Adds words about the row above. */
  void note(String words) {
    rows.add(new String[] {words});
  }

  /** Prints the table without empty columns; nothing where no row was added. */
  void print(PrintWriter out) {
    if (rows.size() == heads) {
      return;
    }
    int[] widths = new int[columns];
    for (String[] row : rows) {
      for (int i = 0; i < columns && row.length == columns; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder(row.length == columns ? "" : "  ");
      for (int i = 0; i < row.length; i++) {
        line.append(row[i]);
        boolean padded = row.length == columns && widths[i] > 0;
        line.append(" ".repeat(padded ? widths[i] - row[i].length() + 2 : 0));
      }
      out.println(line.toString().replaceAll("\\p{Cntrl}", "?").stripTrailing());
    }
  }
}
