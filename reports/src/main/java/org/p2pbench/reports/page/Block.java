// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.ArrayList;
import java.util.List;
import org.p2pbench.reports.charts.Chart;
import org.p2pbench.reports.rundir.MachineClass;

/** A part of a section. The template asks for its {@code kind}. */
public sealed interface Block {

  /** Name of the template's macro that shows it. */
  String kind();

  /** Heads the blocks that follow it. */
  record Heading(String title) implements Block {
    @Override
    public String kind() {
      return "heading";
    }
  }

  /** Words; each string is a paragraph. */
  record Text(List<String> paragraphs) implements Block {
    @Override
    public String kind() {
      return "text";
    }
  }

  /**
   * A table.
   *
   * @param caption what it holds; the machine class is added when it is shown
   * @param groups rows that belong together, each a list of cells, as many as columns
   */
  record Table(
      MachineClass machineClass,
      String caption,
      List<String> columns,
      List<List<List<Cell>>> groups,
      String note)
      implements Block {
    private static final int LONG_TEXT = 40;

    /** Rows that belong together, each with the head before it, which the first one shows. */
    static List<List<Cell>> group(Cell head, List<List<Cell>> rows) {
      List<List<Cell>> group = new ArrayList<>();
      for (List<Cell> row : rows) {
        List<Cell> cells = new ArrayList<>(row);
        cells.add(0, group.isEmpty() ? head : Cell.headAgain(head.text()));
        group.add(cells);
      }
      return group;
    }

    /** Whether a column holds words, which are set from the left, and not figures. */
    public boolean words(int column) {
      return groups.stream()
          .flatMap(List::stream)
          .map(row -> row.get(column).look())
          .allMatch(look -> look.header() || look == Cell.Look.TEXT);
    }

    /** Whether it holds sentences: where a screen is narrow, no room is left beside them. */
    public boolean sentences() {
      return groups.stream()
          .flatMap(List::stream)
          .flatMap(List::stream)
          .anyMatch(cell -> cell.look() == Cell.Look.TEXT && cell.text().length() > LONG_TEXT);
    }

    /** Whether there is any figure in it: a table of nothing but reasons is not worth its place. */
    boolean hasFigures() {
      return groups.stream()
          .flatMap(List::stream)
          .flatMap(List::stream)
          .map(Cell::look)
          .anyMatch(look -> !look.header() && look != Cell.Look.TEXT && look != Cell.Look.NONE);
    }

    @Override
    public String kind() {
      return "table";
    }
  }

  /** A chart. */
  record Figure(Chart chart) implements Block {
    @Override
    public String kind() {
      return "figure";
    }
  }

  /**
   * A drawing that the run brought along.
   *
   * @param svg the drawing in Base64
   * @param title what it shows
   */
  record Picture(MachineClass machineClass, String svg, String title, String caption)
      implements Block {
    @Override
    public String kind() {
      return "picture";
    }
  }
}
