// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.p2pbench.transfer.IoMemory;
import org.p2pbench.transfer.TransferException;

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
      case CMB -> openCmb(allocateFile.orElseThrow(), bytes);
      case CMB_EMULATED -> IoMemory.openCmbEmulated(bytes, hugePages);
      case RAM, PAGE_CACHE -> IoMemory.openRam(bytes, hugePages);
    };
  }

  private static IoMemory openCmb(Path allocateFile, long bytes) {
    try {
      return IoMemory.openCmb(allocateFile, bytes);
    } catch (TransferException e) {
      if (!e.errnoName().equals("ENOMEM")) {
        throw e;
      }
      throw new RigException(
          RigException.Kind.BAD_INPUT,
          "%d bytes of CMB are asked for, but %s at %s, perhaps not in one piece: use a smaller --size, --depth or --threads, or end what else uses it"
              .formatted(bytes, left(allocateFile), allocateFile.getParent()),
          e);
    }
  }

  private static String left(Path allocateFile) {
    try {
      return "%s of %s bytes are left"
          .formatted(
              Files.readString(allocateFile.resolveSibling("available")).strip(),
              Files.readString(allocateFile.resolveSibling("size")).strip());
    } catch (IOException unreadable) {
      return "less is left";
    }
  }
}
