// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Open-loop latency against queueing theory and against a stall. In virtual time the same loop runs
 * as in real time and every run is the same: it is held against theory. A thread that really spins
 * and waits is held against virtual time with the same arrivals, in short blocks: other programs
 * take the CPU away from it, which is in its latencies and not in theory's. What they took from a
 * block shows in its service times and late starts, and a block that they disturbed is repeated.
 */
class PacedTransactorTest {
  private static final long SERVICE_NS = 50_000;
  private static final double TOLERANCE = 0.10;

  /** Short enough for a block to be over before the scheduler looks at the thread again. */
  private static final long SHORT_SERVICE_NS = 20_000;

  private static final int BLOCK = 50;
  private static final int BLOCKS = 20;
  private static final int TRIES = 5_000;

  @ParameterizedTest
  @ValueSource(doubles = {0.3, 0.6, 0.8})
  void poissonArrivalsWaitAsLongAsInAnMd1Queue(double load) {
    double[] sojourns =
        sojourns(SpinServer.virtual(SERVICE_NS), Arrivals.POISSON, load, 2_000_000, 1);
    for (double percentile : new double[] {50, 90, 99, 99.9}) {
      double theory = Md1Queue.sojournNs(load, SERVICE_NS, percentile / 100);
      assertThat(at(sojourns, percentile))
          .as("p%s at load %s", percentile, load)
          .isCloseTo(theory, within(0.02 * theory));
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.3, 0.6, 0.8})
  void aThreadThatReallySpinsTakesAsLongAsVirtualTime(double load) {
    double[] real = new double[BLOCKS * BLOCK];
    double[] virtual = new double[BLOCKS * BLOCK];
    try (StampBuffer stamps = new StampBuffer(BLOCK)) {
      for (int block = 0; block < BLOCKS; block++) {
        int tries = 0;
        do {
          assertThat(++tries).as("tries of one block").isLessThan(TRIES);
          serve(SpinServer.spinning(SHORT_SERVICE_NS), load, block, stamps);
        } while (lostNs(stamps) > SHORT_SERVICE_NS / 2);
        copySojourns(stamps, real, block);
        serve(SpinServer.virtual(SHORT_SERVICE_NS), load, block, stamps);
        copySojourns(stamps, virtual, block);
      }
    }
    Arrays.sort(real);
    Arrays.sort(virtual);
    for (double percentile : new double[] {50, 90, 99}) {
      double expected = at(virtual, percentile);
      assertThat(at(real, percentile))
          .as("p%s at load %s", percentile, load)
          .isCloseTo(expected, within(TOLERANCE * expected));
    }
  }

  /** Time that a block lost to whatever else the machine did: in service, and before a start. */
  private static long lostNs(StampBuffer stamps) {
    long lost = 0;
    for (int i = 0; i < BLOCK; i++) {
      long freeNs = i == 0 ? 0 : stamps.drainedNs(i - 1);
      lost += stamps.startNs(i) - Math.max(freeNs, stamps.arrivedNs(i));
      lost += stamps.drainedNs(i) - stamps.startNs(i) - SHORT_SERVICE_NS;
    }
    return lost;
  }

  private static void serve(SpinServer server, double load, long seed, StampBuffer stamps) {
    try (Transactor transactor = Transactor.spinning(server)) {
      transactor.pace(Arrivals.POISSON, load * 1e9 / server.serviceNs(), seed);
      transactor.runPaced(BLOCK, stamps);
    }
  }

  private static void copySojourns(StampBuffer stamps, double[] to, int block) {
    for (int i = 0; i < BLOCK; i++) {
      to[block * BLOCK + i] = stamps.drainedNs(i) - stamps.arrivedNs(i);
    }
  }

  @Test
  @DisplayName("a stall of 50 ms is in p99.9 of the open loop and not in that of the closed loop")
  void aStallIsSeenByAnOpenLoopAndOmittedByAClosedOne() {
    SpinServer stalling = SpinServer.virtual(SERVICE_NS).stalling(5_000, 50_000_000);
    double[] closed = closedLoop(stalling, 20_000);
    double[] open = sojourns(stalling, Arrivals.POISSON, 0.5, 20_000, 1);
    assertThat(at(closed, 99.9)).isEqualTo(SERVICE_NS);
    assertThat(at(closed, 100)).isEqualTo(SERVICE_NS + 50_000_000);
    assertThat(at(open, 99.9)).isBetween(45_000_000.0, 55_000_000.0);
    double[] undisturbed =
        sojourns(SpinServer.virtual(SERVICE_NS), Arrivals.POISSON, 0.5, 20_000, 1);
    assertThat(at(undisturbed, 99.9)).isLessThan(2_000_000);
  }

  /** Far longer than what the scheduler of a busy machine takes from a thread. */
  @Test
  void aStallOfAThreadThatReallySpinsIsSeenByTheOpenLoopAlone() {
    SpinServer stalling = SpinServer.spinning(SERVICE_NS).stalling(2_500, 400_000_000);
    double[] open = sojourns(stalling, Arrivals.POISSON, 0.5, 5_000, 1);
    assertThat(at(closedLoop(stalling, 5_000), 99.9)).isLessThan(200_000_000);
    assertThat(at(open, 99.9)).isGreaterThan(350_000_000);
  }

  @Test
  void virtualTimeIsTheSameEveryTime() {
    SpinServer server = SpinServer.virtual(SERVICE_NS);
    assertThat(sojourns(server, Arrivals.POISSON, 0.8, 10_000, 7))
        .containsExactly(sojourns(server, Arrivals.POISSON, 0.8, 10_000, 7));
  }

  @Test
  void fixedArrivalsOfADeviceAreServedInOrderAndNeverEarly() throws IOException {
    Path directory = ScratchFiles.directory();
    Path file = ScratchFiles.random(directory.resolve("target"), 64 * 4096, 1);
    TransactorConfig config =
        new TransactorConfig(
            Engine.SYNC, Pinning.PER_TRANSACTION, 0, 1, Pattern.SEQUENTIAL, 4096, 0, 0, 64, 1);
    try (IoMemory memory = IoMemory.openRam(4096, false);
        Endpoint target = Endpoint.open(file, Endpoint.Access.WRITE, true);
        Transactor transactor = Transactor.open(config, memory, null, target);
        StampBuffer stamps = new StampBuffer(50)) {
      transactor.pace(Arrivals.FIXED, 2_000, 0);
      transactor.runPaced(50, stamps);
      for (int i = 0; i < 50; i++) {
        assertThat(stamps.startNs(i)).isGreaterThanOrEqualTo(stamps.arrivedNs(i));
        assertThat(stamps.drainedNs(i)).isGreaterThan(stamps.startNs(i));
        assertThat(stamps.arrivedNs(i)).isEqualTo(stamps.arrivedNs(0) + 500_000L * i);
      }
    } finally {
      ScratchFiles.delete(directory);
    }
  }

  @Test
  void whatMakesNoSenseIsRefusedInALine() {
    try (Transactor transactor = Transactor.spinning(SpinServer.virtual(1));
        StampBuffer stamps = new StampBuffer(1)) {
      assertThatIllegalStateException()
          .isThrownBy(() -> transactor.runPaced(1, stamps))
          .withMessage("how transactions arrive was not said: pace first");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> transactor.pace(Arrivals.FIXED, 0, 1))
          .withMessage("ratePerSecond=0.0 must be from 0.001 to 1e9");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> transactor.pace(Arrivals.FIXED, Double.NaN, 1))
          .withMessage("ratePerSecond=NaN must be from 0.001 to 1e9");
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpinServer.virtual(-1))
        .withMessage("serviceNs=-1 must be from 0 to 60000000000");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SpinServer.virtual(1).stalling(-1, 1))
        .withMessage("stalled=-1 must be at least 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Arrivals.parse("bursty"))
        .withMessage("unknown arrivals 'bursty': one of fixed, poisson");
  }

  @Test
  void aClosedLoopInFlightIsToBeQuiescedFirst() throws IOException {
    Path directory = ScratchFiles.directory();
    Path file = ScratchFiles.random(directory.resolve("target"), 64 * 4096, 1);
    TransactorConfig config =
        new TransactorConfig(
            Engine.IO_URING, Pinning.PER_TRANSACTION, 0, 4, Pattern.SEQUENTIAL, 4096, 0, 0, 64, 1);
    try (IoMemory memory = IoMemory.openRam(4 * 4096, false);
        Endpoint target = Endpoint.open(file, Endpoint.Access.WRITE, true);
        Transactor transactor = Transactor.open(config, memory, null, target);
        StampBuffer stamps = new StampBuffer(8)) {
      transactor.pace(Arrivals.FIXED, 2_000, 0);
      transactor.run(8);
      assertThatIllegalStateException()
          .isThrownBy(() -> transactor.runPaced(8, stamps))
          .withMessage("transactions are in flight: quiesce first");
      assertThatIllegalStateException()
          .isThrownBy(() -> transactor.pace(Arrivals.FIXED, 2_000, 0))
          .withMessage("transactions are in flight: quiesce first");
      transactor.quiesce();
      transactor.runPaced(8, stamps);
    } finally {
      ScratchFiles.delete(directory);
    }
  }

  /** Latencies from the intended start, sorted. */
  private static double[] sojourns(
      SpinServer server, Arrivals arrivals, double load, int count, long seed) {
    try (Transactor transactor = Transactor.spinning(server);
        StampBuffer stamps = new StampBuffer(count)) {
      transactor.pace(arrivals, load * 1e9 / server.serviceNs(), seed);
      transactor.runPaced(count, stamps);
      return sorted(count, i -> stamps.drainedNs(i) - stamps.arrivedNs(i));
    }
  }

  private static double[] closedLoop(SpinServer server, int count) {
    try (Transactor transactor = Transactor.spinning(server);
        StampBuffer stamps = new StampBuffer(count)) {
      transactor.run(count, stamps);
      return sorted(count, i -> stamps.drainedNs(i) - stamps.startNs(i));
    }
  }

  private static double[] sorted(int count, java.util.function.IntToLongFunction value) {
    double[] values = new double[count];
    Arrays.setAll(values, i -> value.applyAsLong(i));
    Arrays.sort(values);
    return values;
  }

  /** Smallest value that so many per cent do not exceed. */
  private static double at(double[] sorted, double percentile) {
    return sorted[(int) Math.ceil(percentile / 100 * sorted.length) - 1];
  }
}
