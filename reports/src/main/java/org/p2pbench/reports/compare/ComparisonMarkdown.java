// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.compare;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.p2pbench.reports.regression.Verdict;

/**
 * The comparison for a pull request: the answer first, the table folded, below what GitHub takes as
 * one comment, whatever the number of rows.
 */
public final class ComparisonMarkdown {
  /** GitHub refuses comments of more than 65,536 characters. */
  static final int MOST_BYTES = 64 * 1024;

  private static final int MOST_SHOWN = 15;
  private static final int ROOM_FOR_THE_END = 512;

  private ComparisonMarkdown() {}

  /** The file's text. */
  public static String of(RunComparison comparison, Summary summary) {
    StringBuilder out = new StringBuilder();
    out.append("### p2pbench: ")
        .append(escape(summary.headline()))
        .append("\n\nMachine class **")
        .append(comparison.machineClass().label())
        .append("** (")
        .append(comparison.machineClass().meaning())
        .append(").\n");
    bullets(out, summary.problems(), "cannot judge: ");
    bullets(out, changed(comparison), "");
    bullets(out, Wording.remarks(comparison), "");
    table(out, comparison);
    return out.toString();
  }

  /** What got worse, then what got better. */
  private static List<String> changed(RunComparison comparison) {
    List<String> lines = new ArrayList<>();
    comparison.facts().stream()
        .filter(fact -> fact.verdict() != Verdict.EQUIVALENT)
        .forEach(
            fact ->
                lines.add(
                    "**"
                        + Wording.verdict(fact.verdict())
                        + "** "
                        + escape(fact.rows().id() + ": " + fact.sentence())));
    comparison.changes().stream()
        .filter(c -> c.verdict() == Verdict.REGRESSED || c.verdict() == Verdict.IMPROVED)
        .forEach(
            change ->
                lines.add(
                    "**"
                        + Wording.verdict(change)
                        + "** "
                        + escape(change.rows().id() + ": " + Wording.sentence(change))));
    return lines;
  }

  private static void bullets(StringBuilder out, List<String> lines, String before) {
    if (lines.isEmpty()) {
      return;
    }
    out.append('\n');
    lines.stream()
        .limit(MOST_SHOWN)
        .forEach(
            line -> out.append("- ").append(before).append(Wording.oneLine(line)).append('\n'));
    if (lines.size() > MOST_SHOWN) {
      out.append("- and ").append(lines.size() - MOST_SHOWN).append(" more\n");
    }
  }

  private static void table(StringBuilder out, RunComparison comparison) {
    List<MetricChange> changes = comparison.changes();
    out.append("\n<details><summary>All ")
        .append(changes.size())
        .append(" metrics (")
        .append(comparison.machineClass().label())
        .append(
            ")</summary>\n\n| Verdict | Row | Metric | Before → after | Change [95 %] | Why |\n")
        .append("| --- | --- | --- | ---: | ---: | --- |\n");
    int bytes = bytes(out.toString());
    int shown = 0;
    for (MetricChange change : changes) {
      String line = line(change);
      bytes += bytes(line);
      if (bytes > MOST_BYTES - ROOM_FOR_THE_END) {
        break;
      }
      out.append(line);
      shown++;
    }
    if (shown < changes.size()) {
      out.append("\n")
          .append(changes.size() - shown)
          .append(
              " more, which matter less, do not fit into a comment: see the page or the JSON.\n");
    }
    out.append("\n</details>\n");
  }

  private static String line(MetricChange change) {
    return "| "
        + String.join(
            " | ",
            Wording.verdict(change),
            escape(change.rows().id()),
            escape(change.metric().label()),
            escape(Wording.values(change)),
            escape(Wording.effect(change)),
            escape(Wording.reason(change)))
        + " |\n";
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /** Text from elsewhere stays text: no markup, no mention, no line break, no cell border. */
  private static String escape(String text) {
    return Wording.oneLine(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace("@", "&#64;")
        .replaceAll("([\\\\`*_{}\\[\\]#|!])", "\\\\$1");
  }
}
