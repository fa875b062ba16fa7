// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.transaction.BuildDirectory;

/** One small run from the command line to the run directory, and what is in there. */
class RunJarTest {
  private static final String[] ARGUMENTS = {
    "run",
    "--memory",
    "ram,cmb-emulated",
    "--size",
    "4k",
    "--engine",
    "sync",
    "--staging",
    "1",
    "--threads",
    "2",
    "--out",
    "out",
    "--",
    "-wi",
    "1",
    "-w",
    "50ms",
    "-i",
    "2",
    "-r",
    "100ms"
  };
  private static final List<String> ROWS =
      List.of(
          "transfer-ram-per-transaction-staged-sync-4096-d1-t2",
          "transfer-cmb-emulated-per-transaction-staged-sync-4096-d1-t2");
  private static final int ROUNDS = 3;

  @TempDir(factory = BuildDirectory.class)
  private static Path directory;

  private static Jar.Result result;
  private static Path results;
  private static JsonNode rows;

  @BeforeAll
  static void measure() {
    BuildDirectory.assumeDirect(directory);
    result = Jar.run(directory, ARGUMENTS);
    results = directory.resolve("out");
    rows = Jar.json(results.resolve("rows.json"));
  }

  @Test
  void saysWhatItDoesAndEndsWell() {
    assertThat(result.err()).isEmpty();
    assertThat(result.exitCode()).isZero();
    assertThat(result.out())
        .matches(
            "smoke profile, machine class \\w+ \\(.+\\)\\R"
                + "2 rows, 6 forks, about \\d+ s in all, into out\\R"
                + "No report: render one with ./run.sh report out\\R");
  }

  @Test
  void leavesTheFilesOfARunDirectoryAndNoOthers() throws IOException {
    // Where no function could exchange data with another there is nothing to draw.
    assertThat(results.toFile().list())
        .filteredOn(name -> !name.equals("topology.svg"))
        .containsExactlyInAnyOrder(
            "doctor.json", "environment.json", "hlog", "jmh.json", "jmh.log", "rows.json");
    assertThat(results.resolve("hlog").toFile().list()).hasSize(ROWS.size() * ROUNDS);
    try (var left = Files.list(directory)) {
      assertThat(left).containsExactly(results);
    }
  }

  @Test
  void recordsTheCommandLineAsTyped() {
    List<String> typed = new ArrayList<>();
    JsonNode environment = Jar.json(results.resolve("environment.json"));
    environment.at("/commandLine").forEach(a -> typed.add(a.asText()));

    assertThat(typed).containsExactly(ARGUMENTS);
    assertThat(environment.at("/format").asText()).isEqualTo("p2pbench-environment");
    assertThat(environment.at("/p2pbench/abi").asInt()).isEqualTo(1);
  }

  @Test
  void everyRowIsMeasuredVerifiedAndNotRefuted() {
    assertThat(rows.at("/status").asText()).isEqualTo("complete");
    assertThat(rows.at("/failure").isNull()).isTrue();
    assertThat(rows.at("/plan/forksPlanned").asInt()).isEqualTo(ROWS.size() * ROUNDS);
    assertThat(rows.at("/plan/forksDone").asInt()).isEqualTo(ROWS.size() * ROUNDS);
    assertThat(rows.at("/rows")).extracting(r -> r.at("/id").asText()).hasSameElementsAs(ROWS);
    for (JsonNode row : rows.at("/rows")) {
      assertThat(row.at("/status").asText()).isEqualTo("measured");
      for (JsonNode fork : row.at("/forks")) {
        assertThat(fork.at("/verification/verdict").asText()).isEqualTo("verified");
        assertThat(fork.at("/witness/verdict").asText()).isEqualTo("proven");
        assertThat(fork.at("/pagesGot").asText()).isEqualTo("4KiB");
      }
    }
  }

  @Test
  void twinsTakeTurnsForthAndBack() {
    record Turn(int round, int position, String row) {}
    List<Turn> turns = new ArrayList<>();
    for (JsonNode row : rows.at("/rows")) {
      assertThat(row.at("/group").asText()).isEqualTo(rows.at("/rows/0/group").asText());
      for (JsonNode fork : row.at("/forks")) {
        turns.add(
            new Turn(
                fork.at("/round").asInt(), fork.at("/position").asInt(), row.at("/id").asText()));
      }
    }
    turns.sort(Comparator.comparing(Turn::round).thenComparing(Turn::position));
    List<String> forth = turns.stream().limit(2).map(Turn::row).toList();
    List<String> back = new ArrayList<>(forth);
    java.util.Collections.reverse(back);

    assertThat(forth).hasSameElementsAs(ROWS);
    assertThat(turns).extracting(Turn::position).containsExactly(0, 1, 0, 1, 0, 1);
    assertThat(turns.subList(2, 4)).extracting(Turn::row).isEqualTo(back);
    assertThat(turns.subList(4, 6)).extracting(Turn::row).isEqualTo(forth);
  }

  @Test
  void countersAreThoseOfWholeTransactions() {
    for (JsonNode row : rows.at("/rows")) {
      for (JsonNode iteration : row.at("/forks/0/iterations")) {
        long transactions = iteration.at("/transactions").asLong();
        double seconds = iteration.at("/seconds").asDouble();
        assertThat(seconds).isEqualTo(0.1);
        assertThat(iteration.at("/scoreUnit").asText()).isEqualTo("ops/s");
        assertThat(transactions).isGreaterThanOrEqualTo(1);
        assertThat(iteration.at("/threadTransactions")).hasSize(2);
        assertThat(
                iteration.at("/threadTransactions/0").asLong()
                    + iteration.at("/threadTransactions/1").asLong())
            .isEqualTo(transactions);
        assertThat(iteration.at("/cpuSystemNs").asLong()).isPositive();
        // One page to fill and one to drain; other programs pin too.
        assertThat(iteration.at("/pinsAcquired").asLong()).isGreaterThanOrEqualTo(2 * transactions);
      }
    }
  }

  @Test
  void jmhsOwnOptionsReachJmh() {
    for (JsonNode row : rows.at("/rows")) {
      assertThat(row.at("/forks")).allSatisfy(f -> assertThat(f.at("/iterations")).hasSize(2));
    }
    for (JsonNode benchmark : Jar.json(results.resolve("jmh.json"))) {
      assertThat(benchmark.at("/measurementIterations").asInt()).isEqualTo(2);
      assertThat(benchmark.at("/measurementTime").asText()).isEqualTo("100 ms");
      assertThat(benchmark.at("/warmupTime").asText()).isEqualTo("50 ms");
    }
  }

  @Test
  void jmhsResultFileHoldsAllForksOfARowAsOneBenchmark() {
    JsonNode benchmarks = Jar.json(results.resolve("jmh.json"));

    assertThat(benchmarks).hasSize(ROWS.size());
    for (JsonNode benchmark : benchmarks) {
      assertThat(benchmark.at("/benchmark").asText())
          .isEqualTo("org.p2pbench.jmh.TransferBenchmark.transfer");
      assertThat(benchmark.at("/forks").asInt()).isEqualTo(ROUNDS);
      assertThat(benchmark.at("/threads").asInt()).isEqualTo(2);
      assertThat(benchmark.at("/primaryMetric/rawData")).hasSize(ROUNDS);
      assertThat(benchmark.at("/primaryMetric/rawData/0")).hasSize(2);
      assertThat(benchmark.at("/secondaryMetrics").has("drain.p99")).isTrue();
    }
  }

  @Test
  void histogramsCanBeReadByHdrHistogramsOwnReader() throws IOException {
    for (JsonNode row : rows.at("/rows")) {
      for (JsonNode fork : row.at("/forks")) {
        checkHistograms(results.resolve(fork.at("/hlog").asText()), fork);
      }
    }
  }

  private static void checkHistograms(Path hlog, JsonNode fork) throws IOException {
    Set<String> tags = new TreeSet<>();
    List<Long> transactions = new ArrayList<>();
    try (HistogramLogReader reader = new HistogramLogReader(hlog.toFile())) {
      for (EncodableHistogram next = reader.nextIntervalHistogram();
          next != null;
          next = reader.nextIntervalHistogram()) {
        tags.add(next.getTag());
        if (next.getTag().equals("transaction")) {
          transactions.add(((Histogram) next).getTotalCount());
          assertThat(((Histogram) next).getMinNonZeroValue()).isPositive();
          assertThat(next.getStartTimeStamp()).isLessThan(next.getEndTimeStamp());
        }
      }
    }
    assertThat(tags).containsExactly("copy", "drain", "fill", "transaction");
    assertThat(transactions).hasSize(fork.at("/iterations").size());
    for (int i = 0; i < transactions.size(); i++) {
      assertThat(transactions.get(i))
          .isEqualTo(fork.at("/iterations/" + i + "/transactions").asLong());
    }
  }
}
