// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.Arrays;
import org.p2pbench.reports.metrics.MeasuredRun;
import org.p2pbench.reports.metrics.RowValues;
import org.p2pbench.reports.metrics.TrackedMetric;
import org.p2pbench.reports.regression.Better;

/**
 * A run as github-action-benchmark reads it with {@code tool: customSmallerIsBetter}. One file has
 * one direction there, so that a rate is written as ns per operation, and what else is better the
 * more there is of it is left out.
 */
public final class GithubActionBenchmark {
  private static final ObjectMapper JSON = new ObjectMapper();

  private GithubActionBenchmark() {}

  /** The file's text. */
  public static String of(MeasuredRun run) {
    ArrayNode entries = JSON.createArrayNode();
    for (RowValues row : run.rows().values()) {
      for (TrackedMetric metric : row.values().keySet()) {
        add(entries, run, row, metric);
      }
    }
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(entries) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void add(ArrayNode entries, MeasuredRun run, RowValues row, TrackedMetric metric) {
    double[] forks = row.of(metric);
    String name = metric.name();
    String unit = metric.kind().unit();
    boolean rate =
        metric.kind() == TrackedMetric.Kind.BYTE_RATE || metric.kind() == TrackedMetric.Kind.RATE;
    if (!rate && metric.better() == Better.HIGHER) {
      return;
    }
    if (rate) {
      Long blockBytes = row.figures().parameters().blockBytes();
      double bytes = metric.kind() == TrackedMetric.Kind.BYTE_RATE ? blockBytes : 1;
      forks = Arrays.stream(forks).map(rateValue -> 1e9 * bytes / rateValue).toArray();
      name = "time-per-operation";
      unit = "ns";
    }
    double[] values = forks;
    String title = row.row().id() + " " + name + " (" + run.analysis().machineClass().label() + ")";
    String entryUnit = unit;
    MetricChange.median(values)
        .filter(Double::isFinite)
        .ifPresent(
            median ->
                entries
                    .addObject()
                    .put("name", title)
                    .put("unit", entryUnit)
                    .put("value", median)
                    .put("range", range(values))
                    .put("extra", values.length + " forks, machine " + run.fingerprint().hash()));
  }

  private static String range(double[] forks) {
    double least = Arrays.stream(forks).min().orElse(0);
    double most = Arrays.stream(forks).max().orElse(0);
    return "± "
        + java.math.BigDecimal.valueOf((most - least) / 2)
            .round(new java.math.MathContext(3))
            .toPlainString();
  }
}
