// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import java.nio.file.Path;
import java.util.Optional;
import org.p2pbench.transfer.IoMemory;

/** Maps the memory that a user names. Stateless. */
final class Memories {

  private Memories() {}

  /**
   * Maps a memory; the caller closes it.
   *
   * @param choice what is asked for
   * @param bytes length
   * @param hugePages whether 2 MiB pages are asked for
   * @param allocateFile of the CMB's controller, needed for {@link MemoryChoice#CMB}
   */
  static IoMemory open(
      MemoryChoice choice, long bytes, boolean hugePages, Optional<Path> allocateFile) {
    return switch (choice) {
      case CMB -> IoMemory.openCmb(allocateFile.orElseThrow(), bytes);
      case CMB_EMULATED -> IoMemory.openCmbEmulated(bytes, hugePages);
      case RAM, PAGE_CACHE -> IoMemory.openRam(bytes, hugePages);
    };
  }
}
