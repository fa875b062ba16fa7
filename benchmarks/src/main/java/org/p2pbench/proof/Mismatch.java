// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.proof;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * How a block that came back differs from the block that was sent.
 *
 * @param kind the class of damage, that of the first sector that is wrong unless the block is torn
 * @param block number of the block in the span
 * @param offsetBytes first wrong byte, counted from the start of the block
 * @param detail what was found there, in words
 */
public record Mismatch(Kind kind, long block, long offsetBytes, String detail) {

  /** Classes of damage, each with another probable cause. */
  public enum Kind {
    /** What was there before is still there: the data never arrived. */
    STALE,
    /** Whole data of another block. */
    MISPLACED,
    /** Some sectors are right and some are not. */
    TORN,
    /** All bits set: what a PCIe read returns when nobody answers. */
    ALL_ONES,
    /** At most eight bits of a sector differ. */
    BIT_FLIP,
    /** None of the others. */
    CORRUPT;

    /** The kind in words. */
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  private static final int BIT_FLIP_LIMIT = 8;

  /**
   * Compares what came back with what was sent.
   *
   * @param block number of the block, for the message
   * @param expected the block as sent; position to limit, a multiple of 512 bytes
   * @param actual the block as read back, as long as expected
   * @return empty when every byte is right
   */
  public static Optional<Mismatch> between(long block, ByteBuffer expected, ByteBuffer actual) {
    ByteBuffer want = expected.duplicate();
    ByteBuffer got = actual.duplicate();
    int first = want.mismatch(got);
    if (first < 0) {
      return Optional.empty();
    }
    int sectors = want.remaining() / BlockStamp.SECTOR_BYTES;
    int wrong = 0;
    Mismatch firstWrong = null;
    byte[] w = new byte[BlockStamp.SECTOR_BYTES];
    byte[] g = new byte[BlockStamp.SECTOR_BYTES];
    for (int i = 0; i < sectors; i++) {
      want.get(w);
      got.get(g);
      if (!Arrays.equals(w, g)) {
        wrong++;
        firstWrong = firstWrong == null ? sector(block, first, w, g) : firstWrong;
      }
    }
    if (wrong < sectors) {
      String detail = "%d of %d sectors wrong, the first: %s (%s)";
      return Optional.of(
          new Mismatch(
              firstWrong.kind == Kind.BIT_FLIP ? Kind.BIT_FLIP : Kind.TORN,
              block,
              first,
              String.format(
                  Locale.ROOT,
                  detail,
                  wrong,
                  sectors,
                  firstWrong.kind.label(),
                  firstWrong.detail)));
    }
    return Optional.of(firstWrong);
  }

  private static Mismatch sector(long block, int offset, byte[] want, byte[] got) {
    if (isAll(got, (byte) 0xFF)) {
      return new Mismatch(Kind.ALL_ONES, block, offset, "every bit is set");
    }
    if (isAll(got, BlockStamp.POISON)) {
      return new Mismatch(Kind.STALE, block, offset, "the poison is still there");
    }
    BlockStamp.Identity wanted = BlockStamp.identify(want);
    BlockStamp.Identity found = BlockStamp.identify(got);
    if (found != null && wanted != null) {
      if (found.epoch() != wanted.epoch()) {
        return new Mismatch(Kind.STALE, block, offset, "data of epoch %x".formatted(found.epoch()));
      }
      return new Mismatch(
          Kind.MISPLACED,
          block,
          offset,
          "data of block %d sector %d".formatted(found.position(), found.sector()));
    }
    int bits = 0;
    for (int i = 0; i < want.length; i++) {
      bits += Integer.bitCount((want[i] ^ got[i]) & 0xFF);
    }
    Kind kind = bits <= BIT_FLIP_LIMIT ? Kind.BIT_FLIP : Kind.CORRUPT;
    return new Mismatch(kind, block, offset, bits + (bits == 1 ? " bit differs" : " bits differ"));
  }

  private static boolean isAll(byte[] bytes, byte value) {
    for (byte b : bytes) {
      if (b != value) {
        return false;
      }
    }
    return true;
  }

  /** One line for a person. */
  @Override
  public String toString() {
    return "block %d: %s at byte %d: %s".formatted(block, kind.label(), offsetBytes, detail);
  }
}
