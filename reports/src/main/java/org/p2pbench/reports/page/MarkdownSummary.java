// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.List;
import java.util.stream.Collectors;

/** summary.md: the answer as a table for GitHub's Markdown. */
final class MarkdownSummary {
  private MarkdownSummary() {}

  static String of(Report report) {
    StringBuilder out = new StringBuilder();
    out.append("# p2pbench: machine class ")
        .append(report.machineClass().label())
        .append(" (")
        .append(report.machineClass().meaning())
        .append(")\n\n")
        .append(escape(report.headline()))
        .append("\n");
    if (!report.missing().isEmpty()) {
      out.append('\n');
      report.missing().forEach(line -> out.append("> ").append(escape(line)).append("  \n"));
    }
    if (!report.keyFigures().isEmpty()) {
      out.append('\n');
      report
          .keyFigures()
          .forEach(figure -> out.append("- ").append(keyFigure(figure)).append('\n'));
    }
    for (Block block : report.answer()) {
      if (block instanceof Block.Text text) {
        text.paragraphs().forEach(line -> out.append('\n').append(escape(line)).append('\n'));
      } else if (block instanceof Block.Table table) {
        table(out, table);
      }
    }
    if (!report.answer().isEmpty()) {
      out.append('\n').append(AnswerTables.RATIO_NOTE).append('\n');
    }
    out.append('\n').append(escape(report.subtitle())).append(". More in `report/index.html`.\n");
    return out.toString();
  }

  private static String keyFigure(KeyFigure figure) {
    String values =
        figure.values().stream()
            .map(
                v ->
                    "**"
                        + v.figure()
                        + "** "
                        + v.at()
                        + (v.detail().isEmpty() ? "" : " " + v.detail()))
            .collect(Collectors.joining(", "));
    return escape(figure.label())
        + ": "
        + escape(values).replace("\\*", "*")
        + " ("
        + escape(figure.how())
        + ")";
  }

  private static void table(StringBuilder out, Block.Table table) {
    out.append("\n**")
        .append(escape(table.caption()))
        .append("** (")
        .append(table.machineClass().label())
        .append(")\n\n");
    row(out, table.columns());
    row(
        out,
        table.columns().stream().map(column -> column.equals("Path") ? "---" : "---:").toList());
    for (List<List<Cell>> group : table.groups()) {
      for (List<Cell> cells : group) {
        int last = cells.size() - 1;
        row(
            out,
            java.util.stream.IntStream.rangeClosed(0, last)
                .mapToObj(i -> escape(cell(cells.get(i), i == last)))
                .toList());
      }
    }
  }

  /** The ratio keeps its interval; the spread of the other figures is for the page. */
  private static String cell(Cell cell, boolean withDetail) {
    return withDetail && !cell.detail().isEmpty() ? cell.text() + " " + cell.detail() : cell.text();
  }

  private static void row(StringBuilder out, List<String> cells) {
    out.append("| ").append(String.join(" | ", cells)).append(" |\n");
  }

  /** Text from elsewhere stays text: no markup, no line break, no cell border. */
  private static String escape(String text) {
    return text.replaceAll("[\\p{Cntrl}]+", " ").replaceAll("([\\\\`*_{}\\[\\]<>#|!])", "\\\\$1");
  }
}
