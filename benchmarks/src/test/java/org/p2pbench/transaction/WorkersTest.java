// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.transfer.Engine;
import org.p2pbench.transfer.Pattern;
import org.p2pbench.transfer.Pinning;

/** Several threads on one rig, none of which waits for the others as JMH's threads do not. */
class WorkersTest {
  private static final long SPAN_BYTES = 4L << 20;
  private static final int DEPTH = 8;

  @TempDir(factory = BuildDirectory.class)
  private Path directory;

  private final Measurements measurements = Measurements.ofThisFork();

  @BeforeEach
  void onARealDisk() {
    BuildDirectory.assumeDirect(directory);
  }

  @Test
  void theWindowEndsWhenTheLastWorkerRestsAndHoldsWholeTransactions() {
    try (TransferRig rig = open(2, Pinning.PER_TRANSACTION);
        TransferWorker first = rig.newWorker();
        TransferWorker second = rig.newWorker()) {
      measurements.openWindow();
      first.run(10);
      second.run(10);
      first.rest();
      second.run(10);
      second.rest();
      first.run(10);

      // What is in flight when a worker comes to rest is completed and counted.
      assertThat(measurements.window().transactions()).isEqualTo(30 + 2 * (DEPTH - 1));
      first.rest();
      second.rest();
    }
  }

  @Test
  void settingWorkersUpIsNoPartOfTheFirstWindow() throws Exception {
    Counters window =
        Rigs.attempt(
            () -> {
              try (TransferRig rig = open(2, Pinning.REGISTERED)) {
                measurements.openWindow();
                try (TransferWorker first = rig.newWorker();
                    TransferWorker second = rig.newWorker()) {
                  first.rest();
                  second.rest();
                }
                return measurements.window();
              }
            },
            w -> w.pins().orElseThrow().acquired() == 0);

    // Registering pins the slots of both workers.
    assertThat(window.pins().orElseThrow().acquired()).isZero();
    assertThat(window.transactions()).isZero();
  }

  @Test
  void theRigStaysUntilTheLastWorkerIsClosed() throws Exception {
    TransferRig rig = open(2, Pinning.REGISTERED);
    TransferWorker first = rig.newWorker();
    TransferWorker second = rig.newWorker();
    first.run(10);
    second.run(10);
    first.close();

    CompletableFuture<Void> closing = CompletableFuture.runAsync(rig::close);
    assertThatCode(() -> second.run(100)).doesNotThrowAnyException();
    assertThat(closing).isNotDone();
    second.rest();
    second.close();

    closing.get(10, TimeUnit.SECONDS);
    assertThat(directory.toFile().list()).containsExactly("record.json");
  }

  @Test
  void workersHaveBlocksOfTheirOwn() {
    ForkSettings settings = Rigs.settings(directory, SPAN_BYTES);
    try (TransferRig rig = Rigs.open(spec(3, Pinning.PER_TRANSACTION), settings)) {
      for (int i = 0; i < 3; i++) {
        try (TransferWorker worker = rig.newWorker()) {
          worker.run(10);
          worker.rest();
          assertThat(worker.completed()).isEqualTo(10 + DEPTH - 1);
        }
      }
    }
  }

  @Test
  void recordingEveryTransactionAllocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int batch = 64;
    measurements.startRecording();
    try (TransferRig rig = open(1, Pinning.PER_TRANSACTION);
        TransferWorker worker = rig.newWorker()) {
      worker.run(batch);
      worker.run(batch);
      long before = threads.getCurrentThreadAllocatedBytes();
      worker.run(batch);
      worker.run(batch);
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;

      assertThat(allocated).isZero();
      assertThat(measurements.histograms().get(Stage.TRANSACTION).getTotalCount())
          .isGreaterThanOrEqualTo(4L * batch);
      worker.rest();
    }
  }

  private TransferRig open(int threads, Pinning pinning) {
    return Rigs.open(spec(threads, pinning), Rigs.settings(directory, SPAN_BYTES));
  }

  private static TransferSpec spec(int threads, Pinning pinning) {
    return new TransferSpec(
        MemoryChoice.RAM,
        pinning,
        Engine.IO_URING,
        4096,
        DEPTH,
        threads,
        0,
        Pattern.SEQUENTIAL,
        false,
        true);
  }
}
