// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.history;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.p2pbench.reports.SampleParameters;
import org.p2pbench.reports.rundir.MachineClass;
import org.p2pbench.reports.rundir.Parameters;

/**
 * Fills stores with runs from a seeded generator, one a day: throughput and p99 of transfers that
 * scatter by 2 % from run to run. Where asked, the first row is slower from a run on.
 */
public final class SampleHistory {
  private static final Instant FIRST = Instant.parse("2026-01-01T06:00:00Z");

  private final Random random = new Random(20260101);
  private final int rows;
  private final Map<Integer, Double> steps = new LinkedHashMap<>();
  private UnaryOperator<StoredRun> each = run -> run;

  /**
   * @param rows of each run; a row has two series
   */
  public SampleHistory(int rows) {
    this.rows = rows;
  }

  /** From a run on the first row takes so many times as long. */
  public SampleHistory step(int run, double factor) {
    steps.put(run, factor);
    return this;
  }

  /** Changes every run before it is stored. */
  public SampleHistory each(UnaryOperator<StoredRun> change) {
    each = change;
    return this;
  }

  /** So many runs; the kernel is a newer one from three fifths on. */
  public List<StoredRun> runs(int count) {
    List<StoredRun> runs = new ArrayList<>();
    for (int run = 0; run < count; run++) {
      List<StoredRow> stored = new ArrayList<>();
      for (int row = 0; row < rows; row++) {
        stored.add(row(run, row));
      }
      runs.add(each.apply(run(run, run < count * 3 / 5 ? "6.12.1" : "6.12.5", stored)));
    }
    return runs;
  }

  private static StoredRun run(int run, String kernel, List<StoredRow> rows) {
    return new StoredRun(
        "run-%04d".formatted(run),
        "digest-" + run,
        FIRST.plus(Duration.ofDays(run)).toString(),
        "%07x".formatted(0x1a2b3c0 + run),
        "main",
        null,
        true,
        MachineClass.EMULATED,
        "0123456789ab",
        Map.of("CPU model", "Example CPU"),
        Map.of("kernel", kernel, "governor", "performance"),
        "/results/run-" + run,
        rows);
  }

  private StoredRow row(int run, int row) {
    double slower = 1;
    for (Map.Entry<Integer, Double> step : steps.entrySet()) {
      slower *= row == 0 && run >= step.getKey() ? step.getValue() : 1;
    }
    double typical = 1e8 * (1 + row) / slower;
    Map<String, StoredValue> metrics = new LinkedHashMap<>();
    metrics.put("throughput", value(typical));
    metrics.put("transaction-p99", value(1e13 / typical));
    Parameters parameters =
        SampleParameters.of(
            Map.of(
                "memory",
                row % 2 == 0 ? "cmb-emulated" : "ram",
                "pinning",
                "per-transaction",
                "engine",
                "io_uring",
                "blockBytes",
                4096L << row / 2 % 8,
                "depth",
                1 + row / 16,
                "threads",
                1,
                "staging",
                0,
                "pattern",
                "sequential",
                "pages",
                "4KiB"));
    return new StoredRow("transfer", MachineClass.EMULATED, parameters, metrics);
  }

  private StoredValue value(double typical) {
    double[] forks = new double[4];
    double run = typical * Math.exp(0.02 * random.nextGaussian());
    for (int fork = 0; fork < forks.length; fork++) {
      forks[fork] = Math.rint(run * Math.exp(0.01 * random.nextGaussian()));
    }
    double[] sorted = forks.clone();
    Arrays.sort(sorted);
    return new StoredValue((sorted[1] + sorted[2]) / 2, forks);
  }

  /** Adds runs to a store. */
  public static void add(String store, List<StoredRun> runs) throws StoreException {
    try (Store opened = Stores.open(store, Duration.ofSeconds(10))) {
      for (StoredRun run : runs) {
        opened.add(run);
      }
    }
  }

  /** Fills a store for looking at and timing: {@code STORE RUNS SERIES}. */
  public static void main(String[] arguments) throws StoreException {
    int runs = Integer.parseInt(arguments[1]);
    SampleHistory history = new SampleHistory(Integer.parseInt(arguments[2]) / 2);
    add(arguments[0], history.step(runs * 4 / 5, 1.08).runs(runs));
  }
}
