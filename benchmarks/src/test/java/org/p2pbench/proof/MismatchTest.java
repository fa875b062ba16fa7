// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MismatchTest {
  private static final int BLOCK_BYTES = 2048;
  private static final int SECTORS = BLOCK_BYTES / BlockStamp.SECTOR_BYTES;

  private final ByteBuffer sent = stamped(7, 0x20);
  private ByteBuffer found;

  @BeforeEach
  void receiveWhole() {
    found = stamped(7, 0x20);
  }

  @Test
  void rightDataIsNoMismatch() {
    assertThat(Mismatch.between(7, sent, found)).isEmpty();
  }

  @Test
  void foreignDataThatIsRightIsNoMismatchEvenIfItLooksLikePoison() {
    ByteBuffer poison = ByteBuffer.allocate(BLOCK_BYTES);
    BlockStamp.poison(poison);

    assertThat(Mismatch.between(0, poison, poison.duplicate())).isEmpty();
  }

  @Test
  void poisonThatIsStillThereIsStale() {
    BlockStamp.poison(found);

    assertMismatch(Mismatch.Kind.STALE, "block 7: stale at byte 0: the poison is still there");
  }

  @Test
  void dataOfAnEarlierVerificationIsStale() {
    found = stamped(7, 0x1f);

    assertMismatch(Mismatch.Kind.STALE, "block 7: stale at byte 16: data of epoch 1f");
  }

  @Test
  void dataOfAnotherBlockIsMisplaced() {
    found = stamped(9, 0x20);

    assertMismatch(
        Mismatch.Kind.MISPLACED, "block 7: misplaced at byte 8: data of block 9 sector 0");
  }

  @Test
  void sectorsInTheWrongOrderAreMisplaced() {
    for (int sector = 0; sector < SECTORS; sector++) {
      copy(sent, (sector + 1) % SECTORS, found, sector);
    }

    assertMismatch(
        Mismatch.Kind.MISPLACED, "block 7: misplaced at byte 32: data of block 7 sector 1");
  }

  @Test
  void aBlockOfWhichOnlyTheFirstHalfArrivedIsTorn() {
    BlockStamp.poison(found.duplicate().position(1024));

    assertMismatch(
        Mismatch.Kind.TORN,
        "block 7: torn at byte 1024: 2 of 4 sectors wrong, the first: stale (the poison is still"
            + " there)");
  }

  @Test
  void aBlockWithOneSectorOfAnotherIsTorn() {
    copy(stamped(3, 0x20), 1, found, 2);

    assertMismatch(
        Mismatch.Kind.TORN,
        "block 7: torn at byte 1032: 1 of 4 sectors wrong, the first: misplaced (data of block 3"
            + " sector 1)");
  }

  @Test
  void allBitsSetIsWhatNobodyAnswers() {
    Arrays.fill(found.array(), (byte) 0xFF);

    assertMismatch(Mismatch.Kind.ALL_ONES, "block 7: all ones at byte 0: every bit is set");
  }

  @Test
  void oneBitIsABitFlipThoughOtherSectorsAreRight() {
    found.put(700, (byte) (found.get(700) ^ 0x04));

    assertMismatch(
        Mismatch.Kind.BIT_FLIP,
        "block 7: bit flip at byte 700: 1 of 4 sectors wrong, the first: bit flip (1 bit"
            + " differs)");
  }

  @ParameterizedTest
  @CsvSource({"8, BIT_FLIP, bit flip", "9, CORRUPT, corrupt"})
  void upToEightBitsAreABitFlipAndMoreAreCorrupt(int bits, Mismatch.Kind kind, String words) {
    for (int sector = 0; sector < SECTORS; sector++) {
      for (int bit = 0; bit < bits; bit++) {
        int at = sector * BlockStamp.SECTOR_BYTES + 100 + bit;
        found.put(at, (byte) (found.get(at) ^ 0x80));
      }
    }

    assertMismatch(kind, "block 7: %s at byte 100: %d bits differ".formatted(words, bits));
  }

  @Test
  void foreignDataThatDiffersIsCorrupt() {
    ByteBuffer zeroes = ByteBuffer.allocate(512);

    Optional<Mismatch> mismatch = Mismatch.between(2, zeroes, stamped(2, 1).limit(512));

    assertThat(mismatch.orElseThrow().kind()).isEqualTo(Mismatch.Kind.CORRUPT);
    assertThat(mismatch.orElseThrow().offsetBytes()).isZero();
  }

  @Test
  void buffersAreReadBetweenPositionAndLimitAndLeftAsTheyAre() {
    ByteBuffer larger = ByteBuffer.allocate(BLOCK_BYTES + 1024);
    larger.position(512).put(sent.duplicate()).flip().position(512);

    assertThat(Mismatch.between(7, sent, larger)).isEmpty();
    assertThat(larger.position()).isEqualTo(512);
    assertThat(larger.remaining()).isEqualTo(BLOCK_BYTES);
  }

  private void assertMismatch(Mismatch.Kind kind, String message) {
    Mismatch mismatch = Mismatch.between(7, sent, found).orElseThrow();
    assertThat(mismatch).hasToString(message);
    assertThat(mismatch.kind()).isEqualTo(kind);
  }

  private static ByteBuffer stamped(long position, long epoch) {
    ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
    BlockStamp.write(block, position, epoch, 1);
    return block;
  }

  private static void copy(ByteBuffer from, int fromSector, ByteBuffer to, int toSector) {
    to.put(
        toSector * BlockStamp.SECTOR_BYTES,
        from,
        fromSector * BlockStamp.SECTOR_BYTES,
        BlockStamp.SECTOR_BYTES);
  }
}
