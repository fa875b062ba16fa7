// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.history;

import java.time.Instant;
import java.time.format.DateTimeParseException;

/** Checks of what a stored file holds: each failure is a short reason that the reader places. */
final class Checks {
  private Checks() {}

  static String text(String value, String name) {
    if (value == null || value.isBlank()) {
      throw new IllegalArgumentException(name + " is missing");
    }
    return value;
  }

  /** Names become parts of file names. */
  static String name(String value, String name) {
    if (!text(value, name).matches("[0-9A-Za-z][0-9A-Za-z-]{0,99}")) {
      throw new IllegalArgumentException(
          name + " is \"" + value + "\", not letters, digits and dashes");
    }
    return value;
  }

  static String time(String value, String name) {
    try {
      Instant.parse(text(value, name));
      return value;
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          name + " is \"" + value + "\", not a time such as 2026-01-31T12:00:00Z");
    }
  }

  static <T> T present(T value, String name) {
    if (value == null) {
      throw new IllegalArgumentException(name + " is missing");
    }
    return value;
  }
}
