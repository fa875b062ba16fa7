// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import java.nio.ByteBuffer;
import org.p2pbench.transfer.Endpoint;
import org.p2pbench.transfer.Engine;
import org.p2pbench.transfer.IoMemory;
import org.p2pbench.transfer.Pattern;
import org.p2pbench.transfer.Pinning;
import org.p2pbench.transfer.Transactor;
import org.p2pbench.transfer.TransactorConfig;

/**
 * Reads or writes single blocks of an endpoint through plain system memory: the door by which
 * verification prepares and checks what the measured path moves. Used by one thread.
 */
final class BlockAccess implements AutoCloseable {

  private final IoMemory memory;
  private final Transactor transactor;
  private final Watchdog watchdog;

  private BlockAccess(IoMemory memory, Transactor transactor, Watchdog watchdog) {
    this.memory = memory;
    this.transactor = transactor;
    this.watchdog = watchdog;
    watchdog.add(transactor);
  }

  static BlockAccess reading(Endpoint endpoint, long blockBytes, long blocks, Watchdog watchdog) {
    return open(endpoint, null, blockBytes, blocks, watchdog);
  }

  static BlockAccess writing(Endpoint endpoint, long blockBytes, long blocks, Watchdog watchdog) {
    return open(null, endpoint, blockBytes, blocks, watchdog);
  }

  private static BlockAccess open(
      Endpoint from, Endpoint to, long blockBytes, long blocks, Watchdog watchdog) {
    IoMemory memory = IoMemory.openRam(Math.max(blockBytes, 4096), false);
    try {
      Pinning pinning =
          (from != null ? from : to).direct() ? Pinning.PER_TRANSACTION : Pinning.NONE;
      TransactorConfig config =
          new TransactorConfig(
              Engine.SYNC, pinning, 0, 1, Pattern.SEQUENTIAL, blockBytes, 0, 0, blocks, 0);
      return new BlockAccess(memory, Transactor.open(config, memory, from, to), watchdog);
    } catch (RuntimeException e) {
      memory.close();
      throw e;
    }
  }

  /** The block at that position; valid until the next call. */
  ByteBuffer read(long block) {
    transactor.seek(block);
    transactor.run(1);
    return transactor.slot(0);
  }

  /** Writes a block to that position. */
  void write(long block, ByteBuffer content) {
    transactor.slot(0).put(content.duplicate());
    transactor.seek(block);
    transactor.run(1);
  }

  @Override
  public void close() {
    watchdog.remove(transactor);
    transactor.close();
    memory.close();
  }
}
