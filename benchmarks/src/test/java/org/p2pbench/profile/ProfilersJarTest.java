// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.p2pbench.launcher.Jar;
import org.p2pbench.proof.PinCounters;
import org.p2pbench.transaction.BuildDirectory;

/** The profilers by their short names, on the plain JMH jar, without a launcher. */
class ProfilersJarTest {
  private static final String DRAIN = "org.p2pbench.jmh.DrainBenchmark.drain";

  @TempDir(factory = BuildDirectory.class)
  private Path directory;

  @Test
  void stagesPinsAndCpuTellOfEveryTransaction() throws IOException {
    BuildDirectory.assumeDirect(directory);
    assumeTrue(PinCounters.read().isPresent(), "this kernel does not count pins");
    Path hlog = directory.resolve("stages.hlog");

    JsonNode metrics =
        measure(
                "TransferBenchmark",
                List.of("-Dp2pbench.dir=" + directory, "-Dp2pbench.fork.hlog=" + hlog),
                "-p",
                "memory=ram",
                "-p",
                "blockBytes=8192",
                "-prof",
                "stages",
                "-prof",
                "pins",
                "-prof",
                "cpu")
            .at("/secondaryMetrics");

    for (String stage : List.of("fill", "drain", "transaction")) {
      for (String figure : List.of("p50", "p90", "p99", "p99.9", "max", "mean")) {
        JsonNode metric = metrics.path(stage + "." + figure);
        assertThat(metric.at("/score").asDouble()).as("%s.%s", stage, figure).isPositive();
        assertThat(metric.at("/scoreUnit").asText()).isEqualTo("ns");
      }
    }
    assertThat(
            metrics.at("/fill.share/score").asDouble()
                + metrics.at("/drain.share/score").asDouble())
        .as("the stages are the whole transaction")
        .isBetween(98.0, 102.0);
    assertThat(metrics.has("copy.p50")).as("a copy that nobody makes").isFalse();
    assertThat(metrics.at("/bytes/scoreUnit").asText()).isEqualTo("B/s");
    assertThat(metrics.at("/pins/score").asDouble()).isGreaterThanOrEqualTo(4);
    assertThat(metrics.at("/unpins/scoreUnit").asText()).isEqualTo("pages/tx");
    assertThat(metrics.at("/cpu.system/score").asDouble()).isPositive();
    assertThat(metrics.at("/cpu.gib/scoreUnit").asText()).isEqualTo("s/GiB");
    assertThat(metrics.at("/switches/scoreUnit").asText()).isEqualTo("1/tx");
    assertThat(tags(hlog)).containsExactly("drain", "fill", "transaction");
  }

  @Test
  void aLoadThatIsWatchedAloneTellsOfItself() {
    JsonNode load =
        measure("BusyMemoryBenchmark.load", List.of(), "-p", "load=read", "-prof", "neighbour");

    assertThat(load.at("/primaryMetric/score").asDouble()).isPositive();
    JsonNode metrics = load.at("/secondaryMetrics");
    assertThat(metrics.at("/neighbour.bandwidth/scoreUnit").asText()).isEqualTo("B/s");
    assertThat(metrics.at("/neighbour.bandwidth/score").asDouble()).isPositive();
    assertThat(metrics.at("/neighbour.latency/scoreUnit").asText()).isEqualTo("ns");
    assertThat(metrics.at("/neighbour.latency/score").asDouble()).isPositive();
  }

  @Test
  void whereTheKernelCannotBeTracedOneLineSaysWhyAndARunGoesOn() {
    BuildDirectory.assumeDirect(directory);
    Optional<String> obstacle = KernelProfiler.obstacle();
    assumeTrue(obstacle.isPresent(), "this machine can trace: what that gives, the lab shows");

    Jar.Result plain = Jar.jmh(directory, "TransferBenchmark", "-prof", "kernel");
    assertThat(plain.exitCode()).isEqualTo(1);
    assertThat(plain.err().lines())
        .containsExactly("Profilers failed to initialize, exiting.", "kernel: " + obstacle.get());

    Jar.Result run =
        Jar.run(
            directory,
            ("run --profile lab --rounds 1 --out out --memory ram --size 4k --profiler kernel"
                    + " -- -i 1 -r 20ms")
                .split(" "));
    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).contains("profiler kernel is left out: " + obstacle.get() + "\n");
    assertThat(
            Jar.json(directory.resolve("out/rows.json"))
                .at("/rows/0/forks/0/kernel/unavailable")
                .asText())
        .isEqualTo(obstacle.get());
  }

  @Test
  void aRunCountsPerfEventsOrSaysWhyNotAndWatchesForStrangersPins() {
    BuildDirectory.assumeDirect(directory);
    assumeTrue(PinCounters.read().isPresent(), "this kernel does not count pins");

    Jar.Result run =
        Jar.run(
            directory,
            ("run --profile lab --rounds 1 --out out --memory ram --size 4k --profiler cpu"
                    + " -- -i 1 -r 100ms")
                .split(" "));

    assertThat(run.exitCode()).as(run.err()).isZero();
    JsonNode fork = Jar.json(directory.resolve("out/rows.json")).at("/rows/0/forks/0");
    String missing = fork.at("/perf/unavailable").asText();
    for (String event : CpuProfiler.events()) {
      boolean counted = fork.at("/iterations/0").has(event);
      assertThat(counted).as("%s; missing: %s", event, missing).isEqualTo(!missing.contains(event));
    }
    assertThat(fork.at("/pinStrangers/pinsPerSecond").asDouble(-1)).isNotNegative();
    assertThat(fork.at("/pinStrangers/flagged").asBoolean())
        .isEqualTo(fork.at("/pinStrangers/share").asDouble() > 0.01);
  }

  @Test
  void theMeasuringThreadAllocatesNothing() {
    Path memory = Path.of("/dev/shm");
    assumeTrue(Files.isWritable(memory), "there is no writable /dev/shm on this machine");

    JsonNode drain =
        measure(
            "DrainBenchmark",
            List.of("-Dp2pbench.dir=" + memory),
            "-p",
            "memory=ram",
            "-p",
            "blockBytes=4096",
            "-prof",
            "gc");

    assertThat(drain.at("/benchmark").asText()).isEqualTo(DRAIN);
    assertThat(drain.at("/secondaryMetrics/gc.alloc.rate.norm/scoreUnit").asText())
        .isEqualTo("B/op");
    // JMH and the JVM allocate now and then; what each transaction allocates is in every iteration.
    List<Double> bytes = new ArrayList<>();
    drain
        .at("/secondaryMetrics/gc.alloc.rate.norm/rawData/0")
        .forEach(iteration -> bytes.add(iteration.asDouble()));
    assertThat(bytes).hasSize(3).anyMatch(perTransaction -> perTransaction < 1);
  }

  @ParameterizedTest
  @CsvSource({
    "PinBenchmark, memory=ram;mechanism=mlock;blockBytes=65536;pages=4KiB, pin;unpin",
    "CopyBenchmark, from=ram;to=cmb-emulated;blockBytes=65536, copy"
  })
  void whatIsMeasuredAloneHasStagesOfItsOwn(String benchmark, String parameters, String stages) {
    List<String> arguments = new ArrayList<>();
    for (String parameter : parameters.split(";")) {
      arguments.addAll(List.of("-p", parameter));
    }
    arguments.addAll(List.of("-prof", "stages"));

    JsonNode metrics =
        measure(benchmark, List.of(), arguments.toArray(String[]::new)).at("/secondaryMetrics");

    for (String stage : stages.split(";")) {
      assertThat(metrics.path(stage + ".p50").at("/score").asDouble()).as(stage).isPositive();
    }
    assertThat(metrics.has("transaction.p50")).isFalse();
  }

  @Test
  void theBaselinesNeedNothingAndTellNothingBesideTheirScore() {
    JsonNode baseline = measure("BaselineBenchmark.emptyCall", List.of(), "-prof", "stages");

    assertThat(baseline.at("/primaryMetric/scoreUnit").asText()).isEqualTo("ns/op");
    assertThat(baseline.at("/primaryMetric/score").asDouble()).isPositive();
    assertThat(baseline.at("/secondaryMetrics")).isEmpty();
  }

  private JsonNode measure(String benchmark, List<String> forkArguments, String... more) {
    Path json = directory.resolve("jmh.json");
    List<String> arguments =
        new ArrayList<>(
            List.of(
                benchmark,
                "-f",
                "1",
                "-wi",
                "1",
                "-w",
                "100ms",
                "-i",
                "3",
                "-r",
                "250ms",
                "-foe",
                "true",
                "-rf",
                "json",
                "-rff",
                json.toString()));
    arguments.addAll(List.of(more));
    List<String> settings = new ArrayList<>(forkArguments);
    settings.add("-Dp2pbench.span=4194304");
    arguments.addAll(List.of("-jvmArgsAppend", String.join(" ", settings)));
    Jar.Result result = Jar.jmh(directory, arguments.toArray(String[]::new));
    assertThat(result.exitCode()).as(result.out() + result.err()).isZero();
    JsonNode results = Jar.json(json);
    assertThat(results).hasSize(1);
    return results.get(0);
  }

  private static Set<String> tags(Path hlog) throws IOException {
    Set<String> tags = new TreeSet<>();
    try (HistogramLogReader reader = new HistogramLogReader(hlog.toFile())) {
      for (EncodableHistogram next = reader.nextIntervalHistogram();
          next != null;
          next = reader.nextIntervalHistogram()) {
        tags.add(next.getTag());
      }
    }
    return tags;
  }
}
