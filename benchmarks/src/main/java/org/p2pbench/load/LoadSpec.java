// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.load;

import java.util.OptionalInt;
import org.p2pbench.transfer.MemoryLoad;
import org.p2pbench.transfer.Pattern;

/**
 * A load as a user asks for it.
 *
 * @param kind what is done to the memory
 * @param threads each on a CPU of its own; empty: as many as the transfers leave free
 * @param sharePercent of the time in which each thread moves
 * @param pattern order of the addresses
 */
public record LoadSpec(
    MemoryLoad.Kind kind, OptionalInt threads, int sharePercent, Pattern pattern) {

  private static final int WORDS = 4;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException one line: what, and what is allowed
   */
  public LoadSpec {
    if (threads.isPresent() && threads.getAsInt() < 1) {
      throw new IllegalArgumentException(
          "a memory load of %d threads is out of range: at least 1".formatted(threads.getAsInt()));
    }
    if (sharePercent < 1 || sharePercent > 100) {
      throw new IllegalArgumentException(
          "a memory load for %d %% of the time is out of range: 1 to 100".formatted(sharePercent));
    }
  }

  /**
   * Reads {@code KIND[:THREADS[:SHARE[:ORDER]]]}.
   *
   * @throws IllegalArgumentException one line: what, why, what to do
   */
  public static LoadSpec parse(String text) {
    String[] words = text.split(":", -1);
    if (words.length > WORDS) {
      throw notUnderstood(text);
    }
    return new LoadSpec(
        MemoryLoad.Kind.parse(words[0]),
        words.length > 1 ? OptionalInt.of(number(words[1], text)) : OptionalInt.empty(),
        words.length > 2 ? number(words[2], text) : 100,
        words.length > 3 ? Pattern.parse(words[3]) : Pattern.SEQUENTIAL);
  }

  private static int number(String word, String text) {
    try {
      return Integer.parseInt(word);
    } catch (NumberFormatException noNumber) {
      throw notUnderstood(text);
    }
  }

  private static IllegalArgumentException notUnderstood(String text) {
    return new IllegalArgumentException(
        "memory load '%s' is not KIND[:THREADS[:PERCENT[:ORDER]]]: write triad, copy:2 or read:1:50:random"
            .formatted(text));
  }

  /** The same with that many threads where nothing was said. */
  public LoadSpec orThreads(int otherwise) {
    return new LoadSpec(kind, OptionalInt.of(threads.orElse(otherwise)), sharePercent, pattern);
  }
}
