// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.profile;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.ProfilerException;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.runner.IterationType;
import org.p2pbench.proof.PinCounters;
import org.p2pbench.transaction.Counters;
import org.p2pbench.transaction.ForkNotes;
import org.p2pbench.transaction.Measurements;

/**
 * Pages pinned and unpinned for each transaction, from the kernel's counters. Those are of the
 * whole machine: what other processes pin is read before and after, while this one is idle, and the
 * fork is flagged where that may be over 1 % of what was counted.
 */
public class PinsProfiler extends WindowProfiler {

  /** Before and after the measured iterations of a fork, so long. */
  private static final long IDLE_NS = 8_000_000;

  /** Share of the pins counted that may be other processes' without a remark. */
  private static final double MOST_BY_STRANGERS = 0.01;

  private Idle idleBefore;
  private int measured;
  private long counted;
  private long measuredNs;

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
    Optional<String> obstacle = obstacle();
    if (obstacle.isPresent()) {
      throw new ProfilerException(obstacle.get());
    }
  }

  /** Why pins cannot be counted on this machine, in one line; empty where they can be. */
  public static Optional<String> obstacle() {
    return PinCounters.read().isPresent()
        ? Optional.empty()
        : Optional.of(
            "pins cannot be counted: /proc/vmstat has no nr_foll_pin_acquired (Linux 5.7 or later has)");
  }

  @Override
  public String getDescription() {
    return "Pages pinned and unpinned for each transaction (kernel counters, whole machine)";
  }

  /** Reads the idle machine before the first measured iteration, when all threads rest. */
  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    if (iteration.getType() == IterationType.MEASUREMENT && idleBefore == null) {
      idleBefore = Idle.watch();
    }
    super.beforeIteration(benchmark, iteration);
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    Collection<? extends Result<?>> results = super.afterIteration(benchmark, iteration, result);
    if (iteration.getType() == IterationType.MEASUREMENT
        && ++measured == benchmark.getMeasurement().getCount()
        && counted > 0) {
      tellStrangers(Idle.watch());
    }
    return results;
  }

  /** Other processes' pins in the measured time, if they went on as while we were idle. */
  private void tellStrangers(Idle idleAfter) {
    double perSecond = (idleBefore.pins + idleAfter.pins) * 1e9 / (idleBefore.ns + idleAfter.ns);
    double share = perSecond * measuredNs / 1e9 / counted;
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("pinsPerSecond", perSecond);
    told.put("share", share);
    told.put("flagged", share > MOST_BY_STRANGERS);
    told.put("exact", PinCounters.exact());
    ForkNotes.ofThisFork().put("pinStrangers", told);
  }

  /**
   * A moment in which this process pins nothing.
   *
   * @param pins pages that others pinned
   * @param ns its length
   */
  private record Idle(long pins, long ns) {

    private static Idle watch() {
      PinCounters before = PinCounters.read().orElseThrow();
      long startNs = System.nanoTime();
      LockSupport.parkNanos(IDLE_NS);
      PinCounters pins = PinCounters.read().orElseThrow().minus(before);
      return new Idle(pins.acquired(), System.nanoTime() - startNs);
    }
  }

  @Override
  void read(
      Measurements measurements, IterationParams iteration, IterationResult result, Sink sink) {
    Counters window = measurements.window();
    PinCounters pins = window.pins().orElseThrow();
    double transactions = window.transactions();
    if (iteration.getType() == IterationType.MEASUREMENT) {
      counted += pins.acquired();
      measuredNs += measurements.closedNs() - measurements.openedNs();
    }
    sink.average("pins", pins.acquired() / transactions, "pages/tx");
    sink.average("unpins", pins.released() / transactions, "pages/tx");
    sink.sum(Labels.PINS_ACQUIRED, pins.acquired(), "pages");
    sink.sum(Labels.PINS_RELEASED, pins.released(), "pages");
  }
}
