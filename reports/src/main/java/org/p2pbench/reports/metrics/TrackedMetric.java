// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.p2pbench.reports.charts.Units;
import org.p2pbench.reports.regression.Better;
import org.p2pbench.reports.regression.Tails;
import org.p2pbench.reports.rundir.Stage;

/**
 * A metric by which runs are compared and followed.
 *
 * @param name in files and policies, such as {@code drain-p99}
 * @param label for people, such as "p99 of drain"
 * @param smallestChange smallest relative change that matters, unless a policy says otherwise
 * @param stage of a percentile, else null
 * @param percentile such as 99.9, else 0
 */
public record TrackedMetric(
    String name,
    String label,
    Kind kind,
    Better better,
    double smallestChange,
    Stage stage,
    double percentile) {

  /** How values are taken, compared and written. */
  public enum Kind {
    /** Bytes per second: median of the iterations in the steady state. */
    BYTE_RATE("B/s"),
    /** Operations per second, likewise. */
    RATE("1/s"),
    /** ns per transaction. */
    TIME("ns"),
    /** Divided by the same in another row's fork of the same round. */
    RATIO("1"),
    /** Transactions offered per second. */
    OFFERED("1/s"),
    /** ns, from the fork's histogram. */
    PERCENTILE("ns"),
    /** A count per transaction that does not scatter by chance. */
    EXACT("1");

    private final String unit;

    Kind(String unit) {
      this.unit = unit;
    }

    /** Of the values. */
    public String unit() {
      return unit;
    }
  }

  private static final double CHANGE = 0.03;

  /** Near the knee latency is steep: a rate has about the scatter of a p99. */
  private static final double KNEE_CHANGE = 0.05;

  /** Bytes per second. */
  public static final TrackedMetric THROUGHPUT =
      plain("throughput", "throughput", Kind.BYTE_RATE, Better.HIGHER, CHANGE);

  /** Operations per second, of rows that have no block size. */
  public static final TrackedMetric OPERATIONS =
      plain("operations", "operations per second", Kind.RATE, Better.HIGHER, CHANGE);

  /** CPU time, user and system, per transaction. */
  public static final TrackedMetric CPU =
      plain("cpu-per-transaction", "CPU time per transaction", Kind.TIME, Better.LOWER, CHANGE);

  /**
   * Pages pinned per transaction, to a tenth: the kernel's counter is of the whole machine, where
   * others may pin a page now and then.
   */
  public static final TrackedMetric PINS =
      plain("pins-per-transaction", "pins per transaction", Kind.EXACT, Better.LOWER, 0);

  /** Bandwidth of a busy neighbour beside transfers, divided by that alone. */
  public static final TrackedMetric NEIGHBOUR_BANDWIDTH =
      plain(
          "neighbour-bandwidth-against-alone",
          "neighbour's bandwidth against alone",
          Kind.RATIO,
          Better.HIGHER,
          CHANGE);

  /** Its latency beside transfers, divided by that alone. */
  public static final TrackedMetric NEIGHBOUR_LATENCY =
      plain(
          "neighbour-latency-against-alone",
          "neighbour's latency against alone",
          Kind.RATIO,
          Better.LOWER,
          CHANGE);

  /** Rate at which p99 of an open loop reaches its bound. */
  public static final TrackedMetric KNEE =
      plain(
          "knee", "rate at which p99 reaches its bound", Kind.OFFERED, Better.HIGHER, KNEE_CHANGE);

  private static final List<TrackedMetric> ALL = list();

  private static TrackedMetric plain(
      String name, String label, Kind kind, Better better, double smallestChange) {
    return new TrackedMetric(name, label, kind, better, smallestChange, null, 0);
  }

  private static List<TrackedMetric> list() {
    List<TrackedMetric> all =
        new ArrayList<>(
            List.of(
                THROUGHPUT, OPERATIONS, CPU, PINS, NEIGHBOUR_BANDWIDTH, NEIGHBOUR_LATENCY, KNEE));
    List<Stage> stages = new ArrayList<>(List.of(Stage.TRANSACTION));
    List.of(Stage.values()).stream().filter(s -> s != Stage.TRANSACTION).forEach(stages::add);
    for (Stage stage : stages) {
      all.add(percentile(stage, 50, "p50", CHANGE));
      all.add(percentile(stage, 99, "p99", Tails.P99_CHANGE));
      all.add(percentile(stage, 99.9, "p99.9", Tails.P999_CHANGE));
    }
    return List.copyOf(all);
  }

  private static TrackedMetric percentile(
      Stage stage, double percentile, String name, double smallestChange) {
    return new TrackedMetric(
        stage.tag() + "-" + name,
        name + " of " + stage.tag(),
        Kind.PERCENTILE,
        Better.LOWER,
        smallestChange,
        stage,
        percentile);
  }

  /** All of them, in the order of tables. */
  public static List<TrackedMetric> all() {
    return ALL;
  }

  /** The metric of a name; empty for one that there is not. */
  public static Optional<TrackedMetric> named(String name) {
    return ALL.stream().filter(metric -> metric.name.equals(name)).findFirst();
  }

  /** A value as people read it: 12.3 µs. */
  public String text(double value) {
    return switch (kind) {
      case BYTE_RATE -> Units.rate(value);
      case RATE, OFFERED -> Units.number(value) + "/s";
      case RATIO -> Units.factor(value);
      case TIME, PERCENTILE -> Units.time(value);
      case EXACT -> Units.count(value);
    };
  }
}
