// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.safety;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Says what a fresh file holds. */
@FunctionalInterface
public interface BlockWriter {
  /**
   * Fills the chunk from its position to its limit with the file's content from 'offsetBytes' on.
   * Offsets are multiples of {@link ScratchFiles#CHUNK_BYTES}; all chunks but the last are so long.
   */
  void fill(long offsetBytes, ByteBuffer chunk);

  /** One byte everywhere: easily told from data, and no run of zeroes to be optimised away. */
  static BlockWriter constant(byte value) {
    byte[] bytes = new byte[65_536];
    Arrays.fill(bytes, value);
    return (offsetBytes, chunk) -> {
      while (chunk.hasRemaining()) {
        chunk.put(bytes, 0, Math.min(bytes.length, chunk.remaining()));
      }
    };
  }
}
