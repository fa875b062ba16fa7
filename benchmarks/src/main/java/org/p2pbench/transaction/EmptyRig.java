// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import org.p2pbench.transfer.Engine;
import org.p2pbench.transfer.IoMemory;
import org.p2pbench.transfer.Pattern;
import org.p2pbench.transfer.Pinning;
import org.p2pbench.transfer.StampBuffer;
import org.p2pbench.transfer.Transactor;
import org.p2pbench.transfer.TransactorConfig;

/** Transactions that move nothing: the loop itself. Used by one thread. */
public final class EmptyRig implements AutoCloseable {

  private static final int BLOCK_BYTES = 4096;

  private final IoMemory memory;
  private final Transactor transactor;

  private EmptyRig(IoMemory memory, Transactor transactor) {
    this.memory = memory;
    this.transactor = transactor;
  }

  /** Opens one. */
  public static EmptyRig open() {
    IoMemory memory = IoMemory.openRam(BLOCK_BYTES, false);
    TransactorConfig config =
        new TransactorConfig(
            Engine.SYNC,
            Pinning.PER_TRANSACTION,
            0,
            1,
            Pattern.SEQUENTIAL,
            BLOCK_BYTES,
            0,
            0,
            1,
            0);
    return new EmptyRig(memory, Transactor.open(config, memory, null, null));
  }

  /** Runs empty transactions without stamps. */
  public void run(int count) {
    transactor.run(count);
  }

  /** Runs empty transactions with stamps. */
  public void run(int count, StampBuffer stamps) {
    transactor.run(count, stamps);
  }

  @Override
  public void close() {
    transactor.close();
    memory.close();
  }
}
