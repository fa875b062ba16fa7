// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.profile;

import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.ProfilerException;
import org.openjdk.jmh.results.IterationResult;
import org.p2pbench.proof.PinCounters;
import org.p2pbench.transaction.Counters;
import org.p2pbench.transaction.Measurements;

/** Pages pinned and unpinned for each transaction, from the kernel's counters. */
public class PinsProfiler extends WindowProfiler {

  /** Made by JMH for its list of profilers, whichever is used: it always works. */
  public PinsProfiler() {}

  /**
   * Made by JMH in the launcher and in each fork.
   *
   * @param option there is none: it must be blank
   * @throws ProfilerException where this kernel does not count pins
   */
  public PinsProfiler(String option) throws ProfilerException {
    if (!option.isBlank()) {
      throw new ProfilerException("pins has no options, '%s' was given".formatted(option));
    }
    if (PinCounters.read().isEmpty()) {
      throw new ProfilerException(
          "pins cannot be counted: /proc/vmstat has no nr_foll_pin_acquired (Linux 5.7 or later has)");
    }
  }

  @Override
  public String getDescription() {
    return "Pages pinned and unpinned for each transaction (kernel counters, whole machine)";
  }

  @Override
  void read(
      Measurements measurements, IterationParams iteration, IterationResult result, Sink sink) {
    Counters window = measurements.window();
    PinCounters pins = window.pins().orElseThrow();
    double transactions = window.transactions();
    sink.average("pins", pins.acquired() / transactions, "pages/tx");
    sink.average("unpins", pins.released() / transactions, "pages/tx");
    sink.sum(Labels.PINS_ACQUIRED, pins.acquired(), "pages");
    sink.sum(Labels.PINS_RELEASED, pins.released(), "pages");
  }
}
