// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.profile;

import org.HdrHistogram.Histogram;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.results.IterationResult;
import org.p2pbench.transaction.Measurements;
import org.p2pbench.transaction.Stage;
import org.p2pbench.transfer.MemoryLoad;

/**
 * How the busy neighbour fares: its bandwidth, and its latency as the time of one load out of a
 * chain of dependent ones. Tells nothing where there is none.
 */
public class NeighbourProfiler extends WindowProfiler {

  /** Made by JMH in the launcher and in each fork. */
  public NeighbourProfiler() {}

  @Override
  public String getDescription() {
    return "Bandwidth and latency of the memory load beside the transfers";
  }

  @Override
  void read(
      Measurements measurements, IterationParams iteration, IterationResult result, Sink sink) {
    measurements
        .window()
        .neighbour()
        .ifPresent(
            moved -> {
              sink.average("neighbour.bandwidth", moved.bytes() / (moved.atNs() / 1e9), "B/s");
              sink.sum(Labels.NEIGHBOUR_BYTES, moved.bytes(), "B");
              sink.sum(Labels.NEIGHBOUR_NS, moved.atNs(), "ns");
            });
    Histogram chains = measurements.histograms().get(Stage.NEIGHBOUR);
    if (chains != null && chains.getTotalCount() > 0) {
      double median = chains.getValueAtPercentile(50);
      sink.average(Labels.NEIGHBOUR_LATENCY, median / MemoryLoad.CHAIN_LOADS, "ns");
    }
  }
}
