// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.reports.SampleRun;
import org.p2pbench.reports.page.RowNames;

/** What is followed over runs beside the figures of one row. */
class MeasuredRunTest {
  private static final long BOUND_NS = 3_000_000;

  @TempDir private Path directory;

  private MeasuredRun read(String name, SampleRun run) throws Exception {
    return MeasuredRun.read(run.write(directory.resolve(name)));
  }

  @Test
  void theNeighbourBesideEachPathIsHeldAgainstTheNeighbourAloneOfTheSameRound() throws Exception {
    SampleRun sample = SampleRun.hardware().samples(300).rounds(4).busyMemory(65536);
    MeasuredRun run = read("busy", sample);
    JsonNode alone = sample.row(0);
    int besides = 0;
    for (RowValues row : run.rows().values()) {
      double[] bandwidth = row.of(TrackedMetric.NEIGHBOUR_BANDWIDTH);
      double[] latency = row.of(TrackedMetric.NEIGHBOUR_LATENCY);
      if (!row.row().id().endsWith("-beside")) {
        assertThat(bandwidth).as(row.row().id()).isEmpty();
        assertThat(latency).as(row.row().id()).isEmpty();
        continue;
      }
      besides++;
      double left = "cmb".equals(row.row().parameters().memory()) ? 0.97 : 0.86;
      assertThat(bandwidth).hasSize(4);
      for (int round = 0; round < 4; round++) {
        assertThat(bandwidth[round]).isCloseTo(left, within(0.08));
        double own = row.row().forks().get(round).iterations().get(0).neighbourLatencyNs();
        double without =
            alone.at("/forks/" + round + "/iterations/0/neighbourLatencyNs").asDouble();
        assertThat(latency[round]).isCloseTo(own / without, within(0.08));
      }
    }
    assertThat(besides).isEqualTo(2);
  }

  private static SampleRun sweep(long... rates) {
    SampleRun run = SampleRun.hardware().samples(20_000).rounds(3).openLoop(rates);
    ((ObjectNode) run.rowsFile().get("plan")).put("p99BoundNs", BOUND_NS);
    return run;
  }

  private static Optional<RowValues> knee(MeasuredRun run, String memory) {
    return run.rows().values().stream()
        .filter(row -> row.row().id().endsWith("-knee"))
        .filter(row -> memory.equals(row.row().parameters().memory()))
        .findFirst();
  }

  @Test
  void aKneeIsARowOfItsOwnWhateverTheRatesWere() throws Exception {
    MeasuredRun run = read("some", sweep(2000, 8000, 9500, 20000));
    RowValues ram = knee(run, "ram").orElseThrow();

    assertThat(ram.of(TrackedMetric.KNEE)).hasSize(3);
    for (double rate : ram.of(TrackedMetric.KNEE)) {
      assertThat(rate).isBetween(8000.0, 9500.0);
    }
    assertThat(ram.row().id()).endsWith("-poisson-knee");
    assertThat(RowNames.of(ram.row())).isEqualTo("open loop 4 KiB, RAM, io_uring, all rates");
    assertThat(ram.values()).containsOnlyKeys(TrackedMetric.KNEE);

    MeasuredRun others = read("others", sweep(3000, 8200, 9400, 20000));
    assertThat(others.rows()).containsKey(RowKey.of(ram.row()));
    double[] again = knee(others, "ram").orElseThrow().of(TrackedMetric.KNEE);
    assertThat(again[0]).isCloseTo(ram.of(TrackedMetric.KNEE)[0], within(500.0));
  }

  @Test
  void aBoundThatIsNotCrossedBetweenTwoRatesGivesNoKnee() throws Exception {
    MeasuredRun run = read("low", sweep(2000, 5000));
    assertThat(knee(run, "ram")).isEmpty();

    SampleRun unbounded = SampleRun.hardware().samples(2_000).rounds(1).openLoop(2000, 11500);
    assertThat(read("unbounded", unbounded).rows()).hasSize(4);

    SampleRun otherBound = sweep(2000, 8000, 9500, 20000);
    ((ObjectNode) otherBound.rowsFile().get("plan")).put("p99BoundNs", 2 * BOUND_NS);
    RowValues ram = knee(read("bounded", sweep(2000, 8000, 9500, 20000)), "ram").orElseThrow();
    assertThat(read("other", otherBound).rows().keySet())
        .as("knees under two bounds are two things")
        .doesNotContain(RowKey.of(ram.row()));
    assertThat(List.of(TrackedMetric.KNEE.text(8450), TrackedMetric.NEIGHBOUR_LATENCY.text(1.13)))
        .containsExactly("8450/s", "1.13×");
  }
}
