// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Values by the words that people type. */
final class Labels {
  private Labels() {}

  static <T> T parse(String what, T[] values, Function<T, String> label, String text) {
    for (T value : values) {
      if (label.apply(value).equals(text)) {
        return value;
      }
    }
    String known = Arrays.stream(values).map(label).sorted().collect(Collectors.joining(", "));
    throw new IllegalArgumentException("unknown " + what + " '" + text + "': one of " + known);
  }
}
