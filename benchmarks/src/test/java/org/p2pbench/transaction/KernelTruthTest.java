// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.p2pbench.proof.PinCounters;
import org.p2pbench.safety.ScratchFiles;
import org.p2pbench.transfer.BasePage;
import org.p2pbench.transfer.Engine;
import org.p2pbench.transfer.Pinning;

/** What the kernel counts in the window of a measurement is what its transactions must cost. */
class KernelTruthTest {
  private static final int TRANSACTIONS = 100;
  private static final long SPAN_BYTES = 4L << 20;

  @TempDir(factory = BuildDirectory.class)
  private Path directory;

  @BeforeEach
  void wherePinsAreCounted() {
    BuildDirectory.assumeDirect(directory);
    assumeTrue(PinCounters.read().isPresent(), "this kernel does not count pins");
    assumeTrue(PinCounters.exact(), "pins are counted exactly only for root");
  }

  @ParameterizedTest
  @CsvSource({
    "SYNC, 4096",
    "SYNC, 65536",
    "SYNC, 1048576",
    "IO_URING, 4096",
    "IO_URING, 65536",
    "IO_URING, 1048576"
  })
  void aTransferPinsItsPagesTwiceOnceToFillAndOnceToDrain(Engine engine, long blockBytes)
      throws Exception {
    long pages = BasePage.spannedBy(0, blockBytes);

    Counters seen = window(engine, Pinning.PER_TRANSACTION, blockBytes, true, 2 * pages);

    assertPins(seen, 2 * pages);
  }

  @ParameterizedTest
  @CsvSource({"SYNC, 4096", "SYNC, 65536", "SYNC, 1048576", "IO_URING, 1048576"})
  void aDrainPinsItsPagesOnce(Engine engine, long blockBytes) throws Exception {
    long pages = BasePage.spannedBy(0, blockBytes);

    Counters seen = window(engine, Pinning.PER_TRANSACTION, blockBytes, false, pages);

    assertPins(seen, pages);
  }

  @ParameterizedTest
  @CsvSource({
    "4096, true",
    "65536, true",
    "1048576, true",
    "4096, false",
    "65536, false",
    "1048576, false"
  })
  void registeredBuffersAreNotPinnedAgain(long blockBytes, boolean fills) throws Exception {
    Counters seen = window(Engine.IO_URING, Pinning.REGISTERED, blockBytes, fills, 0);

    assertPins(seen, 0);
  }

  private static void assertPins(Counters seen, long pagesPerTransaction) {
    assertThat(seen.transactions()).isEqualTo(TRANSACTIONS);
    assertThat(seen.pins().orElseThrow().acquired())
        .as("pins of %d transactions", TRANSACTIONS)
        .isEqualTo(TRANSACTIONS * pagesPerTransaction);
  }

  /** Strangers pin pages too: tries until the count is exact, but it may never be too low. */
  private Counters window(
      Engine engine, Pinning pinning, long blockBytes, boolean fills, long pagesPerTransaction)
      throws Exception {
    TransferSpec spec = Rigs.spec(engine, pinning, blockBytes, fills);
    try (ScratchFiles files =
        ScratchFiles.create(
            directory, fills ? SPAN_BYTES : 0, SPAN_BYTES, Rigs.VARIED, Rigs.VARIED)) {
      ForkSettings settings =
          Rigs.settings(directory, SPAN_BYTES)
              .between(files.source().stream().toList(), files.target().stream().toList());
      try (TransferRig rig = Rigs.open(spec, settings);
          TransferWorker worker = rig.newWorker()) {
        long expected = TRANSACTIONS * pagesPerTransaction;
        return Rigs.attempt(
            () -> oneWindow(worker, expected), w -> w.pins().orElseThrow().acquired() == expected);
      }
    }
  }

  private static Counters oneWindow(TransferWorker worker, long expected) {
    Measurements measurements = Measurements.ofThisFork();
    measurements.openWindow();
    for (int batch = 0; batch < TRANSACTIONS / 10; batch++) {
      worker.run(10);
    }
    worker.rest();
    measurements.closeWindow();
    Counters window = measurements.window();
    assertThat(window.pins().orElseThrow().acquired()).isGreaterThanOrEqualTo(expected);
    assertThat(window.pins().orElseThrow().released()).isGreaterThanOrEqualTo(expected);
    return window;
  }
}
