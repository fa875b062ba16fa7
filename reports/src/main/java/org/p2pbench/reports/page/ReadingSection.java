// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.List;
import java.util.Optional;
import org.p2pbench.reports.statistics.PairedRatio;
import org.p2pbench.reports.statistics.StageLatency;

/** How to read the figures, as short as it can be said. */
final class ReadingSection implements SectionBuilder {

  @Override
  public Optional<Section> build(Findings findings) {
    return Optional.of(
        new Section("reading", "How to read this", List.of(new Block.Text(paragraphs()))));
  }

  private static List<String> paragraphs() {
    return List.of(
        "A transaction moves one block: fill (from the source into a buffer), sometimes a CPU copy,"
            + " drain (from the buffer to the target). Paths differ in where the buffer lies, in"
            + " when it is pinned and in copies; rows that differ in nothing else are twins.",
        "A fork is one JVM. A figure is the median over the forks, and a fork's own figure is the"
            + " median over its iterations, or the percentile of all its transactions. Below it"
            + " stand the least and the greatest fork.",
        "A ratio divides twins whose forks ran in the same round, so that a machine that drifts"
            + " hits both. The point is the geometric mean of the pairs' ratios, the brackets are"
            + " its 95 % interval (Student's t on the logarithms, from "
            + PairedRatio.FEWEST_PAIRS
            + " pairs up). Each interval stands for itself: of twenty that hold no difference, one"
            + " will seem to. So better and worse are said only where the whole interval lies half a"
            + " per cent or more beyond 1× and the difference holds over the whole table: p is"
            + " adjusted over all ratios to RAM of the run (Benjamini and Hochberg), so that of all"
            + " that are called, one in twenty at most is expected to be chance. What holds alone,"
            + " but not over the table, is called weak. Ratios never mix machine classes.",
        "A percentile is \"not measurable\" where in any fork fewer than "
            + StageLatency.FEWEST_BEYOND
            + " transactions are slower than it: p99 takes "
            + StageLatency.FEWEST_BEYOND * 100
            + " transactions in each fork, p99.9 ten times as many; a ratio of percentiles takes "
            + StageLatency.FEWEST_BEYOND_TO_COMPARE
            + " slower ones in each. Latencies are closed-loop: a"
            + " transaction starts when a slot is free, at the depth named. In the section of the"
            + " open loop alone they count from the intended start, whenever a slot was free.",
        "CPU time and pins are divided by the transactions in the window in which they were"
            + " counted. Pins are the kernel's own count and machine-wide, so that a busy neighbour"
            + " shows.",
        "Sizes and rates are binary (1 KiB is 1024 bytes); times are decimal (1 ms is 1000 µs).");
  }
}
