// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.profile;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import org.p2pbench.discovery.KernelFiles;
import org.p2pbench.transfer.EventCounter;
import org.p2pbench.transfer.TransferException;

/**
 * What the kernel counts of this process by perf events: those that this machine has and this user
 * may have. Counts from its making to its closing, in all threads, those made later included.
 */
final class PerfEvents implements AutoCloseable {

  private static final int TYPE_HARDWARE = 0;
  private static final int TYPE_SOFTWARE = 1;

  private final Map<Event, EventCounter> counters = new LinkedHashMap<>();
  private final Map<Event, String> obstacles = new LinkedHashMap<>();

  /** Events by the numbers of linux/perf_event.h. */
  enum Event {
    /** CPU cycles while the process runs. */
    CYCLES("cycles", TYPE_HARDWARE, 0),
    /** Instructions retired. */
    INSTRUCTIONS("instructions", TYPE_HARDWARE, 1),
    /** Misses of the last cache. */
    CACHE_MISSES("cacheMisses", TYPE_HARDWARE, 3),
    /** Context switches. */
    CONTEXT_SWITCHES("contextSwitches", TYPE_SOFTWARE, 3),
    /** Moves to another CPU. */
    MIGRATIONS("migrations", TYPE_SOFTWARE, 4);

    private final String label;
    private final int type;
    private final long config;

    Event(String label, int type, long config) {
      this.label = label;
      this.type = type;
      this.config = config;
    }

    /** The name in results. */
    String label() {
      return label;
    }
  }

  PerfEvents() {
    for (Event event : Event.values()) {
      try {
        counters.put(
            event, EventCounter.open(event.type, event.config, 0, EventCounter.THIS_PROCESS));
      } catch (TransferException e) {
        obstacles.put(event, reason(e.errnoName()));
      }
    }
  }

  private static String reason(String errno) {
    return switch (errno) {
      case "EACCES", "EPERM" ->
          "not permitted (kernel.perf_event_paranoid is %s): run as root or lower it to 1"
              .formatted(
                  KernelFiles.textOrUnknown(
                      java.nio.file.Path.of("/proc/sys/kernel/perf_event_paranoid")));
      case "ENOENT", "ENODEV", "EOPNOTSUPP" ->
          "this machine has no such counter, as many virtual machines have none";
      default -> errno;
    };
  }

  /** The counts until now, by event; the same order at each call. */
  List<Optional<EventCounter.Reading>> read() {
    return counters.values().stream().map(EventCounter::read).toList();
  }

  /** The events of {@link #read}, in its order. */
  Iterable<Event> events() {
    return counters.keySet();
  }

  /** What is not counted and why, in one line; empty where all is. */
  String missing() {
    Map<String, StringJoiner> byReason = new LinkedHashMap<>();
    obstacles.forEach(
        (event, why) ->
            byReason.computeIfAbsent(why, w -> new StringJoiner(", ")).add(event.label()));
    StringJoiner all = new StringJoiner("; ");
    byReason.forEach((why, events) -> all.add(events + ": " + why));
    return all.toString();
  }

  @Override
  public void close() {
    counters.values().forEach(EventCounter::close);
  }
}
