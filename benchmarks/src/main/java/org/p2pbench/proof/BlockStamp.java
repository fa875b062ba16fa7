// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.proof;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Content that proves where and when it was written: each 512-byte sector of a block carries the
 * block's position, an epoch, a seed, its own index, pseudo-random payload and a CRC32C over all of
 * it. Reading it back tells data that is right from data that is old, from elsewhere, half written
 * or damaged. Stateless and thread-safe.
 */
public final class BlockStamp {

  /** The unit that is stamped and checked, in bytes: the smallest that a device writes at once. */
  public static final int SECTOR_BYTES = 512;

  /** What poisoned memory and poisoned targets are filled with before data is to arrive. */
  public static final byte POISON = (byte) 0xA5;

  private static final long MAGIC = 0x7032_7062_656e_6368L; // "p2pbench"
  private static final int POSITION = 8;
  private static final int EPOCH = 16;
  private static final int SEED = 24;
  private static final int SECTOR = 32;
  private static final int PAYLOAD = 40;
  private static final int CRC = SECTOR_BYTES - 8;

  private BlockStamp() {}

  /**
   * Stamps a whole block.
   *
   * @param block the bytes from position to limit, a multiple of 512; its position is not moved
   * @param position number of the block in the span
   * @param epoch differs for each verification, so that what an earlier one left is found out
   * @param seed of the payload
   */
  public static void write(ByteBuffer block, long position, long epoch, long seed) {
    ByteBuffer out = block.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    byte[] sector = new byte[SECTOR_BYTES];
    ByteBuffer view = ByteBuffer.wrap(sector).order(ByteOrder.LITTLE_ENDIAN);
    int sectors = out.remaining() / SECTOR_BYTES;
    for (int i = 0; i < sectors; i++) {
      view.putLong(0, MAGIC).putLong(POSITION, position).putLong(EPOCH, epoch);
      view.putLong(SEED, seed).putLong(SECTOR, i);
      long state = seed ^ (position * 0x9E37_79B9_7F4A_7C15L) ^ (epoch << 32) ^ i;
      for (int at = PAYLOAD; at < CRC; at += Long.BYTES) {
        state = splitMix(state);
        view.putLong(at, state);
      }
      view.putLong(CRC, crc(sector));
      out.put(sector);
    }
  }

  /** Fills what remains of the buffer with {@link #POISON}; its position is not moved. */
  public static void poison(ByteBuffer block) {
    ByteBuffer out = block.duplicate();
    byte[] chunk = new byte[Math.min(out.remaining(), 65_536)];
    java.util.Arrays.fill(chunk, POISON);
    while (out.hasRemaining()) {
      out.put(chunk, 0, Math.min(chunk.length, out.remaining()));
    }
  }

  /** The stamp of a sector, or null where the sector carries none that is whole. */
  static Identity identify(byte[] sector) {
    ByteBuffer view = ByteBuffer.wrap(sector).order(ByteOrder.LITTLE_ENDIAN);
    if (view.getLong(0) != MAGIC || view.getLong(CRC) != crc(sector)) {
      return null;
    }
    return new Identity(view.getLong(POSITION), view.getLong(EPOCH), view.getLong(SECTOR));
  }

  private static long crc(byte[] sector) {
    CRC32C crc = new CRC32C();
    crc.update(sector, 0, CRC);
    return crc.getValue();
  }

  /** SplitMix64 (Steele, Lea, Flood 2014): one step and its output. */
  private static long splitMix(long state) {
    long z = state + 0x9E37_79B9_7F4A_7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58_476D_1CE4_E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D0_49BB_1331_11EBL;
    return z ^ (z >>> 31);
  }

  /** Where a whole sector says it belongs. */
  record Identity(long position, long epoch, long sector) {}
}
