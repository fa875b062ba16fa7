// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/** The size of the CPU's base pages, as the kernel told this process. */
final class BasePage {
  /** AT_PAGESZ: the kind of the entry in the auxiliary vector. */
  private static final long PAGE_SIZE_ENTRY = 6;

  private static final int USUAL_BYTES = 4096;

  private BasePage() {}

  static int bytes() {
    try {
      return find(ByteBuffer.wrap(Files.readAllBytes(Path.of("/proc/self/auxv"))));
    } catch (IOException e) {
      return USUAL_BYTES; // without /proc
    }
  }

  private static int find(ByteBuffer vector) {
    vector.order(ByteOrder.nativeOrder());
    while (vector.remaining() >= 2 * Long.BYTES) {
      long kind = vector.getLong();
      long value = vector.getLong();
      if (kind == PAGE_SIZE_ENTRY) {
        return Math.toIntExact(value);
      }
    }
    return USUAL_BYTES;
  }
}
