// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.p2pbench.reports.regression.Verdict;

/** The comparison as GitHub workflow commands, which show as annotations of the job. */
public final class Annotations {
  /** GitHub shows ten of a kind for a step. */
  private static final int MOST = 10;

  private Annotations() {}

  /** One command a line: errors for regressions and problems, warnings, then improvements. */
  public static List<String> of(RunComparison comparison, Summary summary) {
    List<String> commands = new ArrayList<>();
    List<String> errors =
        Stream.of(
                summary.problems().stream().map(problem -> "p2pbench cannot judge\0" + problem),
                comparison.facts().stream().filter(Fact::regressed).map(Annotations::fact),
                comparison.changes().stream()
                    .filter(MetricChange::regressed)
                    .map(Annotations::change))
            .flatMap(s -> s)
            .toList();
    add(commands, "error", errors);
    add(
        commands,
        "warning",
        Wording.remarks(comparison).stream().map(remark -> "p2pbench\0" + remark).toList());
    add(
        commands,
        "notice",
        comparison.changes().stream()
            .filter(change -> change.verdict() == Verdict.IMPROVED || change.waiver().isPresent())
            .map(Annotations::change)
            .toList());
    return commands;
  }

  /** The command of a comparison that there is none of. */
  public static String problem(String reason, List<String> details) {
    String text = details.isEmpty() ? reason : reason + "\n" + String.join("\n", details);
    return "::error title=p2pbench cannot judge::" + data(text);
  }

  private static String fact(Fact fact) {
    return "p2pbench: "
        + fact.rows().id()
        + " "
        + Wording.verdict(fact.verdict())
        + "\0"
        + fact.sentence();
  }

  private static String change(MetricChange change) {
    return "p2pbench: "
        + change.rows().id()
        + " "
        + Wording.verdict(change)
        + "\0"
        + Wording.sentence(change);
  }

  /** The last one of too many says how many there are besides. */
  private static void add(List<String> commands, String kind, List<String> texts) {
    int shown = texts.size() <= MOST ? texts.size() : MOST - 1;
    for (String text : texts.subList(0, shown)) {
      String[] parts = text.split("\0", 2);
      commands.add("::" + kind + " title=" + property(parts[0]) + "::" + data(parts[1]));
    }
    if (shown < texts.size()) {
      commands.add("::" + kind + " title=p2pbench::and " + (texts.size() - shown) + " more");
    }
  }

  private static String data(String text) {
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A");
  }

  private static String property(String text) {
    return data(text).replace(":", "%3A").replace(",", "%2C");
  }
}
