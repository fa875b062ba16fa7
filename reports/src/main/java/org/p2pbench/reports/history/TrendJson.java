// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.history;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.p2pbench.reports.fingerprint.Difference;
import org.p2pbench.reports.regression.ChangePoint;
import org.p2pbench.reports.regression.ChangePoints;

/** A trend as JSON; history-store.md has the format. */
public final class TrendJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_NULL, JsonInclude.Include.USE_DEFAULTS))
          .build();

  private TrendJson() {}

  /** The document, indented. */
  public static String of(Trend trend) {
    ObjectNode root = MAPPER.createObjectNode();
    root.put("format", "p2pbench-trend").put("version", 1).put("branch", trend.branch());
    root.put("alpha", ChangePoints.ALERT_ALPHA);
    root.put("alertAtTheEnd", trend.alertAtTheEnd());
    ArrayNode machines = root.putArray("machines");
    trend.machines().forEach(machine -> machine(machines.addObject(), machine));
    try {
      return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void machine(ObjectNode node, MachineTrend machine) {
    node.put("fingerprint", machine.fingerprint());
    node.put("machineClass", machine.machineClass().label());
    node.set("machine", MAPPER.valueToTree(machine.machine()));
    ArrayNode runs = node.putArray("runs");
    for (StoredRun run : machine.runs()) {
      ObjectNode n = runs.addObject().put("id", run.id()).put("startedAt", run.startedAt());
      n.put("revision", run.revision());
      if (run.label() != null) {
        n.put("label", run.label());
      }
    }
    ArrayNode changes = node.putArray("environmentChanges");
    for (MachineTrend.EnvironmentChange change : machine.environmentChanges()) {
      for (Difference difference : change.differences()) {
        ObjectNode n = changes.addObject().put("run", machine.runs().get(change.run()).id());
        n.put("what", difference.what());
        n.put("before", difference.baseline()).put("after", difference.candidate());
      }
    }
    ArrayNode events = node.putArray("events");
    machine.events().forEach(event -> event(events.addObject(), machine, event));
    ArrayNode all = node.putArray("series");
    machine.series().forEach(series -> series(all.addObject(), machine, series));
  }

  private static void event(ObjectNode node, MachineTrend machine, TrendEvent event) {
    node.put("run", machine.runs().get(event.run()).id());
    node.put("earliestRun", machine.runs().get(event.from()).id());
    node.put("latestRun", machine.runs().get(event.to()).id());
    node.put("revisions", machine.revisions(event)).put("alert", event.alerts());
    node.put("worse", event.worse()).put("weak", event.weak());
    ArrayNode series = node.putArray("series");
    event.members().forEach(member -> series.add(machine.series().indexOf(member.series())));
    ArrayNode environment = node.putArray("environmentChanges");
    machine.environmentChanges(event).forEach(d -> environment.add(d.sentence()));
  }

  private static void series(ObjectNode node, MachineTrend machine, TrendSeries series) {
    TrendSeries.Subject subject = series.subject();
    node.put("benchmark", subject.row().benchmark());
    node.set("parameters", MAPPER.valueToTree(subject.row().parameters()));
    node.put("machineClass", subject.machineClass().label());
    node.put("metric", subject.metric().name()).put("unit", subject.metric().kind().unit());
    node.put("smallestChange", series.smallestChange());
    node.put("state", series.state().label());
    ArrayNode shifts = node.putArray("changes");
    series.shifts().forEach(shift -> shift(shifts.addObject(), machine, series, shift));
    ArrayNode outliers = node.putArray("outliers");
    series.outliers().forEach(i -> outliers.add(series.runs().get(i).id()));
    ObjectNode values = node.putObject("values");
    for (int i = 0; i < series.values().length; i++) {
      values.put(series.runs().get(i).id(), series.values()[i]);
    }
  }

  private static void shift(
      ObjectNode node, MachineTrend machine, TrendSeries series, TrendSeries.Shift shift) {
    ChangePoint point = shift.point();
    node.put("alert", shift.alert()).put("worse", shift.worse()).put("recent", shift.recent());
    node.put("run", series.runs().get(point.index()).id());
    node.put("earliestRun", series.runs().get(point.from()).id());
    node.put("latestRun", series.runs().get(point.to()).id());
    node.put("revisions", series.revisions(shift));
    node.put("before", point.before()).put("after", point.after()).put("p", point.p());
    if (!Double.isNaN(point.ratio())) {
      node.put("ratio", point.ratio()).put("low", point.low()).put("high", point.high());
    }
    ArrayNode environment = node.putArray("environmentChanges");
    machine.environmentChanges(series, shift).forEach(d -> environment.add(d.sentence()));
  }
}
