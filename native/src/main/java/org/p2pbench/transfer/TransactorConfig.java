// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * How a transactor moves blocks. Block i of the span is read at {@code (sourceBlock + i) *
 * blockBytes} and written at {@code (targetBlock + i) * blockBytes}.
 *
 * @param staging 0, or 1: fill a staging buffer in RAM, then copy it to the slot
 * @param depth transactions in flight: 1 for {@link Engine#SYNC}, else 1 to 256
 * @param blockBytes moved by one transaction, at most 1 GiB
 * @param sourceBlock first block of the span at the source
 * @param targetBlock first block of the span at the target
 * @param blocks in the span, the same for both ends
 * @param seed of the random pattern
 */
public record TransactorConfig(
    Engine engine,
    Pinning pinning,
    int staging,
    int depth,
    Pattern pattern,
    long blockBytes,
    long sourceBlock,
    long targetBlock,
    long blocks,
    long seed) {
  private static final int MAX_DEPTH = 256;
  private static final long MAX_BLOCK_BYTES = 1L << 30;

  /** Refuses what no transactor can do. */
  public TransactorConfig {
    Objects.requireNonNull(engine, "engine");
    Objects.requireNonNull(pinning, "pinning");
    Objects.requireNonNull(pattern, "pattern");
    check("staging", staging, 0, 1);
    check("depth", depth, 1, MAX_DEPTH);
    check("blockBytes", blockBytes, 1, MAX_BLOCK_BYTES);
    check("sourceBlock", sourceBlock, 0, Long.MAX_VALUE);
    check("targetBlock", targetBlock, 0, Long.MAX_VALUE);
    check("blocks", blocks, 1, Long.MAX_VALUE);
    if (engine == Engine.SYNC && depth > 1) {
      throw new IllegalArgumentException(
          "engine sync moves one block at a time, so depth=" + depth + " must be 1: use io_uring");
    }
    if (engine == Engine.SYNC && pinning == Pinning.REGISTERED) {
      throw new IllegalArgumentException(
          "engine sync has no registered buffers, so pinning=registered needs io_uring");
    }
  }

  private static void check(String name, long value, long least, long most) {
    if (value < least || value > most) {
      String range = most == Long.MAX_VALUE ? "at least " + least : "from " + least + " to " + most;
      throw new IllegalArgumentException(name + "=" + value + " must be " + range);
    }
  }

  /** As {@code struct p2p_transactor_config}. */
  byte[] pack() {
    return ByteBuffer.allocate(LibP2pbench.TRANSACTOR_CONFIG_BYTES)
        .order(ByteOrder.nativeOrder())
        .putInt(engine.ordinal())
        .putInt(pinning.ordinal())
        .putInt(staging)
        .putInt(depth)
        .putInt(pattern.ordinal())
        .putInt(0)
        .putLong(blockBytes)
        .putLong(sourceBlock)
        .putLong(targetBlock)
        .putLong(blocks)
        .putLong(seed)
        .array();
  }
}
