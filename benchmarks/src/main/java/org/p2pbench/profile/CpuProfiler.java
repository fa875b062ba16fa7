// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.profile;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.ProfilerException;
import org.openjdk.jmh.results.IterationResult;
import org.p2pbench.transaction.Counters;
import org.p2pbench.transaction.ForkNotes;
import org.p2pbench.transaction.Measurements;
import org.p2pbench.transfer.ProcessUsage;

/**
 * CPU time and context switches for each transaction and CPU time for each GiB: getrusage(2) of the
 * whole fork, the kernel's io_uring workers and the JVM's own threads included. Cycles,
 * instructions, cache misses, context switches and migrations by perf events, where permitted.
 */
public class CpuProfiler extends WindowProfiler {

  /** The option that leaves perf events out. */
  public static final String WITHOUT_EVENTS = "events=off";

  private static final double GIB = 1L << 30;

  private final boolean wantsEvents;
  private PerfEvents events;

  /** Made by JMH for its list of profilers, whichever is used. */
  public CpuProfiler() {
    wantsEvents = false;
  }

  /**
   * Made by JMH in the launcher and in each fork.
   *
   * @param option {@code events=off} leaves perf events out: counting them costs a little
   * @throws ProfilerException where the option is another one
   */
  public CpuProfiler(String option) throws ProfilerException {
    if (!option.isBlank() && !option.equals(WITHOUT_EVENTS)) {
      throw new ProfilerException("cpu: unknown option '%s': events=off".formatted(option));
    }
    wantsEvents = option.isBlank();
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    if (wantsEvents && events == null) {
      events = new PerfEvents();
      Measurements.ofThisFork().meter(Labels.PERF, events::read);
      if (!events.missing().isEmpty()) {
        System.err.println("cpu: not counted: " + events.missing());
        ForkNotes.ofThisFork().put("perf", Map.of("unavailable", events.missing()));
      }
    }
    super.beforeIteration(benchmark, iteration);
  }

  /**
   * Why no perf event can be counted on this machine, in one line; empty where one can be. Which
   * ones cannot, each fork says.
   */
  public static Optional<String> obstacle() {
    try (PerfEvents events = new PerfEvents()) {
      return events.events().iterator().hasNext()
          ? Optional.empty()
          : Optional.of(events.missing());
    }
  }

  /** The names of all events, counted or not. */
  public static List<String> events() {
    return Arrays.stream(PerfEvents.Event.values()).map(PerfEvents.Event::label).toList();
  }

  @Override
  public String getDescription() {
    return "CPU time and context switches for each transaction, CPU time for each GiB";
  }

  @Override
  void read(
      Measurements measurements, IterationParams iteration, IterationResult result, Sink sink) {
    Counters window = measurements.window();
    ProcessUsage usage = window.usage();
    double transactions = window.transactions();
    sink.average("cpu.user", usage.userNs() / transactions, "ns/tx");
    sink.average("cpu.system", usage.systemNs() / transactions, "ns/tx");
    double bytes = transactions * measurements.bytesPerTransaction();
    if (bytes > 0) {
      double seconds = (usage.userNs() + usage.systemNs()) / 1e9;
      sink.average("cpu.gib", seconds / (bytes / GIB), "s/GiB");
    }
    double switches = usage.voluntarySwitches() + usage.involuntarySwitches();
    sink.average("switches", switches / transactions, "1/tx");
    if (events != null) {
      tell(measurements.metered(Labels.PERF), transactions, sink);
    }
    sink.sum(Labels.TRANSACTIONS, transactions, "tx");
    sink.sum(Labels.CPU_USER, usage.userNs(), "ns");
    sink.sum(Labels.CPU_SYSTEM, usage.systemNs(), "ns");
    sink.sum(Labels.VOLUNTARY, usage.voluntarySwitches(), "switches");
    sink.sum(Labels.INVOLUNTARY, usage.involuntarySwitches(), "switches");
  }

  private void tell(List<OptionalLong> counts, double transactions, Sink sink) {
    int i = 0;
    for (PerfEvents.Event event : events.events()) {
      counts
          .get(i)
          .ifPresent(
              count -> {
                sink.average("perf." + event.label(), count / transactions, "1/tx");
                sink.sum(Labels.PERF + event.label(), count, "events");
              });
      i++;
    }
  }
}
