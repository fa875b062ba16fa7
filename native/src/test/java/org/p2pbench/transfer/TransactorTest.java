// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TransactorTest {
  private static final int BLOCK_BYTES = 4096;

  private Path directory;
  private IoMemory memory;

  @BeforeEach
  void open() {
    directory = ScratchFiles.directory();
    memory = IoMemory.openRam(1 << 20, false);
  }

  @AfterEach
  void close() throws IOException {
    memory.close();
    ScratchFiles.delete(directory);
  }

  private static TransactorConfig sync(Pinning pinning, long blockBytes, long blocks) {
    return new TransactorConfig(
        Engine.SYNC, pinning, 0, 1, Pattern.SEQUENTIAL, blockBytes, 0, 0, blocks, 1);
  }

  private static TransactorConfig uring(int depth, long blocks) {
    return new TransactorConfig(
        Engine.IO_URING,
        Pinning.PER_TRANSACTION,
        0,
        depth,
        Pattern.SEQUENTIAL,
        BLOCK_BYTES,
        0,
        0,
        blocks,
        1);
  }

  private Path file(String name, int blocks) throws IOException {
    return ScratchFiles.random(directory.resolve(name), blocks * BLOCK_BYTES, 1);
  }

  private static void truncate(Path path, long length) throws IOException {
    try (var file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(length);
    }
  }

  @Test
  void copyReportsShortTransferWhenSourceEndsEarly() throws IOException {
    Path from = file("source", 8);
    try (Endpoint source = Endpoint.open(from, Endpoint.Access.READ, true);
        Transactor transactor =
            Transactor.open(sync(Pinning.PER_TRANSACTION, BLOCK_BYTES, 8), memory, source, null)) {
      truncate(from, 3 * BLOCK_BYTES + 1024);
      TransferException failure =
          catchThrowableOfType(TransferException.class, () -> transactor.run(8));
      assertThat(failure)
          .hasMessage(
              "fill of 4096 bytes at offset 12288 of "
                  + from
                  + " moved only 1024 of 4096 bytes. Probable cause: the source ends there: it was"
                  + " truncated after it was opened. What to do: leave the source alone while it is"
                  + " read, or give another one.");
      assertThat(failure.operation()).isEqualTo("fill");
      assertThat(failure.path()).isEqualTo(from);
      assertThat(failure.offset()).isEqualTo(12288);
      assertThat(failure.lengthBytes()).isEqualTo(4096);
      assertThat(failure.movedBytes()).isEqualTo(1024);
      assertThat(failure.errno()).isZero();
      assertThat(failure.errnoName()).isEqualTo("none");
      assertThat(transactor.completed()).isEqualTo(3);
      assertThat(transactor.inFlight()).hasValue("fill of 4096 bytes at offset 12288 of " + from);
    }
  }

  @Test
  void afterAFailureItCanOnlyBeClosed() throws IOException {
    Path from = file("source", 8);
    try (Endpoint source = Endpoint.open(from, Endpoint.Access.READ, true);
        Transactor transactor = Transactor.open(uring(4, 8), memory, source, null)) {
      truncate(from, 0);
      catchThrowableOfType(TransferException.class, () -> transactor.run(8));
      TransferException again =
          catchThrowableOfType(TransferException.class, () -> transactor.run(1));
      assertThat(again)
          .hasMessage(
              "fill of 4096 bytes at offset "
                  + again.offset()
                  + " of "
                  + from
                  + " failed: ECANCELED (Operation canceled). Probable cause: an earlier failure"
                  + " ended this transactor. What to do: look at the first failure.");
    }
  }

  @Test
  void nonsenseBetweenEndpointsAndConfigIsRefusedBeforeAnyIo() throws IOException {
    Path path = file("file", 4);
    Endpoint source = Endpoint.open(path, Endpoint.Access.READ, true);
    try (Endpoint buffered = Endpoint.open(path, Endpoint.Access.READ_WRITE, false)) {
      assertRefused(
          sync(Pinning.PER_TRANSACTION, BLOCK_BYTES, 4),
          null,
          source,
          path + " was not opened for writing");
      assertRefused(
          sync(Pinning.PER_TRANSACTION, BLOCK_BYTES, 4),
          null,
          buffered,
          path + " needs O_DIRECT for pinning=per-transaction");
      assertRefused(
          sync(Pinning.NONE, BLOCK_BYTES, 4),
          source,
          null,
          path + " must be without O_DIRECT for pinning=none");
      assertRefused(
          sync(Pinning.PER_TRANSACTION, 1000, 4),
          source,
          null,
          path
              + " takes multiples of "
              + source.alignmentBytes()
              + " bytes, which blockBytes=1000 is not");
      assertRefused(
          sync(Pinning.PER_TRANSACTION, BLOCK_BYTES, 5),
          source,
          null,
          path + " has 16384 bytes, too few for 5 blocks of 4096 bytes from block 0 on");
      assertRefused(
          sync(Pinning.PER_TRANSACTION, BLOCK_BYTES, Long.MAX_VALUE),
          source,
          null,
          path
              + " has 16384 bytes, too few for 9223372036854775807 blocks of 4096 bytes from block"
              + " 0 on");
    }
    source.close(); // nobody uses it: a refusal keeps nothing
  }

  private void assertRefused(
      TransactorConfig config, Endpoint source, Endpoint target, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Transactor.open(config, memory, source, target))
        .withMessage(message);
  }

  @Test
  void tooManySlotsForTheMemorySayWhatToDo() {
    TransferException failure =
        catchThrowableOfType(
            TransferException.class,
            () -> Transactor.open(sync(Pinning.PER_TRANSACTION, 2 << 20, 1), memory, null, null));
    assertThat(failure)
        .hasMessage(
            "opening of the transactor failed: ENOMEM (Cannot allocate memory). Probable cause: the"
                + " memory is too small for these slots, or leased to others. What to do: map more"
                + " of it.");
    assertThat(failure.offset()).isEqualTo(-1);
  }

  @Test
  void seekNeedsAQuiescentTransactorAndABlockOfTheSpan() throws IOException {
    try (Endpoint target = Endpoint.open(file("target", 64), Endpoint.Access.WRITE, true);
        Transactor transactor = Transactor.open(uring(4, 64), memory, null, target)) {
      transactor.run(1);
      assertThat(catchThrowableOfType(TransferException.class, () -> transactor.seek(0)))
          .hasMessage(
              "seek of the pattern to block 0 failed: EBUSY (Device or resource busy). Probable"
                  + " cause: transactions are in flight. What to do: quiesce first.");
      transactor.quiesce();
      assertThat(transactor.completed()).isEqualTo(4);
      transactor.seek(63);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> transactor.seek(64))
          .withMessage("block=64 must be from 0 to 63");
    }
  }

  @Test
  void slotsAreBlocksApartAndStagingIsAbsentUnlessAskedFor() {
    try (Transactor transactor = Transactor.open(uring(4, 64), memory, null, null)) {
      assertThat(transactor.slotOffset(3) - transactor.slotOffset(0)).isEqualTo(3 * BLOCK_BYTES);
      assertThat(transactor.slot(3).capacity()).isEqualTo(BLOCK_BYTES);
      assertThat(transactor.staging(0)).isNull();
      assertThatIllegalArgumentException()
          .isThrownBy(() -> transactor.slot(4))
          .withMessage("slot=4 must be from 0 to 3");
    }
  }

  @Test
  void whatATransactorUsesCannotBeClosedBeforeIt() throws IOException {
    Path path = file("target", 4);
    Endpoint target = Endpoint.open(path, Endpoint.Access.WRITE, true);
    Transactor transactor = Transactor.open(uring(4, 4), memory, null, target);
    transactor.run(1);
    assertThatIllegalStateException()
        .isThrownBy(target::close)
        .withMessage(path + " is in use by an open transactor: close that first");
    assertThat(catchThrowableOfType(TransferException.class, memory::close))
        .hasMessage(
            "close of 1048576 bytes of ram memory failed: EBUSY (Device or resource busy). Probable"
                + " cause: a slot of it is leased, or a pinner is open. What to do: close their"
                + " users first.");
    transactor.close();
    target.close();
  }

  @Test
  void closedTwiceItStillKnowsWhatItCompleted() {
    Transactor transactor = Transactor.open(uring(1, 1), memory, null, null);
    transactor.run(10);
    transactor.close();
    transactor.close();
    assertThat(transactor.completed()).isEqualTo(10);
    assertThat(transactor.inFlight()).isEmpty();
    assertThatIllegalStateException()
        .isThrownBy(() -> transactor.run(1))
        .withMessage("the transactor is closed");
  }

  @Test
  void stampsNeedRoomForTheBatch() {
    StampBuffer stamps = new StampBuffer(8);
    try (Transactor transactor = Transactor.open(uring(1, 1), memory, null, null)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> transactor.run(9, stamps))
          .withMessage("count=9 must be from 0 to capacity=8");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> transactor.run(-1))
          .withMessage("count=-1 must be at least 0");
      transactor.run(8, stamps);
      assertThat(stamps.drainedNs(7)).isPositive().isEqualTo(stamps.startNs(7));
      stamps.close();
      assertThatIllegalStateException()
          .isThrownBy(() -> transactor.run(1, stamps))
          .withMessage("the stamp buffer is closed");
    }
  }

  @Test
  void runningAndReadingStampsAllocatesNothing() {
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long self = Thread.currentThread().getId();
    try (Transactor transactor = Transactor.open(uring(1, 1), memory, null, null);
        StampBuffer stamps = new StampBuffer(64)) {
      runAndSum(transactor, stamps, 2_000); // what classes and call sites allocate once
      long before = threads.getThreadAllocatedBytes(self);
      long sum = runAndSum(transactor, stamps, 2_000);
      long allocated = threads.getThreadAllocatedBytes(self) - before;
      assertThat(sum).isPositive();
      assertThat(allocated).as("bytes for 2000 batches").isLessThan(2_000);
    }
  }

  private static long runAndSum(Transactor transactor, StampBuffer stamps, int batches) {
    long sum = 0;
    for (int batch = 0; batch < batches; batch++) {
      transactor.run(64, stamps);
      for (int i = 0; i < 64; i++) {
        sum += stamps.drainedNs(i) & 0xff;
      }
    }
    return sum;
  }

  @Test
  void theSeedDecidesWhereRandomBlocksGo() throws IOException {
    assertThat(randomRun(5)).isEqualTo(randomRun(5)).isNotEqualTo(randomRun(6));
  }

  /** The target's bytes after a random run that writes 8 different numbers one after the other. */
  private byte[] randomRun(long seed) throws IOException {
    Path to = ScratchFiles.zeros(directory.resolve("random"), 64 * BLOCK_BYTES);
    TransactorConfig config =
        new TransactorConfig(
            Engine.SYNC,
            Pinning.PER_TRANSACTION,
            0,
            1,
            Pattern.RANDOM,
            BLOCK_BYTES,
            0,
            16,
            32,
            seed);
    try (Endpoint target = Endpoint.open(to, Endpoint.Access.WRITE, true);
        Transactor transactor = Transactor.open(config, memory, null, target)) {
      for (int i = 1; i <= 8; i++) {
        transactor.slot(0).putLong(0, i);
        transactor.run(1);
      }
    }
    byte[] bytes = java.nio.file.Files.readAllBytes(to);
    assertThat(bytes).startsWith(new byte[16 * BLOCK_BYTES]).endsWith(new byte[16 * BLOCK_BYTES]);
    return bytes;
  }
}
