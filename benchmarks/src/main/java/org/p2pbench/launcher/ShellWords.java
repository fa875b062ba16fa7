// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits text into words as a shell does (POSIX, 2.2 Quoting), and nothing else that a shell does:
 * blanks end a word but where they are quoted, anywhere in it, or follow a backslash. Between
 * double quotes a backslash stands for itself unless it comes before a character that it has to
 * quote there. Used once.
 */
final class ShellWords {

  private static final String QUOTED_IN_DOUBLE = "\"\\$`";

  private final String text;
  private final List<String> words = new ArrayList<>();
  private int at;

  private ShellWords(String text) {
    this.text = text;
  }

  /**
   * The words.
   *
   * @throws IllegalArgumentException names the quote or backslash that lacks its end
   */
  static List<String> of(String text) {
    ShellWords words = new ShellWords(text);
    while (words.skipBlanks()) {
      words.words.add(words.word());
    }
    return words.words;
  }

  private boolean skipBlanks() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return at < text.length();
  }

  private String word() {
    StringBuilder word = new StringBuilder();
    while (at < text.length() && !Character.isWhitespace(text.charAt(at))) {
      char c = text.charAt(at++);
      switch (c) {
        case '\'', '"' -> quoted(c, word);
        case '\\' -> word.append(next(c));
        default -> word.append(c);
      }
    }
    return word.toString();
  }

  private void quoted(char quote, StringBuilder word) {
    for (char c = next(quote); c != quote; c = next(quote)) {
      if (c == '\\' && quote == '"') {
        char escaped = next(quote);
        if (QUOTED_IN_DOUBLE.indexOf(escaped) < 0) {
          word.append(c);
        }
        c = escaped;
      }
      word.append(c);
    }
  }

  private char next(char begun) {
    if (at == text.length()) {
      throw new IllegalArgumentException(
          "what %c begins is not ended: end it, or put \\ before it".formatted(begun));
    }
    return text.charAt(at++);
  }
}
