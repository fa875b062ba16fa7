// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import java.util.Map;

/**
 * How the threads of a row are spread: thread <i>i</i> moves from source <i>i</i> mod {@code
 * sources} to target <i>i</i> mod {@code targets}, each the first so many of those that are named.
 *
 * @param sources how many, at least 1
 * @param targets how many, at least 1
 */
public record Layout(int sources, int targets) {

  /** One source, one target. */
  public static final Layout PLAIN = new Layout(1, 1);

  /** Checks the ranges. */
  public Layout {
    if (sources < 1 || targets < 1) {
      throw new IllegalArgumentException(
          "%d sources and %d targets are out of range: at least 1 of each"
              .formatted(sources, targets));
    }
  }

  /** Threads that it takes to use them all. */
  public int leastThreads() {
    return Math.max(sources, targets);
  }

  /** What a row's id ends with: nothing where it is plain. */
  public String suffix() {
    return equals(PLAIN) ? "" : "-sources-%d-targets-%d".formatted(sources, targets);
  }

  /** The row's parameters, where it is not plain. */
  public void describe(Map<String, Object> parameters) {
    if (!equals(PLAIN)) {
      parameters.put("sources", sources);
      parameters.put("targets", targets);
    }
  }

  /** "2 sources and 1 target". */
  @Override
  public String toString() {
    return "%d source%s and %d target%s"
        .formatted(sources, sources == 1 ? "" : "s", targets, targets == 1 ? "" : "s");
  }
}
