// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.profile;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.p2pbench.discovery.KernelFiles;
import org.p2pbench.transfer.EventCounter;
import org.p2pbench.transfer.EventCounter.Reading;
import org.p2pbench.transfer.TransferException;

/**
 * Bytes of system-memory traffic of the whole machine, as its memory controllers count them (Intel
 * IMC, by perf events of the kernel's uncore drivers) or, where those are absent, as the last-level
 * caches do (resctrl's memory bandwidth monitoring, of Intel and AMD). What neither has is not
 * guessed. Used by one thread.
 */
final class MemoryController implements AutoCloseable {

  /** Events of reads and of writes by the names that the kernel's drivers give them. */
  private static final List<String> EVENTS =
      List.of(
          "cas_count_read",
          "cas_count_write",
          "data_read",
          "data_write",
          "data_reads",
          "data_writes");

  private static final String PREFIX = "uncore_imc";
  private static final double MIB = 1 << 20;

  private final List<Part> parts;
  private final List<EventCounter> counters;

  /**
   * One of several counters whose sum is the traffic.
   *
   * @param bytes of one count
   */
  private record Part(Supplier<Optional<Reading>> count, double bytes) {}

  private MemoryController(List<Part> parts, List<EventCounter> counters) {
    this.parts = parts;
    this.counters = counters;
  }

  /** There is nothing that counts it, or it may not be read. The message is one line. */
  static final class Unavailable extends Exception {
    private static final long serialVersionUID = 1L;

    Unavailable(String why) {
      super("not available here: " + why);
    }
  }

  /**
   * One event of one memory controller.
   *
   * @param type of perf_event_open
   * @param config as the event's file says
   * @param cpus that count it, one for each socket
   * @param bytes of one count
   */
  record Event(int type, long config, List<Integer> cpus, double bytes) {}

  /**
   * Opens what this machine has.
   *
   * @param sys where sysfs is
   * @throws Unavailable why memory traffic cannot be counted
   */
  static MemoryController open(Path sys) throws Unavailable {
    List<Event> events = events(sys);
    return events.isEmpty() ? ofCaches(sys) : ofControllers(events);
  }

  private static MemoryController ofControllers(List<Event> events) throws Unavailable {
    List<EventCounter> counters = new ArrayList<>();
    List<Part> parts = new ArrayList<>();
    try {
      for (Event event : events) {
        for (int cpu : event.cpus()) {
          EventCounter counter = EventCounter.open(event.type(), event.config(), 0, cpu);
          counters.add(counter);
          parts.add(new Part(counter::read, event.bytes()));
        }
      }
    } catch (TransferException e) {
      counters.forEach(EventCounter::close);
      throw new Unavailable(
          "the memory controllers' events cannot be counted (%s): run as root, or lower kernel.perf_event_paranoid to 0"
              .formatted(e.errnoName()));
    }
    return new MemoryController(parts, counters);
  }

  private static MemoryController ofCaches(Path sys) throws Unavailable {
    Path monitors = sys.resolve("fs/resctrl/mon_data");
    List<Part> parts = new ArrayList<>();
    for (String name : KernelFiles.names(monitors)) {
      Path total = monitors.resolve(name).resolve("mbm_total_bytes");
      if (KernelFiles.number(total).isPresent()) {
        parts.add(new Part(() -> number(total), 1));
      }
    }
    if (parts.isEmpty()) {
      throw new Unavailable(
          "no uncore_imc events in %s, and no mbm_total_bytes below %s (mount -t resctrl resctrl /sys/fs/resctrl where the CPU has memory bandwidth monitoring)"
              .formatted(devices(sys), monitors));
    }
    return new MemoryController(parts, List.of());
  }

  private static Optional<Reading> number(Path file) {
    OptionalLong number = KernelFiles.number(file);
    return number.isPresent() ? Optional.of(Reading.of(number.getAsLong())) : Optional.empty();
  }

  private static Path devices(Path sys) {
    return sys.resolve("bus/event_source/devices");
  }

  /** Every event of system-memory traffic that the drivers of this machine name. */
  static List<Event> events(Path sys) {
    List<Event> events = new ArrayList<>();
    for (String name : KernelFiles.names(devices(sys))) {
      Path device = devices(sys).resolve(name);
      if (name.startsWith(PREFIX)) {
        EVENTS.forEach(event -> event(device, event).ifPresent(events::add));
      }
    }
    return events;
  }

  /** Scale and unit are the driver's own: a count of cache lines is told as so many MiB. */
  private static Optional<Event> event(Path device, String name) {
    Path file = device.resolve("events").resolve(name);
    Optional<String> terms = KernelFiles.text(file);
    OptionalLong type = KernelFiles.number(device.resolve("type"));
    Optional<String> scale = KernelFiles.text(file.resolveSibling(name + ".scale"));
    Optional<String> unit = KernelFiles.text(file.resolveSibling(name + ".unit"));
    if (terms.isEmpty() || type.isEmpty() || scale.isEmpty() || !unit.equals(Optional.of("MiB"))) {
      return Optional.empty();
    }
    long config = 0;
    for (String term : terms.get().split(",")) {
      String[] pair = term.split("=", 2);
      Optional<String> format = KernelFiles.text(device.resolve("format").resolve(pair[0]));
      if (format.isEmpty() || !format.get().matches("config:\\d+(-\\d+)?")) {
        return Optional.empty(); // a way to say it that is not known here
      }
      int shift = Integer.parseInt(format.get().substring("config:".length()).split("-")[0]);
      config |= Long.decode(pair.length > 1 ? pair[1] : "1") << shift;
    }
    return Optional.of(
        new Event(
            (int) type.getAsLong(), config, cpus(device), MIB * Double.parseDouble(scale.get())));
  }

  /** The first CPU of each range: drivers list one for each socket. */
  private static List<Integer> cpus(Path device) {
    List<Integer> cpus = new ArrayList<>();
    for (String range : KernelFiles.text(device.resolve("cpumask")).orElse("0").split(",")) {
      cpus.add(Integer.parseInt(range.split("-")[0].trim()));
    }
    return cpus;
  }

  /** The counters now; those that cannot be read are empty. */
  List<Optional<Reading>> read() {
    return parts.stream().map(part -> part.count.get()).toList();
  }

  /**
   * Bytes read and written, in one sum.
   *
   * @param counted by the counters of {@link #read}, between two calls of it
   * @return empty where one of them is: a part of the traffic is not the traffic
   */
  OptionalLong bytes(List<OptionalLong> counted) {
    double sum = 0;
    for (int i = 0; i < parts.size(); i++) {
      if (counted.get(i).isEmpty()) {
        return OptionalLong.empty();
      }
      sum += counted.get(i).getAsLong() * parts.get(i).bytes;
    }
    return OptionalLong.of(Math.round(sum));
  }

  @Override
  public void close() {
    counters.forEach(EventCounter::close);
  }
}
