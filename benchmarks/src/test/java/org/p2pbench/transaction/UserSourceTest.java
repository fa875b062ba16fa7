// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.safety.LoopDisk;

/** A source that the user names is the user's: it is read, and nothing else. */
class UserSourceTest {
  private static final long BYTES = 2L << 20;
  private static final int BLOCK_BYTES = 65_536;

  @TempDir(factory = BuildDirectory.class)
  private Path directory;

  private Path source;

  @BeforeEach
  void makeSource() throws IOException {
    BuildDirectory.assumeDirect(directory);
    source = directory.resolve("mine.bin");
    ByteBuffer content = ByteBuffer.allocate((int) BYTES);
    Rigs.VARIED.fill(1, content);
    Files.write(source, content.array());
  }

  @Test
  void isNeverWrittenAndItsOwnContentIsWhatIsVerified() throws IOException {
    String before = LoopDisk.checksum(source);
    ForkSettings settings = readingFrom(source);

    try (TransferRig rig = Rigs.open(Rigs.syncTransfer(BLOCK_BYTES), settings);
        TransferWorker worker = rig.newWorker()) {
      worker.run((int) (BYTES / BLOCK_BYTES));
      assertThat(Files.mismatch(source, freshTarget())).isEqualTo(-1);
    }

    assertThat(LoopDisk.checksum(source)).isEqualTo(before);
    assertThat(Rigs.record(settings).verification())
        .isEqualTo(
            new ForkRecord.Verification(
                "verified",
                32,
                BYTES,
                "32 blocks came back from the target as the source has them"));
  }

  @Test
  void mayBeADeviceThatCannotBeWritten() {
    LoopDisk.assumeUsable();
    String before = LoopDisk.checksum(source);
    String device = LoopDisk.run("losetup", "--find", "--show", "--read-only", source.toString());
    try {
      ForkSettings settings = readingFrom(Path.of(device));
      Rigs.open(Rigs.syncTransfer(BLOCK_BYTES), settings).close();

      assertThat(Rigs.record(settings).verification().verdict()).isEqualTo("verified");
      assertThat(Rigs.record(settings).witness().verdict()).isEqualTo("proven");
    } finally {
      LoopDisk.run("losetup", "--detach", device);
    }
    assertThat(LoopDisk.checksum(source)).isEqualTo(before);
  }

  @Test
  void isNotNeededWhereOnlyTheDrainIsMeasured() throws IOException {
    Files.delete(source);
    ForkSettings settings = readingFrom(source);
    TransferSpec drain =
        Rigs.spec(
            org.p2pbench.transfer.Engine.SYNC,
            org.p2pbench.transfer.Pinning.PER_TRANSACTION,
            BLOCK_BYTES,
            false);
    Rigs.open(drain, settings).close();

    assertThat(Rigs.record(settings).verification().verdict()).isEqualTo("verified");
  }

  private ForkSettings readingFrom(Path from) {
    return Rigs.settings(directory, BYTES).between(List.of(from), List.of());
  }

  private Path freshTarget() throws IOException {
    try (var files = Files.walk(directory)) {
      return files.filter(f -> f.endsWith("target.bin")).findFirst().orElseThrow();
    }
  }
}
