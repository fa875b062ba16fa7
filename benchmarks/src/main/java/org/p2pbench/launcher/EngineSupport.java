// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.util.Optional;
import org.p2pbench.transfer.Engine;
import org.p2pbench.transfer.IoMemory;
import org.p2pbench.transfer.Pattern;
import org.p2pbench.transfer.Pinning;
import org.p2pbench.transfer.Transactor;
import org.p2pbench.transfer.TransactorConfig;
import org.p2pbench.transfer.TransferException;

/** What the kernel lets this process use. Stateless. */
final class EngineSupport {

  private EngineSupport() {}

  /** Why io_uring cannot be used, in one line; empty where it can. Found out by setting one up. */
  static Optional<String> ioUringObstacle() {
    TransactorConfig config =
        new TransactorConfig(
            Engine.IO_URING, Pinning.PER_TRANSACTION, 0, 1, Pattern.SEQUENTIAL, 4096, 0, 0, 1, 0);
    try (IoMemory memory = IoMemory.openRam(4096, false);
        Transactor transactor = Transactor.open(config, memory, null, null)) {
      transactor.run(1);
      return Optional.empty();
    } catch (TransferException e) {
      return Optional.of(e.getMessage());
    }
  }
}
