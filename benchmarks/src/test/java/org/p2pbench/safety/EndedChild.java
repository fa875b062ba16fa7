// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.safety;

import java.nio.file.Path;

/** A process that comes to make scratch files only when it is being ended. */
final class EndedChild {
  private EndedChild() {}

  public static void main(String[] arguments) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> make(Path.of(arguments[0]))));
  }

  private static void make(Path directory) {
    BlockWriter content = BlockWriter.constant((byte) 0x5a);
    try (ScratchFiles scratch = ScratchFiles.create(directory, 4096, 0, content, content)) {
      System.out.println("made " + scratch.directory());
    } catch (ScratchException refused) {
      System.out.println(refused.getMessage());
    }
  }
}
