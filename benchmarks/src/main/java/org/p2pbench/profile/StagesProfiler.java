// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.profile;

import java.io.FileNotFoundException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.runner.IterationType;
import org.p2pbench.transaction.ForkSettings;
import org.p2pbench.transaction.Measurements;
import org.p2pbench.transaction.Stage;

/**
 * Latency of each stage: p50, p90, p99, p99.9, max and share of the whole among JMH's results, the
 * whole histograms in an {@code .hlog} file where {@code p2pbench.fork.hlog} names one.
 */
public class StagesProfiler extends WindowProfiler {

  private static final String[] NAMES = {"p50", "p90", "p99", "p99.9"};
  private static final double[] PERCENTILES = {50, 90, 99, 99.9};
  private static final double PERCENT = 100;

  private final Optional<Path> hlog;
  private HistogramLogWriter log;
  private long startedAtMs;

  /**
   * Made by JMH, for its list of profilers too: stamps are recorded from the first iteration on.
   */
  public StagesProfiler() {
    hlog = ForkSettings.ofThisFork().hlog();
  }

  @Override
  public String getDescription() {
    return "Latency of fill, copy, drain, pin and unpin: percentiles, shares and whole histograms";
  }

  @Override
  public void beforeIteration(
      org.openjdk.jmh.infra.BenchmarkParams benchmark, IterationParams iteration) {
    Measurements.ofThisFork().startRecording();
    startedAtMs = System.currentTimeMillis();
    super.beforeIteration(benchmark, iteration);
  }

  @Override
  void read(
      Measurements measurements, IterationParams iteration, IterationResult result, Sink sink) {
    Map<Stage, Histogram> histograms = measurements.histograms();
    histograms.forEach((stage, histogram) -> tell(stage, histogram, sink));
    shares(histograms, sink);
    long bytes = measurements.bytesPerTransaction();
    if (bytes > 0) {
      sink.average("bytes", result.getPrimaryResult().getScore() * bytes, "B/s");
    }
    if (iteration.getType() == IterationType.MEASUREMENT) {
      write(histograms);
    }
  }

  private static void tell(Stage stage, Histogram histogram, Sink sink) {
    if (histogram.getTotalCount() == 0) {
      return;
    }
    for (int i = 0; i < NAMES.length; i++) {
      double value = histogram.getValueAtPercentile(PERCENTILES[i]);
      sink.average(stage.label() + "." + NAMES[i], value, "ns");
    }
    sink.average(stage.label() + ".mean", histogram.getMean(), "ns");
    sink.max(stage.label() + ".max", histogram.getMaxValue(), "ns");
  }

  /** What part of the time of all transactions each stage took, in per cent. */
  private static void shares(Map<Stage, Histogram> histograms, Sink sink) {
    double whole = inAll(histograms, Stage.TRANSACTION);
    for (Stage stage : List.of(Stage.FILL, Stage.COPY, Stage.DRAIN)) {
      double part = inAll(histograms, stage);
      if (whole > 0 && part > 0) {
        sink.average(stage.label() + ".share", PERCENT * part / whole, "%");
      }
    }
  }

  private static double inAll(Map<Stage, Histogram> histograms, Stage stage) {
    Histogram histogram = histograms.get(stage);
    return histogram == null || histogram.getTotalCount() == 0
        ? 0
        : histogram.getMean() * histogram.getTotalCount();
  }

  private void write(Map<Stage, Histogram> histograms) {
    if (hlog.isEmpty()) {
      return;
    }
    long endedAtMs = System.currentTimeMillis();
    HistogramLogWriter writer = log();
    histograms.forEach(
        (stage, histogram) -> {
          histogram.setTag(stage.label());
          histogram.setStartTimeStamp(startedAtMs);
          histogram.setEndTimeStamp(endedAtMs);
          writer.outputIntervalHistogram(histogram);
        });
  }

  private HistogramLogWriter log() {
    if (log == null) {
      try {
        log = new HistogramLogWriter(hlog.orElseThrow().toFile());
      } catch (FileNotFoundException e) {
        throw new IllegalStateException(hlog.get() + " cannot be written: " + e.getMessage(), e);
      }
      log.outputLogFormatVersion();
      log.outputStartTime(startedAtMs);
      log.outputLegend();
    }
    return log;
  }
}
