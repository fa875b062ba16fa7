// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.gate;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.p2pbench.reports.compare.Fact;
import org.p2pbench.reports.compare.Rules;
import org.p2pbench.reports.metrics.TrackedMetric;
import org.p2pbench.reports.regression.Better;
import org.p2pbench.reports.regression.Judgement.Criteria;
import org.p2pbench.reports.rundir.Row;

/**
 * What a candidate has to hold; the format is in gate-policy.md.
 *
 * @param falseAlarms share of false alarms over the whole table
 * @param strict whether all of an interval has to lie beyond the smallest change
 * @param metrics what is judged; the last entry that fits a row and metric counts
 * @param required patterns of rows that both runs must have
 * @param waivers regressions that are let pass for a while
 */
public record Policy(
    String format,
    Integer version,
    Double falseAlarms,
    Boolean strict,
    WhenUnsure whenUnsure,
    List<Gated> metrics,
    List<String> required,
    List<Waiver> waivers)
    implements Rules {
  private static final double DEFAULT_FALSE_ALARMS = 0.05;

  /** Checks values and fills in defaults. */
  public Policy {
    if (!"p2pbench-gate-policy".equals(format)) {
      throw new BadMember(
          "format",
          "is "
              + (format == null ? "missing" : "\"" + format + "\"")
              + ", not \"p2pbench-gate-policy\"");
    }
    if (version == null || version != 1) {
      throw new BadMember(
          "version",
          "is " + (version == null ? "missing" : version) + ", and this p2pbench reads 1");
    }
    falseAlarms = falseAlarms == null ? Double.valueOf(DEFAULT_FALSE_ALARMS) : falseAlarms;
    if (!(falseAlarms > 0 && falseAlarms <= 0.2)) {
      throw new BadMember("falseAlarms", "is " + falseAlarms + ", not above 0 and up to 0.2");
    }
    strict = strict != null && strict;
    whenUnsure = whenUnsure == null ? WhenUnsure.PASS : whenUnsure;
    metrics = metrics == null ? everything() : entries(metrics, "metrics");
    required = required == null ? List.of() : entries(required, "required");
    waivers = waivers == null ? List.of() : entries(waivers, "waivers");
  }

  /** What becomes of a metric whose forks do not decide it. */
  public enum WhenUnsure {
    /** It passes. */
    @JsonProperty("pass")
    PASS,
    /** The candidate cannot be judged. */
    @JsonProperty("refuse")
    REFUSE
  }

  /**
   * One entry of {@code metrics}.
   *
   * @param metric name or pattern
   * @param rows pattern of row ids
   * @param smallestChange relative change that matters; null for the metric's own
   * @param better which way it gets better; null for the metric's own
   */
  public record Gated(
      String metric, String rows, Double smallestChange, Direction better, Boolean judged) {
    /** Checks the values. */
    public Gated {
      present(metric, "metric");
      String pattern = metric;
      if (!metric.equals(Fact.NAME)
          && TrackedMetric.all().stream().noneMatch(m -> Patterns.fits(pattern, m.name()))) {
        throw new BadMember(
            "metric",
            "is \""
                + metric
                + "\", and there are only "
                + String.join(
                    ", ", TrackedMetric.all().stream().map(TrackedMetric::name).toList()));
      }
      if (smallestChange != null && !(smallestChange >= 0 && smallestChange < 1)) {
        throw new BadMember(
            "smallestChange",
            "is " + smallestChange + ", not a share below 1, such as 0.03 for 3 %");
      }
      rows = rows == null ? "*" : rows;
      judged = judged == null || judged;
    }
  }

  /** {@link Better} by its words in a policy. */
  public enum Direction {
    /** Such as latency. */
    @JsonProperty("lower")
    LOWER,
    /** Such as throughput. */
    @JsonProperty("higher")
    HIGHER
  }

  /**
   * A regression that is let pass.
   *
   * @param row pattern of row ids
   * @param metric name or pattern, {@code function} included
   * @param until the last day, ISO 8601
   */
  public record Waiver(String row, String metric, String reason, String until) {
    /** Checks that all is there. */
    public Waiver {
      present(row, "row");
      present(metric, "metric");
      present(reason, "reason");
      present(until, "until");
      try {
        LocalDate.parse(until);
      } catch (DateTimeException e) {
        throw new BadMember("until", "is \"" + until + "\", not a day such as 2026-12-31");
      }
    }

    /** The last day it holds. */
    public LocalDate lastDay() {
      return LocalDate.parse(until);
    }

    boolean fits(String rowId, String metricName) {
      return Patterns.fits(row, rowId) && Patterns.fits(metric, metricName);
    }

    String sentence() {
      return row + " " + metric + " (" + reason + ")";
    }
  }

  /** Every metric with its own smallest change: what holds without a file. */
  public static Policy standard() {
    return new Policy("p2pbench-gate-policy", 1, null, null, null, null, null, null);
  }

  private static List<Gated> everything() {
    return List.of(new Gated("*", null, null, null, null));
  }

  @Override
  public Optional<Criteria> criteria(Row row, TrackedMetric metric) {
    Optional<Gated> entry =
        metrics.stream()
            .filter(
                m -> Patterns.fits(m.metric(), metric.name()) && Patterns.fits(m.rows(), row.id()))
            .reduce((earlier, later) -> later);
    return entry
        .filter(Gated::judged)
        .map(
            m ->
                new Criteria(
                    m.better() == null
                        ? metric.better()
                        : Better.valueOf(m.better().name().toUpperCase(Locale.ROOT)),
                    m.smallestChange() == null ? metric.smallestChange() : m.smallestChange(),
                    falseAlarms,
                    strict));
  }

  /** Whether any figure counts, besides what a row does at all. */
  boolean judgesMetrics() {
    return metrics.stream().anyMatch(m -> m.judged() && !m.metric().equals(Fact.NAME));
  }

  private static void present(String value, String name) {
    if (value == null || value.isBlank()) {
      throw new BadMember(name, "is missing");
    }
  }

  private static <T> List<T> entries(List<T> list, String name) {
    for (int i = 0; i < list.size(); i++) {
      if (list.get(i) == null || list.get(i).toString().isBlank()) {
        throw new BadMember(name + "[" + i + "]", "is empty");
      }
    }
    return List.copyOf(list);
  }
}
