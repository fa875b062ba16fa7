// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.HdrHistogram.Histogram;
import org.p2pbench.transfer.EventCounter.Reading;
import org.p2pbench.transfer.MemoryLoad;

/**
 * What the threads of this JVM measure, for the profilers to read between iterations. One JMH fork
 * is one JVM, hence one instance: {@link #ofThisFork}. Thread-safe; the histograms are read only
 * while the measuring threads rest.
 */
public final class Measurements {

  private static final Measurements OF_THIS_FORK = new Measurements();

  private final List<Source> sources = new CopyOnWriteArrayList<>();
  private final Map<Stage, Histogram> sums = new EnumMap<>(Stage.class);
  private volatile boolean recording;
  private Counters opened;
  private Counters closed;
  private final Histogram chains = new Histogram(1, StageRecorder.HIGHEST_NS, StageRecorder.DIGITS);
  private final long[] taken = new long[4096];
  private Optional<MemoryLoad> neighbour = Optional.empty();
  private final Map<String, Meter> meters = new LinkedHashMap<>();
  private long openedNs;
  private long closedNs;
  private volatile long bytesPerTransaction;

  /** The instance of this JVM. */
  public static Measurements ofThisFork() {
    return OF_THIS_FORK;
  }

  /**
   * A measuring thread.
   *
   * @param recorder its histograms
   * @param completed transactions that it has completed since it began
   */
  private record Source(StageRecorder recorder, LongSupplier completed) {}

  /**
   * Adds a measuring thread for the rest of the fork.
   *
   * @param recorder its histograms
   * @param completed transactions completed, readable from any thread
   * @param bytes bytes that one transaction moves, 0 where none move
   */
  public void add(StageRecorder recorder, LongSupplier completed, long bytes) {
    bytesPerTransaction = bytes;
    sources.add(new Source(recorder, completed));
  }

  /** Adds a busy neighbour, until {@link #retireNeighbour}. */
  synchronized void neighbour(MemoryLoad load) {
    neighbour = Optional.of(load);
    leaveOutSetUp();
  }

  /** The neighbour is about to end: the window ends, and what it saw by then is kept. */
  synchronized void retireNeighbour() {
    closeWindow();
    neighbour = Optional.empty();
  }

  /** Counts that a profiler wants read at both ends of the window. */
  private static final class Meter {
    private final Supplier<List<Optional<Reading>>> counts;
    private List<Optional<Reading>> opened;
    private List<Optional<Reading>> closed;

    private Meter(Supplier<List<Optional<Reading>>> counts) {
      this.counts = counts;
      this.opened = counts.get();
    }
  }

  /**
   * Has running counts read at both ends of each window from now on.
   *
   * @param counts as many at each call, in the same order; empty ones cannot be read
   */
  public synchronized void meter(String name, Supplier<List<Optional<Reading>>> counts) {
    meters.put(name, new Meter(counts));
  }

  /**
   * What each count of a meter was in the window, empty where it could not be read at one of its
   * ends; closes the window if it is still open.
   */
  public synchronized List<OptionalLong> metered(String name) {
    closeWindow();
    Meter meter = meters.get(name);
    return IntStream.range(0, meter.closed.size())
        .mapToObj(i -> between(meter.opened.get(i), meter.closed.get(i)))
        .toList();
  }

  private static OptionalLong between(Optional<Reading> opened, Optional<Reading> closed) {
    return opened.isPresent() && closed.isPresent()
        ? closed.get().since(opened.get())
        : OptionalLong.empty();
  }

  private void openMeters() {
    meters.values().forEach(meter -> meter.opened = meter.counts.get());
  }

  /** Whether a profiler wants stamps recorded. */
  public boolean recording() {
    return recording;
  }

  /** Asks for stamps to be recorded from the next iteration on. */
  public void startRecording() {
    recording = true;
  }

  /** Bytes that one transaction moves. */
  public long bytesPerTransaction() {
    return bytesPerTransaction;
  }

  /** Transactions completed by all threads since the fork began, counted or not by JMH. */
  public long completed() {
    return sources.stream().mapToLong(s -> s.completed.getAsLong()).sum();
  }

  private List<Long> completedByThread() {
    return sources.stream().map(s -> s.completed.getAsLong()).toList();
  }

  /** Begins the window over which counters are taken, and forgets all histograms. */
  public synchronized void openWindow() {
    sources.forEach(s -> s.recorder.reset());
    closed = null;
    forgetChains();
    opened = Counters.now(completedByThread(), neighbour);
    openMeters();
    openedNs = System.nanoTime();
  }

  /** Begins the window again without forgetting histograms: their owners may be at work already. */
  synchronized void leaveOutSetUp() {
    forgetChains();
    opened = Counters.now(completedByThread(), neighbour);
    openMeters();
    openedNs = System.nanoTime();
  }

  private void forgetChains() {
    takeChains();
    chains.reset();
  }

  private void takeChains() {
    neighbour.ifPresent(
        load -> {
          for (int count = load.takeChains(taken); count > 0; count = load.takeChains(taken)) {
            for (int i = 0; i < count; i++) {
              chains.recordValue(Math.min(taken[i], StageRecorder.HIGHEST_NS));
            }
          }
        });
  }

  /**
   * Ends the window; only the first call after {@link #openWindow} counts. JMH runs a fork's
   * tear-down inside its last iteration; calling this before leaves it out.
   */
  public synchronized void closeWindow() {
    if (closed == null) {
      closedNs = System.nanoTime();
      meters.values().forEach(meter -> meter.closed = meter.counts.get());
      closed = Counters.now(completedByThread(), neighbour);
      takeChains();
    }
  }

  /** When the window was opened, by {@link System#nanoTime}; the fork's set-up is before that. */
  public synchronized long openedNs() {
    return openedNs;
  }

  /** When the window was closed, by {@link System#nanoTime}; closes it if it is still open. */
  public synchronized long closedNs() {
    closeWindow();
    return closedNs;
  }

  /** What was counted in the window; closes it if it is still open. */
  public synchronized Counters window() {
    closeWindow();
    return closed.since(opened);
  }

  /**
   * The histograms of all threads added up, by stage. The same objects at each call: they are made
   * once, so that reading them does not show up as allocation of the loop.
   */
  public synchronized Map<Stage, Histogram> histograms() {
    sums.values().forEach(Histogram::reset);
    sources.forEach(s -> s.recorder.addTo(sums));
    if (chains.getTotalCount() > 0) {
      sums.computeIfAbsent(
              Stage.NEIGHBOUR,
              s -> new Histogram(1, StageRecorder.HIGHEST_NS, StageRecorder.DIGITS))
          .add(chains);
    }
    return sums;
  }
}
