// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import java.nio.file.Path;

/** What of a file or block device is in the page cache. */
public final class CachedPages {
  private CachedPages() {}

  /**
   * Pages of the range that are in the page cache. Nothing is read, and nothing stays mapped: a
   * file that is removed afterwards gives its blocks back at once. To a process that may not write
   * the file the kernel calls all of its pages cached.
   *
   * @param offset bytes, a multiple of the base page size
   * @param lengthBytes over 0
   * @throws TransferException it cannot be opened or mapped
   */
  public static long count(Path path, long offset, long lengthBytes) {
    NativeLoader.load();
    long count = LibP2pbench.p2p_cached_pages(NativeText.of(path), offset, lengthBytes);
    if (count < 0) {
      throw TransferException.failed(
          new Attempt(Operation.CACHED_PAGES, path, null, offset, lengthBytes), (int) count);
    }
    return count;
  }
}
