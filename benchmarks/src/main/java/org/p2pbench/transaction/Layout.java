// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import java.util.Map;
import java.util.Optional;

/**
 * How the threads of a row are spread: thread <i>i</i> moves from source <i>i</i> mod {@code
 * sources} to target <i>i</i> mod {@code targets}, each the first so many of those that are named.
 *
 * @param sources how many, at least 1
 * @param targets how many, at least 1
 * @param numa where threads and system memory are placed; empty: wherever the kernel puts them
 */
public record Layout(int sources, int targets, Optional<Node> numa) {

  /**
   * A NUMA node.
   *
   * @param word as it was asked for: near, far or its number
   * @param number which that is
   */
  public record Node(String word, int number) {}

  /** One source, one target. */
  public static final Layout PLAIN = new Layout(1, 1, Optional.empty());

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
    String ends = severalEnds() ? "-sources-%d-targets-%d".formatted(sources, targets) : "";
    return ends + numa.map(node -> "-numa-" + node.word()).orElse("");
  }

  private boolean severalEnds() {
    return sources > 1 || targets > 1;
  }

  /** The same on a node. */
  public Layout on(Node node) {
    return new Layout(sources, targets, Optional.of(node));
  }

  /** The row's parameters, where it is not plain. */
  public void describe(Map<String, Object> parameters) {
    if (severalEnds()) {
      parameters.put("sources", sources);
      parameters.put("targets", targets);
    }
    numa.ifPresent(
        node -> {
          parameters.put("numa", node.word());
          parameters.put("numaNode", node.number());
        });
  }

  /** "2 sources and 1 target". */
  public String ends() {
    return "%d source%s and %d target%s"
        .formatted(sources, sources == 1 ? "" : "s", targets, targets == 1 ? "" : "s");
  }
}
