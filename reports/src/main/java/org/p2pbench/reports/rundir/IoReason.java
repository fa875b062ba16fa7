// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.rundir;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The reason of a failed file operation in a few words, without the path. */
public final class IoReason {
  private IoReason() {}

  /** Words such as "permission denied"; never null. */
  public static String of(IOException e) {
    if (e instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (e instanceof NoSuchFileException) {
      return "no such file";
    }
    if (e instanceof FileAlreadyExistsException) {
      return "a file of that name is in the way";
    }
    if (e instanceof FileSystemException fs && fs.getReason() != null) {
      return lowerFirst(fs.getReason());
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : lowerFirst(e.getMessage());
  }

  /** The same failure with the name of its file: that of a full disk comes without. */
  public static FileSystemException at(Path file, IOException e) {
    if (e instanceof FileSystemException named && named.getFile() != null) {
      return named;
    }
    FileSystemException named = new FileSystemException(file.toString(), null, of(e));
    named.initCause(e);
    return named;
  }

  private static String lowerFirst(String text) {
    return text.isEmpty() ? text : Character.toLowerCase(text.charAt(0)) + text.substring(1);
  }
}
