// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.p2pbench.reports.rundir.IoReason;

/** A file that the user asked for. Where it cannot be written, the exception names it. */
final class OutputFile {
  private OutputFile() {}

  /** Writes a file anew, and the directories that lead to it. */
  static void write(Path file, String text) throws IOException {
    put(
        file,
        text,
        StandardOpenOption.CREATE,
        StandardOpenOption.TRUNCATE_EXISTING,
        StandardOpenOption.WRITE);
  }

  /** Adds to a file that others may have written to. */
  static void append(Path file, String text) throws IOException {
    put(file, text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  /** Whether a file is or would be in a directory, whatever links lead to either. */
  static boolean isIn(Path file, Path directory) {
    return real(file).startsWith(real(directory));
  }

  /** With the links of what exists of it. */
  private static Path real(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    try {
      return absolute.toRealPath();
    } catch (IOException notThere) {
      Path parent = absolute.getParent();
      return parent == null ? absolute : real(parent).resolve(absolute.getFileName());
    }
  }

  private static void put(Path file, String text, OpenOption... how) throws IOException {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(file, text, how);
    } catch (IOException e) {
      throw IoReason.at(file, e);
    }
  }
}
