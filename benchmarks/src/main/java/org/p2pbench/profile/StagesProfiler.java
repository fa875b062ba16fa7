// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.profile;

import java.io.FileNotFoundException;
import java.nio.file.Path;
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
 * Latency of each stage: p50, p90, p99, p99.9 and max among JMH's results, the whole histograms in
 * an {@code .hlog} file where {@code p2pbench.fork.hlog} names one.
 */
public class StagesProfiler extends WindowProfiler {

  private static final String[] NAMES = {"p50", "p90", "p99", "p99.9"};
  private static final double[] PERCENTILES = {50, 90, 99, 99.9};

  private final Optional<Path> hlog;
  private HistogramLogWriter log;
  private long startedAtMs;

  /** Made by JMH in the launcher and in each fork; stamps are recorded from then on. */
  public StagesProfiler() {
    hlog = ForkSettings.ofThisFork().hlog();
    Measurements.ofThisFork().startRecording();
  }

  @Override
  public String getDescription() {
    return "Latency of fill, copy, drain, pin and unpin: percentiles and whole histograms";
  }

  @Override
  public void beforeIteration(
      org.openjdk.jmh.infra.BenchmarkParams benchmark, IterationParams iteration) {
    startedAtMs = System.currentTimeMillis();
    super.beforeIteration(benchmark, iteration);
  }

  @Override
  void read(
      Measurements measurements, IterationParams iteration, IterationResult result, Sink sink) {
    Map<Stage, Histogram> histograms = measurements.histograms();
    histograms.forEach((stage, histogram) -> tell(stage, histogram, sink));
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
