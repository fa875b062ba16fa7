// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.p2pbench.reports.SampleParameters;
import org.p2pbench.reports.rundir.Fork;
import org.p2pbench.reports.rundir.Iteration;
import org.p2pbench.reports.rundir.LatencyCounts;
import org.p2pbench.reports.rundir.MachineClass;
import org.p2pbench.reports.rundir.Parameters;
import org.p2pbench.reports.rundir.Row;
import org.p2pbench.reports.rundir.Stage;

class FiguresTest {

  @Test
  void aForksValueIsTheMedianOverItsIterations() {
    ForkFigures fork =
        ForkFigures.of(
            fork(0, iteration(100, 100, 1_000), iteration(900, 100, 3_000), iteration(110, 1, 20)),
            blocks(1L << 20),
            Map.of());

    assertThat(fork.value(Metric.OPERATIONS)).hasValue(110);
    assertThat(fork.value(Metric.THROUGHPUT)).hasValue(110.0 * (1 << 20));
    assertThat(fork.value(Metric.CPU_PER_TRANSACTION)).hasValue(20);
    assertThat(fork.value(Metric.CPU_PER_GIB)).hasValue(20 * 1024);
    assertThat(fork.transactions()).isEqualTo(201);
  }

  @Test
  void countersAreDividedByTheTransactionsOfTheirWindow() {
    // 51,234.5 a second for one second, and 51,300 in the wider window that pins were read in.
    Iteration iteration =
        iteration(
            Map.of(
                "score", 51_234.5,
                "transactions", 51_300,
                "voluntarySwitches", 51_300,
                "involuntarySwitches", 0,
                "pinsAcquired", 102_600,
                "pinsReleased", 102_600));
    ForkFigures fork = ForkFigures.of(fork(0, iteration), blocks(4096), Map.of());

    assertThat(fork.value(Metric.PINS)).hasValue(2.0);
    assertThat(fork.value(Metric.UNPINS)).hasValue(2.0);
    assertThat(fork.value(Metric.SWITCHES)).hasValue(1.0);
    assertThat(fork.value(Metric.CPU_PER_GIB)).as("a counter that is absent").isEmpty();
  }

  @Test
  void anIterationWithoutTransactionsHasNoCountsPerTransaction() {
    ForkFigures fork =
        ForkFigures.of(fork(0, iteration(0, 0, 5), iteration(0, 0, 5)), blocks(4096), Map.of());

    assertThat(fork.value(Metric.THROUGHPUT)).hasValue(0);
    assertThat(fork.value(Metric.CPU_PER_TRANSACTION)).isEmpty();
  }

  @Test
  void aRowsValueIsTheMedianOverItsForksWithLeastAndGreatest() {
    RowFigures row = row(MachineClass.EMULATED, 10, 30, 20, 90);

    assertThat(row.spread(Metric.OPERATIONS)).hasValue(new Spread(25, 10, 90, 4));
  }

  @Test
  void neverDividesAcrossMachineClasses() {
    RowFigures hardware = row(MachineClass.HARDWARE, 1, 2, 3);
    RowFigures emulated = row(MachineClass.EMULATED, 1, 2, 3);

    assertThat(hardware.ratioTo(emulated, Metric.OPERATIONS))
        .isEqualTo(new Ratio.Unknown("no ratio between classes hardware and emulated"));
  }

  @Test
  void aPercentileNeedsTenSamplesAboveIt() {
    assertThat(StageLatency.measurable(1_000, 99)).isTrue();
    assertThat(StageLatency.measurable(999, 99)).isFalse();
    assertThat(StageLatency.measurable(10_000, 99.9)).isTrue();
    assertThat(StageLatency.measurable(9_999, 99.9)).isFalse();
    assertThat(StageLatency.measurable(20, 50)).isTrue();
    assertThat(StageLatency.measurable(19, 50)).isFalse();

    StageLatency latency = StageLatency.of(counting(9_999));
    assertThat(latency.at(50).getAsDouble()).isCloseTo(5_000, within(5.0));
    assertThat(latency.at(99).getAsDouble()).isCloseTo(9_900, within(8.0));
    assertThat(latency.at(99.9)).isEmpty();
    assertThat(latency.curve().lastKey()).isLessThan(3.0);
  }

  @Test
  void aRowsPercentileNeedsEveryFork() {
    RowFigures complete = new RowFigures(row(1), List.of(timed(0, 1_000), timed(1, 2_000)));
    RowFigures lacking = new RowFigures(row(1), List.of(timed(0, 900), timed(1, 2_000)));

    assertThat(complete.spread(Metric.P99)).isPresent();
    assertThat(lacking.spread(Metric.P99)).isEmpty();
    assertThat(lacking.spread(Metric.P90)).isPresent();
    assertThat(lacking.curve(Stage.TRANSACTION).lastKey()).isLessThan(2.0);
    assertThat(lacking.ratioTo(complete, Metric.P99))
        .isEqualTo(new Ratio.Unknown("not measurable"));
  }

  @Test
  void aRatioOfPercentilesNeedsAHundredSamplesAboveThemInEachFork() {
    List<ForkFigures> enough = List.of(timed(0, 10_000), timed(1, 10_000), timed(2, 10_000));
    List<ForkFigures> oneShort = List.of(timed(0, 10_000), timed(1, 9_999), timed(2, 10_000));
    RowFigures row = new RowFigures(row(1), enough);
    RowFigures shorter = new RowFigures(row(1), oneShort);

    assertThat(row.ratioTo(row, Metric.P99)).isInstanceOf(Ratio.Known.class);
    assertThat(shorter.ratioTo(row, Metric.P99))
        .isEqualTo(new Ratio.Unknown("too few samples beyond it"));
    assertThat(row.ratioTo(shorter, Metric.P50)).isInstanceOf(Ratio.Known.class);
  }

  @Test
  void theNeighbourHasABandwidthAndALatencyOfItsOwn() {
    Iteration slow = neighbour(8_000_000_000L, 2_000_000_000L, 90.5);
    Iteration fast = neighbour(9_000_000_000L, 1_000_000_000L, 81.5);
    ForkFigures fork = ForkFigures.of(fork(0, slow, fast, fast), blocks(4096), Map.of());

    assertThat(fork.value(Metric.NEIGHBOUR_BANDWIDTH)).hasValue(9e9);
    assertThat(fork.value(Metric.NEIGHBOUR_LATENCY)).hasValue(81.5);
    assertThat(
            ForkFigures.of(fork(0, iteration(1, 1, 1)), blocks(4096), Map.of())
                .value(Metric.NEIGHBOUR_BANDWIDTH))
        .as("without a neighbour")
        .isEmpty();
  }

  private static Iteration neighbour(long bytes, long ns, double latencyNs) {
    return iteration(
        Map.of(
            "score",
            1.0,
            "neighbourBytes",
            bytes,
            "neighbourNs",
            ns,
            "neighbourLatencyNs",
            latencyNs));
  }

  @Test
  void fairnessIsOneWhereThreadsDoTheSameAndLessWhereNot() {
    assertThat(fairness(List.of(List.of(10L, 10L), List.of(20L, 20L)))).hasValue(1.0);
    assertThat(fairness(List.of(List.of(10L, 0L, 0L, 0L)))).hasValue(0.25);
    // What one thread lags behind in an iteration it may make up for in the next.
    assertThat(fairness(List.of(List.of(10L, 20L), List.of(20L, 10L)))).hasValue(1.0);
    // (1 + 2 + 3)^2 / (3 * (1 + 4 + 9))
    assertThat(fairness(List.of(List.of(1L, 2L, 3L)))).hasValue(36.0 / 42);
    assertThat(fairness(List.of(List.of()))).isEmpty();
    assertThat(fairness(List.of(List.of(0L, 0L)))).isEmpty();
  }

  private static OptionalDouble fairness(List<List<Long>> byIteration) {
    Iteration[] iterations =
        byIteration.stream()
            .map(each -> iteration(Map.of("score", 1.0, "threadTransactions", each)))
            .toArray(Iteration[]::new);
    return ForkFigures.of(fork(0, iterations), blocks(4096), Map.of()).value(Metric.FAIRNESS);
  }

  @Test
  void eventsAndMemoryTrafficAreCountedForEachTransactionAndEachByte() {
    Iteration iteration =
        iteration(
            Map.of(
                "score", 1000.0,
                "transactions", 100,
                "cycles", 500_000,
                "instructions", 1_000_000,
                "cacheMisses", 1_200,
                "contextSwitches", 250,
                "migrations", 1,
                "dramBytes", 100 * 4096 * 3));
    ForkFigures fork = ForkFigures.of(fork(0, iteration), blocks(4096), Map.of());

    assertThat(fork.value(Metric.CYCLES)).hasValue(5_000);
    assertThat(fork.value(Metric.INSTRUCTIONS)).hasValue(10_000);
    assertThat(fork.value(Metric.IPC)).hasValue(2);
    assertThat(fork.value(Metric.CACHE_MISSES)).hasValue(12);
    assertThat(fork.value(Metric.CONTEXT_SWITCHES)).hasValue(2.5);
    assertThat(fork.value(Metric.MIGRATIONS)).hasValue(0.01);
    assertThat(fork.value(Metric.DRAM)).hasValue(3);
    assertThat(fork.value(Metric.TIME_EACH)).hasValue(1e6);

    ForkFigures uncounted = ForkFigures.of(fork(0, iteration(1, 1, 1)), blocks(4096), Map.of());
    assertThat(uncounted.values())
        .doesNotContainKeys(Metric.CYCLES, Metric.IPC, Metric.CONTEXT_SWITCHES, Metric.DRAM);
  }

  @Test
  void aScoreInNsPerOperationIsARateToo() {
    Iteration iteration = iteration(Map.of("score", 50.0, "scoreUnit", "ns/op"));

    assertThat(ForkFigures.of(fork(0, iteration), blocks(4096), Map.of()).value(Metric.OPERATIONS))
        .hasValue(20e6);
  }

  @Test
  void aHistogramsSharesAddUpToOne() {
    RowFigures row = new RowFigures(row(1), List.of(timed(0, 500), timed(1, 700)));

    double sum =
        row.histogram(Stage.TRANSACTION).values().stream().mapToDouble(Double::doubleValue).sum();
    assertThat(sum).isCloseTo(1, within(1e-12));
  }

  private static ForkFigures timed(int round, int count) {
    Map<Stage, LatencyCounts> stages = new EnumMap<>(Stage.class);
    stages.put(Stage.TRANSACTION, counting(count));
    return ForkFigures.of(fork(round, iteration(1, 1, 1)), blocks(4096), stages);
  }

  /** The values from 1 to count, each once. */
  private static LatencyCounts counting(int count) {
    Histogram histogram = new Histogram(3);
    for (int i = 1; i <= count; i++) {
      histogram.recordValue(i);
    }
    return LatencyCounts.of(histogram);
  }

  private static RowFigures row(MachineClass machineClass, double... scores) {
    List<ForkFigures> forks = new ArrayList<>();
    for (int i = 0; i < scores.length; i++) {
      forks.add(ForkFigures.of(fork(i, iteration(scores[i], 1, 1)), blocks(4096), Map.of()));
    }
    Row row =
        new Row(
            "id",
            "transfer",
            "group",
            blocks(4096),
            machineClass,
            Row.RowStatus.MEASURED,
            null,
            List.of());
    return new RowFigures(row, forks);
  }

  private static Row row(double score) {
    return row(MachineClass.EMULATED, score).row();
  }

  private static Fork fork(int round, Iteration... iterations) {
    return new Fork(
        round, 0, null, null, null, null, List.of(iterations), null, null, null, null, null);
  }

  private static Iteration iteration(double score, long transactions, long cpuNs) {
    return iteration(
        Map.of(
            "score",
            score,
            "transactions",
            transactions,
            "cpuUserNs",
            cpuNs - cpuNs / 2,
            "cpuSystemNs",
            cpuNs / 2));
  }

  /** An iteration as rows.json has it. */
  private static Iteration iteration(Map<String, Object> members) {
    return new ObjectMapper().convertValue(members, Iteration.class);
  }

  private static Parameters blocks(long bytes) {
    return SampleParameters.of(Map.of("memory", "ram", "blockBytes", bytes));
  }
}
