// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.List;
import org.p2pbench.reports.charts.Units;
import org.p2pbench.reports.rundir.Parameters;
import org.p2pbench.reports.rundir.Row;
import org.p2pbench.reports.statistics.RowFigures;

/** Rows in the field's words, short enough for a table beside other rows. */
public final class RowNames {
  private RowNames() {}

  /** "transfer 4 KiB, RAM, registered, io_uring, depth 8": what is usual is left out. */
  public static String of(Row row) {
    RowFigures figures = new RowFigures(row, List.of());
    Parameters p = row.parameters();
    String size = p.blockBytes() == null ? "" : " " + Units.bytes(p.blockBytes());
    return switch (row.benchmark()) {
      case "transfer", "drain" -> row.benchmark() + size + ", " + Paths.name(p) + setting(p);
      case "busy-memory" -> BusySections.rowName(p, Paths.name(p) + setting(p));
      case "open-loop" ->
          "open loop"
              + size
              + ", "
              + Paths.name(p)
              + setting(p)
              + ", "
              + OpenLoopSection.offered(p);
      case "overhead" ->
          Overheads.rowName(p, Units.bytes(p.blockBytes()) + ", " + Paths.name(p) + setting(p));
      case "pin" -> "pin" + size + ", " + CostSections.pinName(figures);
      case "copy" -> "copy" + size + ", " + CostSections.copyName(figures);
      default -> row.id();
    };
  }

  private static String setting(Parameters p) {
    StringBuilder setting = new StringBuilder();
    if (p.engine() != null) {
      setting.append(", ").append(p.engine());
    }
    if (p.depth() != null && p.depth() > 1) {
      setting.append(", depth ").append(p.depth());
    }
    if (p.threads() != null && p.threads() > 1) {
      setting.append(", ").append(Paths.threads(p.threads()));
    }
    if (p.pattern() != null && !p.pattern().equals("sequential")) {
      setting.append(", ").append(p.pattern());
    }
    if (!p.layout().isEmpty()) {
      setting.append(", ").append(p.layout());
    }
    return setting.toString();
  }
}
