// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.safety;

import java.nio.file.Path;

/** A process that owns scratch files until it is ended from outside. */
final class ScratchChild {
  private ScratchChild() {}

  public static void main(String[] arguments) throws InterruptedException {
    BlockWriter content = BlockWriter.constant((byte) 0x5a);
    ScratchFiles scratch = ScratchFiles.create(Path.of(arguments[0]), 4096, 4096, content, content);
    System.out.println(scratch.directory());
    Thread.sleep(Long.MAX_VALUE);
  }
}
