// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.time.Duration;

/** How long something takes, as people say it: rounded up, since less is a broken promise. */
final class WallTime {

  /** Up to here seconds say more than minutes. */
  private static final long MOST_SECONDS = 100;

  private WallTime() {}

  /** Such as 90 s, 12 min, 1 h 22 min. */
  static String words(Duration time) {
    long tens = up(Math.max(1, time.toSeconds()), 10);
    if (tens * 10 <= MOST_SECONDS) {
      return tens * 10 + " s";
    }
    long minutes = up(time.toSeconds(), 60);
    if (minutes < 60) {
      return minutes + " min";
    }
    return minutes / 60 + " h" + (minutes % 60 == 0 ? "" : " " + minutes % 60 + " min");
  }

  private static long up(long seconds, long unit) {
    return (seconds + unit - 1) / unit;
  }
}
