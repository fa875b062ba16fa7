// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.transaction.BuildDirectory;
import org.p2pbench.transaction.Stage;

/** Open loops from the command line to the run directory, and the calibration on the JMH jar. */
class OpenLoopJarTest {

  @TempDir(factory = BuildDirectory.class)
  private Path directory;

  @Test
  void twinsAreOfferedTheSameRatesAndBothLatenciesAreKept() throws IOException {
    BuildDirectory.assumeDirect(directory);
    String[] sweep = "--memory cmb-emulated --rate 100,50% --arrivals fixed".split(" ");
    List<String> arguments = new ArrayList<>(List.of(Jar.smallRun("sync", sweep)));
    arguments.addAll(List.of("--p99-bound", "5ms", "--out", "out", "--"));
    arguments.addAll(List.of("-wi", "0", "-i", "1", "-r", "200ms"));
    Jar.Result result = Jar.run(directory, arguments.toArray(String[]::new));
    assertThat(result.err()).isEmpty();
    assertThat(result.exitCode()).isZero();

    JsonNode run = Jar.json(directory.resolve("out/rows.json"));
    assertThat(run.at("/plan/p99BoundNs").asLong()).isEqualTo(5_000_000);
    List<JsonNode> paced = new ArrayList<>();
    double closed = 0;
    for (JsonNode row : run.at("/rows")) {
      if (row.at("/benchmark").asText().equals("open-loop")) {
        paced.add(row);
      } else {
        assertThat(row.at("/id").asText())
            .isEqualTo("transfer-ram-per-transaction-sync-4096-d1-t1");
        closed = row.at("/forks/0/iterations/0/score").asDouble();
      }
    }
    assertThat(paced)
        .extracting(r -> r.at("/parameters/memory").asText())
        .containsExactly("ram", "cmb-emulated", "ram", "cmb-emulated");
    for (int i = 0; i < 4; i++) {
      JsonNode row = paced.get(i);
      double rate = row.at("/parameters/ratePerSecond").asDouble();
      assertThat(rate).isCloseTo(i < 2 ? 100 : closed / 2, within(0.01 * rate));
      assertThat(row.at("/group").asText()).isEqualTo(paced.get(i / 2 * 2).at("/group").asText());
      assertThat(row.at("/parameters/arrivals").asText()).isEqualTo("fixed");
      assertThat(row.at("/forks/0/verification/verdict").asText()).isEqualTo("verified");
      assertThat(row.at("/forks/0/iterations/0/score").asDouble()).isPositive();
      Map<Stage, Histogram> latencies = latencies(row);
      assertThat(latencies)
          .containsOnlyKeys(Stage.FILL, Stage.DRAIN, Stage.TRANSACTION, Stage.SERVICE);
      assertThat(latencies.get(Stage.TRANSACTION).getTotalCount())
          .isEqualTo(latencies.get(Stage.SERVICE).getTotalCount());
      assertThat(latencies.get(Stage.TRANSACTION).getMean())
          .isGreaterThan(latencies.get(Stage.SERVICE).getMean());
    }
    // A disk that does 4 KiB in less than 10 ms achieves what it is offered.
    assertThat(paced.get(0).at("/forks/0/iterations/0/score").asDouble())
        .isCloseTo(100, within(20.0));
  }

  private Map<Stage, Histogram> latencies(JsonNode row) throws IOException {
    Path log = directory.resolve("out").resolve(row.at("/forks/0/hlog").asText());
    Map<Stage, Histogram> latencies = new EnumMap<>(Stage.class);
    try (HistogramLogReader reader = new HistogramLogReader(log.toFile())) {
      while (reader.hasNext()) {
        Histogram histogram = (Histogram) reader.nextIntervalHistogram();
        Stage stage = Stage.valueOf(histogram.getTag().toUpperCase(java.util.Locale.ROOT));
        latencies.merge(
            stage,
            histogram,
            (a, b) -> {
              a.add(b);
              return a;
            });
      }
    }
    return latencies;
  }

  @Test
  void aStallShowsInTheOpenLoopAndIsOmittedByTheClosedOne() {
    // 100 ms at the 2000th of 100 us each: of the closed loop it is one transaction.
    assertThat(p99("closed")).isBetween(100_000.0, 50_000_000.0);
    assertThat(p99("poisson")).isGreaterThan(50_000_000.0);
  }

  private double p99(String arrivals) {
    Path result = directory.resolve(arrivals + ".json");
    List<String> arguments =
        List.of(
            "CalibrationBenchmark",
            "-f",
            "1",
            "-wi",
            "0",
            "-i",
            "1",
            "-r",
            "1s",
            "-prof",
            "stages",
            "-p",
            "load=0.5",
            "-p",
            "stalled=2000",
            "-p",
            "stallNs=100000000");
    List<String> all = new ArrayList<>(arguments);
    all.addAll(List.of("-p", "arrivals=" + arrivals, "-rf", "json", "-rff", result.toString()));
    Jar.Result told = Jar.jmh(directory, all.toArray(String[]::new));
    assertThat(told.exitCode()).as(told.out() + told.err()).isZero();
    JsonNode metrics = Jar.json(result).at("/0/secondaryMetrics");
    assertThat(metrics.at("/transaction.p50/scoreUnit").asText()).isEqualTo("ns");
    assertThat(metrics.path("service.p50").isMissingNode()).isEqualTo(arrivals.equals("closed"));
    return metrics.path("transaction.p99").at("/score").asDouble();
  }
}
