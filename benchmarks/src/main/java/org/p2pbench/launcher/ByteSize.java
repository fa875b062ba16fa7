// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Sizes as people write them: 4096, 4k, 64KiB, 1M. All units are binary, as fio's are. */
final class ByteSize {

  private static final Pattern FORM = Pattern.compile("(\\d{1,18})\\s*([kmg]?)(i?b)?");
  private static final long KIB = 1024;

  private ByteSize() {}

  /**
   * Reads a size.
   *
   * @return bytes
   * @throws IllegalArgumentException where it is none
   */
  static long parse(String text) {
    Matcher matcher = FORM.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'%s' is not a size: write bytes, or a number with k, M or G, such as 4096, 64k or 1M"
              .formatted(text));
    }
    long unit =
        switch (matcher.group(2)) {
          case "k" -> KIB;
          case "m" -> KIB * KIB;
          case "g" -> KIB * KIB * KIB;
          default -> 1;
        };
    try {
      return Math.multiplyExact(Long.parseLong(matcher.group(1)), unit);
    } catch (ArithmeticException tooLarge) {
      throw new IllegalArgumentException("size '%s' is too large".formatted(text), tooLarge);
    }
  }

  /** A size in the largest unit that leaves at least one before the point, such as 63.9 MiB. */
  static String format(long bytes) {
    if (bytes >= KIB * KIB) {
      return number(bytes, KIB * KIB) + " MiB";
    }
    return bytes >= KIB ? number(bytes, KIB) + " KiB" : bytes + " B";
  }

  private static String number(long bytes, long unit) {
    return bytes % unit == 0
        ? Long.toString(bytes / unit)
        : String.format(Locale.ROOT, "%.1f", (double) bytes / unit);
  }
}
