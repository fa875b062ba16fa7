// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * Files for one test below the module's target directory, which is on disk where the sources are
 * (the system's directory for temporary files may be a tmpfs). The caller deletes the directory.
 */
final class ScratchFiles {
  private ScratchFiles() {}

  static Path directory() {
    try {
      Path parent = Files.createDirectories(Path.of("target", "scratch").toAbsolutePath());
      return Files.createTempDirectory(parent, "test-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void delete(Path directory) throws IOException {
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory);
  }

  /** A file of random bytes. */
  static Path random(Path path, int length, long seed) throws IOException {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return Files.write(path, bytes);
  }

  /** A file of zeros, all of it allocated. */
  static Path zeros(Path path, int length) throws IOException {
    return Files.write(path, new byte[length]);
  }
}
