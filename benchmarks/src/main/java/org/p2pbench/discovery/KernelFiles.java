// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.discovery;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Reads the small text files of /sys and /proc. A file that is absent or not readable for this user
 * is an empty answer, never an exception and never a guess. Stateless and thread-safe.
 */
public final class KernelFiles {
  /** What stands in a text for something that could not be read. */
  public static final String UNKNOWN = "unknown";

  /** Orders names as people count: nvme2 before nvme10. */
  public static final Comparator<String> BY_NUMBER = KernelFiles::compareByNumber;

  private static final String DELETED = " (deleted)";

  private KernelFiles() {}

  /** The file's text without surrounding white space; empty where unreadable or blank. */
  public static Optional<String> text(Path file) {
    try {
      String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8).strip();
      return text.isEmpty() ? Optional.empty() : Optional.of(text);
    } catch (IOException | SecurityException unreadable) {
      return Optional.empty();
    }
  }

  /** The file's text, or {@link #UNKNOWN}. */
  public static String textOrUnknown(Path file) {
    return text(file).orElse(UNKNOWN);
  }

  /** The file's lines; none where it is unreadable. */
  public static List<String> lines(Path file) {
    return text(file).map(text -> text.lines().toList()).orElse(List.of());
  }

  /** The file's one number, decimal or with 0x; empty where there is none. */
  public static OptionalLong number(Path file) {
    Optional<String> text = text(file);
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.decode(text.get()));
    } catch (NumberFormatException noNumber) {
      return OptionalLong.empty();
    }
  }

  /** Like {@link #number}, empty also for a negative number: how the kernel writes "none". */
  public static OptionalInt count(Path file) {
    OptionalLong number = number(file);
    boolean fits = number.isPresent() && number.getAsLong() >= 0;
    return fits && number.getAsLong() <= Integer.MAX_VALUE
        ? OptionalInt.of((int) number.getAsLong())
        : OptionalInt.empty();
  }

  /** Names in a directory, ordered by {@link #BY_NUMBER}; none where it is unreadable. */
  public static List<String> names(Path directory) {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted(BY_NUMBER).toList();
    } catch (IOException | SecurityException unreadable) {
      return List.of();
    }
  }

  /** The path with all symbolic links resolved; empty where it does not exist. */
  public static Optional<Path> real(Path path) {
    try {
      return Optional.of(path.toRealPath());
    } catch (IOException | SecurityException unresolvable) {
      return Optional.empty();
    }
  }

  /** A path as the kernel writes it, without its mark of a file that was deleted since. */
  public static String withoutMark(String path) {
    return path.endsWith(DELETED) ? path.substring(0, path.length() - DELETED.length()) : path;
  }

  private static int compareByNumber(String first, String second) {
    int common = 0;
    int shorter = Math.min(first.length(), second.length());
    while (common < shorter && first.charAt(common) == second.charAt(common)) {
      common++;
    }
    // The names differ here: of two numbers that stand here, the one with more digits is larger.
    int start = common;
    while (start > 0 && isDigit(first, start - 1)) {
      start--;
    }
    int digits = Integer.compare(digitsFrom(first, start), digitsFrom(second, start));
    boolean numbers = isDigit(first, start) && isDigit(second, start);
    return numbers && digits != 0 ? digits : first.compareTo(second);
  }

  private static int digitsFrom(String text, int start) {
    int end = start;
    while (isDigit(text, end)) {
      end++;
    }
    return end - start;
  }

  private static boolean isDigit(String text, int index) {
    return index < text.length() && text.charAt(index) >= '0' && text.charAt(index) <= '9';
  }
}
