// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * The CPU's base pages: what the kernel pins and keeps in the page cache. They have 4 KiB on x86-64
 * and up to 64 KiB elsewhere.
 */
public final class BasePage {
  /** AT_PAGESZ: the kind of the entry in the auxiliary vector. */
  private static final long PAGE_SIZE_ENTRY = 6;

  private static final int USUAL_BYTES = 4096; // without /proc

  private static final int BYTES =
      Math.toIntExact(toldIn(Path.of("/proc/self/auxv")).orElse(USUAL_BYTES));

  private BasePage() {}

  /** Its size on this machine. */
  public static int bytes() {
    return BYTES;
  }

  /**
   * How many pages a range lies on, the first and the last one in part, perhaps.
   *
   * @param offset of the range in something that begins with a page, as memories and files do
   */
  public static long spannedBy(long offset, long lengthBytes) {
    return (offset % BYTES + lengthBytes + BYTES - 1) / BYTES;
  }

  /**
   * The size that the kernel told a process.
   *
   * @param auxiliaryVector the process's: pairs of words, kind and value
   * @return empty where it cannot be read or tells none
   */
  public static OptionalLong toldIn(Path auxiliaryVector) {
    try {
      LongBuffer words =
          ByteBuffer.wrap(Files.readAllBytes(auxiliaryVector))
              .order(ByteOrder.nativeOrder())
              .asLongBuffer();
      while (words.remaining() >= 2) {
        long kind = words.get();
        long value = words.get();
        if (kind == PAGE_SIZE_ENTRY) {
          return OptionalLong.of(value);
        }
      }
      return OptionalLong.empty();
    } catch (IOException unreadable) {
      return OptionalLong.empty();
    }
  }
}
