// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.p2pbench.proof.PinCounters;
import org.p2pbench.transfer.Pinner;
import org.p2pbench.transfer.StampBuffer;

/** Pinning alone, copying alone, and transactions that move nothing. */
class OtherRigsTest {
  private static final int COUNT = 50;

  @TempDir private Path directory;

  private final Measurements measurements = Measurements.ofThisFork();

  @ParameterizedTest
  @CsvSource({"RAM, 4096, 1", "RAM, 1048576, 256", "CMB_EMULATED, 65536, 16"})
  void registeringABufferPinsEachPageOnceAndUndoingItUnpinsThem(
      MemoryChoice memory, long blockBytes, long pages) throws Exception {
    assumeTrue(PinCounters.exact(), "pins are counted exactly only for root");
    measurements.startRecording();
    ForkSettings settings = Rigs.settings(directory, 0);
    PinRig.Spec spec = new PinRig.Spec(memory, Pinner.Mechanism.IO_URING, blockBytes, false);
    try (PinRig rig = PinRig.open(() -> spec, settings, COUNT)) {
      Counters window =
          Rigs.attempt(
              () -> {
                measurements.openWindow();
                rig.run(COUNT);
                return measurements.window();
              },
              w -> w.pins().orElseThrow().acquired() == COUNT * pages);

      assertThat(window.transactions()).isEqualTo(COUNT);
      assertThat(window.pins().orElseThrow().acquired()).isEqualTo(COUNT * pages);
      assertThat(measurements.histograms().get(Stage.PIN).getTotalCount()).isEqualTo(COUNT);
      assertThat(measurements.histograms().get(Stage.UNPIN).getTotalCount()).isEqualTo(COUNT);
    }
    assertThat(Rigs.record(settings))
        .isEqualTo(
            new ForkRecord(
                "4KiB",
                ForkRecord.Verification.NOT_APPLICABLE,
                ForkRecord.Witness.notApplicable(),
                null));
  }

  @Test
  void theKernelsBenchmarkPinsManyBlocksAtOnceWhichAreCountedOrRefused() {
    ForkSettings settings = Rigs.settings(directory, 0);
    PinRig.Spec spec = new PinRig.Spec(MemoryChoice.RAM, Pinner.Mechanism.GUP_TEST, 65_536, false);

    assertThatThrownBy(() -> PinRig.open(() -> spec, settings, 16))
        .isInstanceOf(RigException.class)
        .hasMessage(
            "gup-test pins 128 blocks of 65536 bytes at once, and 16 operations of one call are no"
                + " multiple of that: give JMH -opi 128");

    assumeTrue(Pinner.gupTestAvailable(), "this kernel has no gup_test, or not for this user");
    try (PinRig rig = PinRig.open(() -> spec, settings, 256)) {
      rig.run(256);
      Counters window = measurements.window();
      assertThat(window.transactions()).isEqualTo(256);
      assertThat(window.pins().orElseThrow().acquired()).isGreaterThanOrEqualTo(256 * 16);
    }
  }

  @ParameterizedTest
  @CsvSource({"RAM, RAM, 4096", "RAM, CMB_EMULATED, 1048576", "CMB_EMULATED, RAM, 65536"})
  void aCopyIsVerifiedBeforeItIsMeasured(MemoryChoice from, MemoryChoice to, long blockBytes) {
    measurements.startRecording();
    ForkSettings settings = Rigs.settings(directory, 0);
    try (CopyRig rig =
        CopyRig.open(() -> new CopyRig.Spec(from, to, blockBytes), settings, COUNT)) {
      measurements.openWindow();
      rig.run(COUNT);

      assertThat(measurements.window().transactions()).isEqualTo(COUNT);
      assertThat(measurements.histograms().get(Stage.COPY).getTotalCount()).isEqualTo(COUNT);
      assertThat(measurements.bytesPerTransaction()).isEqualTo(blockBytes);
    }
    assertThat(Rigs.record(settings).verification())
        .isEqualTo(
            new ForkRecord.Verification(
                "verified", 1, blockBytes, "one stamped block was copied whole"));
  }

  @Test
  void thePageCacheIsNoMemoryToPinOrToCopy() {
    ForkSettings settings = Rigs.settings(directory, 0);

    assertThatThrownBy(
            () ->
                PinRig.open(
                    () ->
                        new PinRig.Spec(
                            MemoryChoice.PAGE_CACHE, Pinner.Mechanism.MLOCK, 4096, false),
                    settings,
                    1))
        .isInstanceOf(RigException.class)
        .hasMessage("memory page-cache is the kernel's: pin ram, cmb-emulated or cmb");
    assertThatThrownBy(
            () ->
                CopyRig.open(
                    () -> new CopyRig.Spec(MemoryChoice.RAM, MemoryChoice.PAGE_CACHE, 4096),
                    settings,
                    1))
        .isInstanceOf(RigException.class)
        .hasMessage("memory page-cache is the kernel's: copy between ram, cmb-emulated and cmb");
    assertThat(Rigs.record(settings).failure().kind()).isEqualTo(RigException.Kind.BAD_INPUT);
  }

  @Test
  void anEmptyTransactionHasStampsAndMovesNothing() {
    try (EmptyRig rig = EmptyRig.open();
        StampBuffer stamps = new StampBuffer(COUNT)) {
      rig.run(COUNT);
      rig.run(COUNT, stamps);

      for (int i = 0; i < COUNT; i++) {
        assertThat(stamps.startNs(i)).isPositive();
        assertThat(stamps.drainedNs(i)).isGreaterThanOrEqualTo(stamps.startNs(i));
      }
    }
  }
}
