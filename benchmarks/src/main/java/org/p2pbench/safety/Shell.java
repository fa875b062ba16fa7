// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.safety;

import java.util.regex.Pattern;

/** Writes a value as one word of a shell command, so that a message can be copied. */
final class Shell {
  private static final Pattern PLAIN = Pattern.compile("[\\w@%+=:,./-]+");

  private Shell() {}

  static String quote(String value) {
    if (PLAIN.matcher(value).matches()) {
      return value;
    } else if (!value.contains("'")) {
      return "'" + value + "'";
    }
    return '"' + value.replaceAll("([\"$`\\\\])", "\\\\$1") + '"';
  }
}
