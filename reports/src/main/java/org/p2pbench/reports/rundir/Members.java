// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.rundir;

import java.util.List;
import java.util.Locale;

/** Checks of record components: each failure is a short reason that the reader puts a place to. */
public final class Members {
  private Members() {}

  /** Checks that a member is there; returns it. */
  public static <T> T present(T value, String name) {
    if (value == null) {
      throw new IllegalArgumentException(name + " is missing");
    }
    return value;
  }

  /** Checks that a text is there and not blank; returns it. */
  public static String text(String value, String name) {
    if (present(value, name).isBlank()) {
      throw new IllegalArgumentException(name + " is empty");
    }
    return value;
  }

  /** Checks that a number that is there is finite and from 0 up; returns it. */
  public static <T extends Number> T notNegative(T value, String name) {
    if (value != null && !(value.doubleValue() >= 0 && Double.isFinite(value.doubleValue()))) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s is %s, which is not a number from 0 up", name, value));
    }
    return value;
  }

  static <T extends Number> T positive(T value, String name) {
    if (value != null && !(value.doubleValue() > 0)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "%s is %s, which is not above 0", name, value));
    }
    return value;
  }

  static <T> List<T> list(List<T> value) {
    return value == null ? List.of() : List.copyOf(value);
  }

  static String known(String value) {
    return value == null || value.isBlank() ? "unknown" : value;
  }
}
