// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import org.p2pbench.reports.metrics.MeasuredRun;
import org.p2pbench.reports.regression.Change;
import org.p2pbench.reports.regression.Verdict;

/** The whole comparison as JSON, format {@code p2pbench-comparison}. */
public final class ComparisonJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ComparisonJson() {}

  /** The file's text. */
  public static String of(RunComparison comparison, Summary summary) {
    ObjectNode root = JSON.createObjectNode();
    root.put("format", "p2pbench-comparison").put("version", 1);
    root.put("machineClass", comparison.machineClass().label());
    root.put("headline", summary.headline());
    ArrayNode problems = root.putArray("problems");
    summary.problems().forEach(problems::add);
    run(root.putObject("baseline"), comparison.baseline());
    run(root.putObject("candidate"), comparison.candidate());
    root.put("design", comparison.design().name().toLowerCase(Locale.ROOT));
    ArrayNode remarks = root.putArray("remarks");
    Wording.remarks(comparison).forEach(remarks::add);
    ArrayNode facts = root.putArray("facts");
    for (Fact fact : comparison.facts()) {
      ObjectNode node = facts.addObject().put("row", fact.rows().id());
      node.put("verdict", word(fact.verdict())).put("finding", fact.sentence());
      node.put("waiver", fact.waiver().orElse(null));
    }
    ArrayNode changes = root.putArray("changes");
    comparison.changes().forEach(change -> change(changes.addObject(), change));
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void run(ObjectNode node, MeasuredRun run) {
    node.put("directory", run.run().path().toString());
    node.put("startedAt", run.run().environment().startedAt());
    node.put(
        "revision",
        run.run().environment().p2pbench() == null
            ? "unknown"
            : run.run().environment().p2pbench().revision());
    node.put("fingerprint", run.fingerprint().hash());
  }

  private static void change(ObjectNode node, MetricChange change) {
    Change c = change.change();
    node.put("row", change.rows().id()).put("metric", change.metric().name());
    node.put("unit", change.metric().kind().unit());
    node.put("better", change.criteria().better().name().toLowerCase(Locale.ROOT));
    node.put("verdict", word(change.verdict())).put("reason", Wording.reason(change));
    number(node, "ratio", c.ratio());
    number(node, "low", c.low());
    number(node, "high", c.high());
    node.put("p", c.p()).put("adjustedP", change.adjustedP());
    node.put("smallestChange", change.criteria().smallestChange());
    node.put("method", c.method().name().toLowerCase(Locale.ROOT).replace('_', '-'));
    change
        .judgement()
        .moreForks()
        .ifPresentOrElse(more -> node.put("moreForks", more), () -> node.putNull("moreForks"));
    node.put("waiver", change.waiver().orElse(null));
    forks(node.putArray("baseline"), change.baseline());
    forks(node.putArray("candidate"), change.candidate());
  }

  private static void forks(ArrayNode node, double[] forks) {
    for (double fork : forks) {
      if (Double.isFinite(fork)) {
        node.add(fork);
      } else {
        node.addNull();
      }
    }
  }

  private static void number(ObjectNode node, String name, double value) {
    if (Double.isFinite(value)) {
      node.put(name, value);
    } else {
      node.putNull(name);
    }
  }

  private static String word(Verdict verdict) {
    return verdict.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
