// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.p2pbench.transfer.Engine;
import org.p2pbench.transfer.Pattern;
import org.p2pbench.transfer.Pinning;

class TransferSpecTest {
  private static final MemoryChoice RAM = MemoryChoice.RAM;
  private static final Pinning EACH = Pinning.PER_TRANSACTION;
  private static final Engine URING = Engine.IO_URING;

  @ParameterizedTest
  @ValueSource(longs = {512, 4096, 12_800, 1L << 30})
  void takesBlocksOfWholeSectors(long bytes) {
    assertThat(spec(RAM, EACH, URING, bytes, 1).blockBytes()).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(longs = {-512, 0, 511, 1000, (1L << 30) + 512})
  void refusesOtherBlocks(long bytes) {
    assertRefused(
        () -> spec(RAM, EACH, URING, bytes, 1),
        "block size %d is not a multiple of 512 bytes between 512 and 1 GiB: choose one such as"
            + " 4096",
        bytes);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 257})
  void refusesADepthThatNoRingHas(int depth) {
    assertRefused(
        () -> spec(RAM, EACH, URING, 4096, depth),
        "depth %d is out of range: 1 to 256 transactions in flight",
        depth);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1025})
  void refusesThreadsOutOfRange(int threads) {
    assertRefused(
        () ->
            new TransferSpec(
                RAM, EACH, URING, 4096, 1, threads, 0, Pattern.SEQUENTIAL, false, true),
        "threads %d is out of range: 1 to 1024",
        threads);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 2})
  void refusesMoreThanOneStagingCopy(int staging) {
    assertRefused(
        () ->
            new TransferSpec(
                RAM, EACH, URING, 4096, 1, 1, staging, Pattern.SEQUENTIAL, false, true),
        "staging %d is out of range: 0 or 1 copies",
        staging);
  }

  @Test
  void refusesDepthWithTheSyncEngine() {
    assertRefused(
        () -> spec(RAM, EACH, Engine.SYNC, 4096, 4),
        "engine sync has one transaction in flight, not depth 4: use --engine io_uring, or"
            + " --threads 4");
  }

  @Test
  void refusesRegisteredBuffersWithTheSyncEngine() {
    assertRefused(
        () -> spec(RAM, Pinning.REGISTERED, Engine.SYNC, 4096, 1),
        "pinning registered needs --engine io_uring: pread and pwrite have no registered buffers");
  }

  @ParameterizedTest
  @EnumSource(value = Pinning.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void refusesPinningThroughThePageCache(Pinning pinning) {
    assertRefused(
        () -> spec(MemoryChoice.PAGE_CACHE, pinning, URING, 4096, 1),
        "memory page-cache pins nothing of the caller's: use --pinning none, not %s",
        pinning.label());
  }

  @ParameterizedTest
  @EnumSource(value = MemoryChoice.class, names = "PAGE_CACHE", mode = EnumSource.Mode.EXCLUDE)
  void refusesDirectIoWithoutPinning(MemoryChoice memory) {
    assertRefused(
        () -> spec(memory, Pinning.NONE, URING, 4096, 1),
        "pinning none is for --memory page-cache: O_DIRECT to %s pins pages",
        memory.label());
  }

  @ParameterizedTest
  @EnumSource(
      value = MemoryChoice.class,
      names = {"CMB", "PAGE_CACHE"})
  void refusesHugePagesOfMemoryThatHasItsOwn(MemoryChoice memory) {
    Pinning pinning = memory.direct() ? EACH : Pinning.NONE;
    assertRefused(
        () ->
            new TransferSpec(memory, pinning, URING, 4096, 1, 1, 0, Pattern.SEQUENTIAL, true, true),
        "2 MiB pages are for memory ram and cmb-emulated: %s has pages of its own",
        memory.label());
  }

  @Test
  void namesTheMemoriesThereAre() {
    for (MemoryChoice choice : MemoryChoice.values()) {
      assertThat(MemoryChoice.parse(choice.label())).isSameAs(choice);
    }
    assertRefused(
        () -> MemoryChoice.parse("RAM"),
        "unknown memory 'RAM': one of cmb, cmb-emulated, ram, page-cache");
  }

  private static TransferSpec spec(
      MemoryChoice memory, Pinning pinning, Engine engine, long blockBytes, int depth) {
    return new TransferSpec(
        memory, pinning, engine, blockBytes, depth, 1, 0, Pattern.SEQUENTIAL, false, true);
  }

  private static void assertRefused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable attempt,
      String message,
      Object... values) {
    assertThatThrownBy(attempt)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message, values);
  }
}
