// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.p2pbench.reports.rundir.Fork;
import org.p2pbench.reports.rundir.Parameters;
import org.p2pbench.reports.statistics.Analysis;
import org.p2pbench.reports.statistics.Comparison;
import org.p2pbench.reports.statistics.RowFigures;
import org.p2pbench.reports.statistics.Setting;

/** The names of paths and settings, and which style a path has on all charts of a page. */
final class Paths {
  private final List<String> styles;

  /**
   * The paths of a run get their styles in a fixed order, so that they keep them on every chart.
   */
  Paths(Analysis analysis) {
    styles =
        analysis.rows().stream()
            .sorted(order())
            .map(row -> name(row.parameters()))
            .distinct()
            .toList();
  }

  /** Index of a path's colour, line style and marker. */
  int style(RowFigures row) {
    return styles.indexOf(name(row.parameters()));
  }

  /** CMB first, then the bounce, then the rest by name. */
  static Comparator<RowFigures> order() {
    return Comparator.<RowFigures, Integer>comparing(row -> rank(row.parameters()))
        .thenComparing(row -> name(row.parameters()));
  }

  private static int rank(Parameters p) {
    if (Comparison.isBaseline(p)) {
      return 1;
    }
    boolean plain =
        !"registered".equals(p.pinning())
            && (p.staging() == null || p.staging() == 0)
            && !"2MiB".equals(p.pages());
    if (Comparison.isCmb(p.memory())) {
      return plain ? 0 : 2;
    }
    return 3;
  }

  /**
   * Whether a path belongs to the answer: CMB or RAM, however it is pinned. The others (larger
   * pages, extra copies, the page cache) are twins that differ in something else.
   */
  static boolean isMain(RowFigures row) {
    Parameters p = row.parameters();
    return (Comparison.isCmb(p.memory()) || "ram".equals(p.memory()))
        && (p.staging() == null || p.staging() == 0)
        && !"2MiB".equals(p.pages());
  }

  /** A path as people know it: memory, then what is unusual about it. */
  static String name(Parameters p) {
    List<String> parts = new ArrayList<>();
    parts.add(memory(p.memory(), p));
    if ("registered".equals(p.pinning())) {
      parts.add("registered");
    }
    if ("2MiB".equals(p.pages())) {
      parts.add("2 MiB pages");
    }
    if (p.staging() != null && p.staging() > 0) {
      parts.add("extra copy");
    }
    return String.join(", ", parts);
  }

  /** The path of a row, with its machine class where that is not the run's. */
  static String name(RowFigures row, Analysis analysis) {
    String name = name(row.parameters());
    return row.row().machineClass() == analysis.machineClass()
        ? name
        : name + " [" + row.row().machineClass().label() + "]";
  }

  /** The pages that a row really got, where they are not those that it asked for. */
  static String pagesNote(RowFigures row) {
    String asked = row.parameters().pages();
    return row.row().forks().stream()
        .map(Fork::pagesGot)
        .filter(got -> got != null && asked != null && !got.equals(asked))
        .findFirst()
        .map(got -> pages(asked) + " pages asked, " + pages(got) + " got")
        .orElse("");
  }

  /** "4KiB" as "4 KiB". */
  static String pages(String pages) {
    return pages == null ? "unknown" : pages.replaceAll("(?<=[0-9])(?=[KMG]iB)", " ");
  }

  static String memory(String memory) {
    if (memory == null) {
      return "unknown";
    }
    return switch (memory) {
      case "cmb" -> "CMB";
      case "cmb-emulated" -> "CMB stand-in (emulated)";
      case "ram" -> "RAM";
      case "page-cache" -> "page cache";
      default -> memory;
    };
  }

  private static String memory(String memory, Parameters p) {
    boolean direct = "cmb".equals(memory) && (p.staging() == null || p.staging() == 0);
    if (direct) {
      return "CMB-direct";
    }
    return "page-cache".equals(memory) ? "Page cache (buffered)" : memory(memory);
  }

  /** "io_uring, depth 8, 2 threads, random". */
  static String setting(Setting setting) {
    return engine(setting.engine())
        + "depth "
        + setting.depth()
        + ", "
        + threads(setting.threads())
        + (setting.pattern().isEmpty() ? "" : ", " + setting.pattern())
        + (setting.layout().isEmpty() ? "" : ", " + setting.layout());
  }

  private static String engine(String engine) {
    return engine.isEmpty() ? "" : engine + ", ";
  }

  /** With a capital at the start. */
  static String capital(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }

  static String threads(int threads) {
    return threads == 1 ? "1 thread" : threads + " threads";
  }
}
