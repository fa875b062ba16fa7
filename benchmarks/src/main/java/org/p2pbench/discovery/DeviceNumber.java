// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.discovery;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A device's number as sysfs and mountinfo write it, major:minor. Immutable. */
public record DeviceNumber(long major, long minor) {
  private static final Pattern TEXT = Pattern.compile("(\\d{1,10}):(\\d{1,10})");

  /** Splits st_dev or st_rdev as stat(2) returns it on Linux (64 bits, the low halves apart). */
  public static DeviceNumber ofStat(long packed) {
    long major = (packed >>> 8 & 0xfffL) | (packed >>> 32 & 0xfffff000L);
    long minor = (packed & 0xffL) | (packed >>> 12 & 0xffffff00L);
    return new DeviceNumber(major, minor);
  }

  /** Reads "259:0"; empty where the text is something else. */
  public static Optional<DeviceNumber> parse(String text) {
    Matcher matcher = TEXT.matcher(text.strip());
    return matcher.matches()
        ? Optional.of(
            new DeviceNumber(Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))))
        : Optional.empty();
  }

  /** True for a filesystem without a device of its own (tmpfs, overlay), and for btrfs. */
  public boolean anonymous() {
    return major == 0;
  }

  @Override
  public String toString() {
    return major + ":" + minor;
  }
}
