// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every memory owes: bytes go through it unchanged, with every engine, pinning and staging. A
 * memory's test says how it is opened.
 */
abstract class TransferContract {
  private static final int BLOCK_BYTES = 4096;
  private static final int BLOCKS = 300;
  private static final int BATCH = 64;

  private Path directory;

  /** A new memory of at least that size. */
  abstract IoMemory openMemory(long lengthBytes);

  /** One way of moving blocks. */
  record Way(Engine engine, int depth, Pinning pinning, int staging) {
    TransactorConfig config() {
      return new TransactorConfig(
          engine, pinning, staging, depth, Pattern.SEQUENTIAL, BLOCK_BYTES, 0, 0, BLOCKS, 1);
    }
  }

  static Stream<Way> ways() {
    return Stream.of(0, 1)
        .flatMap(
            staging ->
                Stream.of(
                    new Way(Engine.SYNC, 1, Pinning.PER_TRANSACTION, staging),
                    new Way(Engine.SYNC, 1, Pinning.NONE, staging),
                    new Way(Engine.IO_URING, 1, Pinning.PER_TRANSACTION, staging),
                    new Way(Engine.IO_URING, 32, Pinning.PER_TRANSACTION, staging),
                    new Way(Engine.IO_URING, 1, Pinning.REGISTERED, staging),
                    new Way(Engine.IO_URING, 32, Pinning.REGISTERED, staging),
                    new Way(Engine.IO_URING, 32, Pinning.NONE, staging)));
  }

  @BeforeEach
  void makeDirectory() {
    directory = ScratchFiles.directory();
  }

  @AfterEach
  void deleteDirectory() throws IOException {
    ScratchFiles.delete(directory);
  }

  @ParameterizedTest
  @MethodSource("ways")
  void movesEveryByteFromSourceToTarget(Way way) throws IOException {
    Path from = ScratchFiles.random(directory.resolve("source"), BLOCKS * BLOCK_BYTES, 7);
    Path to = ScratchFiles.zeros(directory.resolve("target"), BLOCKS * BLOCK_BYTES);
    boolean direct = way.pinning() != Pinning.NONE;
    try (IoMemory memory = openMemory((long) way.depth() * BLOCK_BYTES);
        Endpoint source = Endpoint.open(from, Endpoint.Access.READ, direct);
        Endpoint target = Endpoint.open(to, Endpoint.Access.WRITE, direct);
        StampBuffer stamps = new StampBuffer(BATCH);
        Transactor transactor = Transactor.open(way.config(), memory, source, target)) {
      runOnceOverTheSpan(transactor, way, stamps);
      target.sync();
    }
    assertThat(Files.mismatch(from, to)).isEqualTo(-1);
  }

  private static void runOnceOverTheSpan(Transactor transactor, Way way, StampBuffer stamps) {
    long before = NativeClock.nowNs();
    int left = BLOCKS - (way.depth() - 1); // the rest is in flight by then
    for (; left > 0; left -= BATCH) {
      int count = Math.min(left, BATCH);
      transactor.run(count, stamps);
      for (int i = 0; i < count; i++) {
        assertThat(List.of(stamps.startNs(i), stamps.filledNs(i), stamps.copiedNs(i)))
            .isSorted()
            .allMatch(ns -> ns >= before);
        assertThat(stamps.drainedNs(i)).isGreaterThan(stamps.startNs(i));
      }
    }
    transactor.quiesce();
    assertThat(transactor.completed()).isEqualTo(BLOCKS);
    assertThat(transactor.inFlight()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("ways")
  void drainsWhatAGeneratorPutIntoItsBuffers(Way way) throws IOException {
    Path to = ScratchFiles.zeros(directory.resolve("target"), BLOCKS * BLOCK_BYTES);
    boolean direct = way.pinning() != Pinning.NONE;
    try (IoMemory memory = openMemory((long) way.depth() * BLOCK_BYTES);
        Endpoint target = Endpoint.open(to, Endpoint.Access.WRITE, direct);
        Transactor transactor = Transactor.open(way.config(), memory, null, target)) {
      for (int i = 0; i < way.depth(); i++) {
        var buffer = way.staging() == 0 ? transactor.slot(i) : transactor.staging(i);
        buffer.putLong(0, 1000 + i).putLong(BLOCK_BYTES - Long.BYTES, -1000 - i);
      }
      transactor.run(1);
      transactor.quiesce();
    }
    var written =
        java.nio.ByteBuffer.wrap(Files.readAllBytes(to)).order(java.nio.ByteOrder.nativeOrder());
    for (int i = 0; i < way.depth(); i++) {
      assertThat(written.getLong(i * BLOCK_BYTES)).isEqualTo(1000 + i);
      assertThat(written.getLong((i + 1) * BLOCK_BYTES - Long.BYTES)).isEqualTo(-1000 - i);
    }
  }
}
