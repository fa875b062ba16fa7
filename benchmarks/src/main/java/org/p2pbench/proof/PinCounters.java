// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.proof;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The kernel's counts of pages pinned and unpinned for I/O: {@code nr_foll_pin_acquired} and {@code
 * nr_foll_pin_released} of {@code /proc/vmstat}, of the whole machine since boot (Linux 5.7 and
 * later).
 *
 * @param acquired pages pinned
 * @param released pages unpinned
 */
public record PinCounters(long acquired, long released) {

  private static final Path VMSTAT = Path.of("/proc/vmstat");
  private static final Path STAT_REFRESH = Path.of("/proc/sys/vm/stat_refresh");

  /**
   * Reads the counters now. As root they are exact: reading {@code vm.stat_refresh} first makes the
   * kernel fold what its CPUs still hold back. Without root up to about 125 pages for each CPU may
   * be missing for a second.
   *
   * @return empty where the kernel has no such counters
   */
  public static Optional<PinCounters> read() {
    if (Files.isReadable(STAT_REFRESH)) {
      try {
        Files.readAllBytes(STAT_REFRESH);
      } catch (IOException notAllowed) {
        // Only exactness is lost, as documented above.
        return parse();
      }
    }
    return parse();
  }

  /** Whether {@link #read} is exact for this user. */
  public static boolean exact() {
    return Files.isReadable(STAT_REFRESH);
  }

  private static Optional<PinCounters> parse() {
    long acquired = -1;
    long released = -1;
    try {
      for (String line : Files.readAllLines(VMSTAT)) {
        if (line.startsWith("nr_foll_pin_acquired ")) {
          acquired = Long.parseLong(line.substring(line.indexOf(' ') + 1));
        } else if (line.startsWith("nr_foll_pin_released ")) {
          released = Long.parseLong(line.substring(line.indexOf(' ') + 1));
        }
      }
    } catch (IOException noProc) {
      return Optional.empty();
    }
    return acquired < 0 || released < 0
        ? Optional.empty()
        : Optional.of(new PinCounters(acquired, released));
  }

  /** Pages pinned and unpinned since an earlier reading. */
  public PinCounters minus(PinCounters earlier) {
    return new PinCounters(acquired - earlier.acquired, released - earlier.released);
  }
}
