// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;

/** Strings as C has them. */
final class NativeText {
  /** What the JDK turns file names into strings with: the way back must be the same. */
  private static final Charset FILE_NAMES = fileNames();

  private NativeText() {}

  /** The absolute path, zero-terminated. */
  static byte[] of(Path path) {
    byte[] name = path.toAbsolutePath().toString().getBytes(FILE_NAMES);
    return Arrays.copyOf(name, name.length + 1);
  }

  /** The text up to the first zero byte. */
  static String from(byte[] text) {
    int length = 0;
    while (length < text.length && text[length] != 0) {
      length++;
    }
    return new String(text, 0, length, StandardCharsets.UTF_8);
  }

  private static Charset fileNames() {
    String name = System.getProperty("sun.jnu.encoding");
    return name != null && Charset.isSupported(name)
        ? Charset.forName(name)
        : Charset.defaultCharset();
  }
}
