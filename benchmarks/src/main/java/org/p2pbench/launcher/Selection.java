// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.p2pbench.transaction.Layout;
import org.p2pbench.transaction.MemoryChoice;
import org.p2pbench.transaction.TransferSpec;
import org.p2pbench.transfer.Engine;
import org.p2pbench.transfer.Pattern;
import org.p2pbench.transfer.Pinning;

/**
 * What a user asked to compare, in the domain's words. Twins stand next to each other in {@link
 * #points}.
 *
 * @param memories at least one
 * @param pinnings empty: what suits each memory
 * @param engines at least one
 * @param blockBytes at least one
 * @param depths at least one
 * @param threads at least one
 * @param stagings at least one
 * @param pattern order of blocks
 * @param hugePages whether 2 MiB pages are asked for where a memory can have them
 * @param fills false to measure the drain alone
 * @param layouts at least one
 */
record Selection(
    List<MemoryChoice> memories,
    List<Pinning> pinnings,
    List<Engine> engines,
    List<Long> blockBytes,
    List<Integer> depths,
    List<Integer> threads,
    List<Integer> stagings,
    Pattern pattern,
    boolean hugePages,
    boolean fills,
    List<Layout> layouts) {

  /** One combination, not yet checked. */
  record Point(
      Selection of,
      MemoryChoice memory,
      Pinning pinning,
      Engine engine,
      long blockBytes,
      int depth,
      int threads,
      int staging,
      Layout layout) {

    /**
     * The row that it describes.
     *
     * @throws IllegalArgumentException where it is nonsense
     */
    TransferSpec spec() {
      // Beside a memory that can have them, one that cannot is measured with its own pages.
      boolean huge =
          of.hugePages && (canBeHuge(memory) || of.memories.stream().noneMatch(Point::canBeHuge));
      return new TransferSpec(
          memory,
          pinning,
          engine,
          blockBytes,
          depth,
          threads,
          staging,
          of.pattern,
          huge,
          of.fills,
          layout);
    }

    private static boolean canBeHuge(MemoryChoice memory) {
      return memory == MemoryChoice.RAM || memory == MemoryChoice.CMB_EMULATED;
    }

    /** The values that it uses. */
    List<String> labels() {
      return List.of(
          "memory " + memory.label(),
          "pinning " + pinning.label(),
          "engine " + engine.label(),
          "size " + blockBytes,
          "depth " + depth,
          "threads " + threads + " on " + layout.ends(),
          "staging " + staging);
    }
  }

  /** Every combination. */
  List<Point> points() {
    List<Point> points = new ArrayList<>();
    for (Engine engine : engines) {
      for (long size : blockBytes) {
        for (int depth : depths) {
          for (int thread : threads) {
            layouts.forEach(layout -> variants(points, engine, size, depth, thread, layout));
          }
        }
      }
    }
    return points;
  }

  private void variants(
      List<Point> points, Engine engine, long size, int depth, int thread, Layout layout) {
    for (MemoryChoice memory : memories) {
      for (Pinning pinning : pinnings.isEmpty() ? List.of(natural(memory)) : pinnings) {
        for (int staging : stagings) {
          points.add(
              new Point(this, memory, pinning, engine, size, depth, thread, staging, layout));
        }
      }
    }
  }

  private static Pinning natural(MemoryChoice memory) {
    return memory.direct() ? Pinning.PER_TRANSACTION : Pinning.NONE;
  }

  /** Every value that the user gave or that follows from one. */
  Set<String> labels() {
    Set<String> all = new LinkedHashSet<>();
    points().forEach(p -> all.addAll(p.labels()));
    return all;
  }
}
