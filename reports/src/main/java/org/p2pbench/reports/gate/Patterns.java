// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.gate;

import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Patterns of a policy: a star stands for any number of characters. */
final class Patterns {
  private Patterns() {}

  static boolean fits(String pattern, String text) {
    String expression =
        Arrays.stream(pattern.split("\\*", -1))
            .map(Pattern::quote)
            .collect(Collectors.joining(".*"));
    return text.matches(expression);
  }
}
