// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class TransactorConfigTest {
  private static TransactorConfig config(
      Engine engine, Pinning pinning, int staging, int depth, long blockBytes, long blocks) {
    return new TransactorConfig(
        engine, pinning, staging, depth, Pattern.RANDOM, blockBytes, 3, 4, blocks, 5);
  }

  private static void assertRefused(
      Engine engine,
      Pinning pinning,
      int staging,
      int depth,
      long blockBytes,
      long blocks,
      String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> config(engine, pinning, staging, depth, blockBytes, blocks))
        .withMessage(message);
  }

  @Test
  void nonsenseIsRefusedByNameValueAndBound() {
    Engine uring = Engine.IO_URING;
    Pinning plain = Pinning.PER_TRANSACTION;
    assertRefused(uring, plain, 2, 1, 512, 1, "staging=2 must be from 0 to 1");
    assertRefused(uring, plain, 0, 0, 512, 1, "depth=0 must be from 1 to 256");
    assertRefused(uring, plain, 0, 257, 512, 1, "depth=257 must be from 1 to 256");
    assertRefused(uring, plain, 0, 1, 0, 1, "blockBytes=0 must be from 1 to 1073741824");
    assertRefused(uring, plain, 0, 1, 512, 0, "blocks=0 must be at least 1");
    assertRefused(
        Engine.SYNC,
        plain,
        0,
        2,
        512,
        1,
        "engine sync moves one block at a time, so depth=2 must be 1: use io_uring");
    assertRefused(
        Engine.SYNC,
        Pinning.REGISTERED,
        0,
        1,
        512,
        1,
        "engine sync has no registered buffers, so pinning=registered needs io_uring");
  }

  @Test
  void packsInTheOrderOfTheHeader() {
    byte[] packed = config(Engine.IO_URING, Pinning.NONE, 1, 32, 4096, 7).pack();
    ByteBuffer struct = ByteBuffer.wrap(packed).order(ByteOrder.nativeOrder());
    int[] ints = new int[6];
    struct.asIntBuffer().get(ints);
    assertThat(ints).containsExactly(1, 2, 1, 32, 1, 0);
    long[] longs = new long[5];
    struct.position(24).slice().order(ByteOrder.nativeOrder()).asLongBuffer().get(longs);
    assertThat(longs).containsExactly(4096, 3, 4, 7, 5);
  }
}
