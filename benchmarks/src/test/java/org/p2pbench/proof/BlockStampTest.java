// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BlockStampTest {

  @Test
  void noTwoSectorsOfAnyBlockOrEpochAreEqual() {
    Set<ByteBuffer> sectors = new HashSet<>();
    for (long epoch = 1; epoch <= 2; epoch++) {
      for (long position = 0; position < 64; position++) {
        ByteBuffer block = ByteBuffer.allocate(4096);
        BlockStamp.write(block, position, epoch, 4096);
        for (int at = 0; at < 4096; at += BlockStamp.SECTOR_BYTES) {
          sectors.add(block.slice(at, BlockStamp.SECTOR_BYTES));
        }
      }
    }
    assertThat(sectors).hasSize(2 * 64 * 8);
  }

  @Test
  void sameArgumentsGiveTheSameBytes() {
    ByteBuffer one = ByteBuffer.allocate(1024);
    ByteBuffer other = ByteBuffer.allocateDirect(1024);
    BlockStamp.write(one, 5, 6, 7);
    BlockStamp.write(other, 5, 6, 7);

    assertThat(one).isEqualTo(other);
  }

  @Test
  void writesOnlyBetweenPositionAndLimitAndMovesNeither() {
    ByteBuffer block = ByteBuffer.allocate(2048).position(512).limit(1536);
    BlockStamp.write(block, 1, 2, 3);

    assertThat(block.position()).isEqualTo(512);
    assertThat(block.limit()).isEqualTo(1536);
    assertThat(block.duplicate().clear().limit(512)).isEqualTo(ByteBuffer.allocate(512));
    assertThat(block.duplicate().clear().position(1536)).isEqualTo(ByteBuffer.allocate(512));
    assertThat(BlockStamp.identify(sector(block, 512))).isEqualTo(new BlockStamp.Identity(1, 2, 0));
    assertThat(BlockStamp.identify(sector(block, 1024)))
        .isEqualTo(new BlockStamp.Identity(1, 2, 1));
  }

  @Test
  void poisonsEveryByteOfLargeBuffers() {
    ByteBuffer block = ByteBuffer.allocate(200_000);
    BlockStamp.poison(block);

    assertThat(block.position()).isZero();
    assertThat(block.array()).containsOnly(BlockStamp.POISON);
  }

  @Test
  void aSectorThatIsDamagedAnywhereHasNoIdentity() {
    ByteBuffer block = ByteBuffer.allocate(BlockStamp.SECTOR_BYTES);
    BlockStamp.write(block, 1, 2, 3);
    for (int at = 0; at < BlockStamp.SECTOR_BYTES; at++) {
      byte[] damaged = block.array().clone();
      damaged[at] ^= 0x10;
      assertThat(BlockStamp.identify(damaged)).as("byte %d damaged", at).isNull();
    }
  }

  private static byte[] sector(ByteBuffer block, int at) {
    byte[] sector = new byte[BlockStamp.SECTOR_BYTES];
    block.duplicate().clear().position(at).get(sector);
    return sector;
  }
}
