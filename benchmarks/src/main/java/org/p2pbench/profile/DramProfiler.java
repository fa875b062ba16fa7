// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.profile;

import java.nio.file.Path;
import java.util.Optional;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.ProfilerException;
import org.openjdk.jmh.results.IterationResult;
import org.p2pbench.transaction.Measurements;

/**
 * Bytes of system-memory traffic for each byte moved. The counters are of the whole machine: what
 * others move in that time is in it.
 */
public class DramProfiler extends WindowProfiler {

  private static final Path SYS = Path.of("/sys");

  private MemoryController controller;

  /** Made by JMH for its list of profilers, whichever is used: it always works. */
  public DramProfiler() {}

  /**
   * Made by JMH in the launcher and in each fork.
   *
   * @param option there is none: it must be blank
   * @throws ProfilerException why memory traffic cannot be counted on this machine
   */
  public DramProfiler(String option) throws ProfilerException {
    if (!option.isBlank()) {
      throw new ProfilerException("dram has no options, '%s' was given".formatted(option));
    }
    Optional<String> obstacle = obstacle();
    if (obstacle.isPresent()) {
      throw new ProfilerException("dram: " + obstacle.get());
    }
  }

  /** Why memory traffic cannot be counted on this machine, in one line; empty where it can be. */
  public static Optional<String> obstacle() {
    try {
      MemoryController.open(SYS).close();
      return Optional.empty();
    } catch (MemoryController.Unavailable e) {
      return Optional.of(e.getMessage());
    }
  }

  @Override
  public String getDescription() {
    return "System-memory traffic for each byte moved (memory controllers or resctrl, whole machine)";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    if (controller == null) {
      try {
        controller = MemoryController.open(SYS);
      } catch (MemoryController.Unavailable e) {
        throw new IllegalStateException(e.getMessage(), e);
      }
      Measurements.ofThisFork().meter(Labels.DRAM, controller::read);
    }
    super.beforeIteration(benchmark, iteration);
  }

  @Override
  void read(
      Measurements measurements, IterationParams iteration, IterationResult result, Sink sink) {
    double moved =
        (double) measurements.window().transactions() * measurements.bytesPerTransaction();
    controller
        .bytes(measurements.metered(Labels.DRAM))
        .ifPresent(
            bytes -> {
              if (moved > 0) {
                sink.average("dram", bytes / moved, "B/B");
              }
              sink.sum(Labels.DRAM, bytes, "B");
            });
  }
}
