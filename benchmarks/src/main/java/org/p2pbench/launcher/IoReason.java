// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Why a file could not be had, in words: many of Java's exceptions name the path alone. */
final class IoReason {

  private IoReason() {}

  /** The reason without the path. */
  static String of(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof NoSuchFileException) {
      return "no such file or directory";
    }
    if (e instanceof FileAlreadyExistsException || e instanceof NotDirectoryException) {
      return "a file is in the way";
    }
    if (e instanceof FileSystemException filesystem && filesystem.getReason() != null) {
      return filesystem.getReason();
    }
    return String.valueOf(e.getMessage());
  }
}
