// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import org.HdrHistogram.Histogram;
import org.p2pbench.transfer.StampBuffer;

/**
 * The histograms of one thread. {@link #record} is called by that thread alone and allocates
 * nothing; {@link #reset} and {@link #addTo} by another one while the owner is between iterations.
 */
public final class StageRecorder {

  /** Longest duration that a histogram holds, in ns; a longer one counts as this one. */
  public static final long HIGHEST_NS = 60_000_000_000L;

  /** Significant decimal digits of every histogram. */
  public static final int DIGITS = 3;

  private final Map<Stage, Histogram> histograms = new EnumMap<>(Stage.class);
  private final Histogram first;
  private final Histogram second;
  private final Histogram third;
  private final Histogram total;

  /** Null in a closed loop, where a transaction begins when it is submitted. */
  private final Histogram service;

  private StageRecorder(Stage first, Stage second, Stage third, Stage total, Stage service) {
    this.first = histogram(first);
    this.second = histogram(second);
    this.third = histogram(third);
    this.total = histogram(total);
    this.service = histogram(service);
  }

  /** For transactions: stages that a row does not have get no histogram. */
  public static StageRecorder ofTransactions(boolean fills, boolean copies, boolean drains) {
    return new StageRecorder(
        fills ? Stage.FILL : null,
        copies ? Stage.COPY : null,
        drains ? Stage.DRAIN : null,
        Stage.TRANSACTION,
        null);
  }

  /** For transactions of an open loop: from their arrival, and from their submission. */
  public static StageRecorder ofPacedTransactions(boolean fills, boolean copies) {
    return new StageRecorder(
        fills ? Stage.FILL : null,
        copies ? Stage.COPY : null,
        Stage.DRAIN,
        Stage.TRANSACTION,
        Stage.SERVICE);
  }

  /** For pinning and unpinning alone. */
  public static StageRecorder ofPins() {
    return new StageRecorder(Stage.PIN, Stage.UNPIN, null, null, null);
  }

  /** For a CPU copy alone. */
  public static StageRecorder ofCopies() {
    return new StageRecorder(Stage.COPY, null, null, null, null);
  }

  /** For what has no stages of its own. */
  public static StageRecorder none() {
    return new StageRecorder(null, null, null, null, null);
  }

  private Histogram histogram(Stage stage) {
    if (stage == null) {
      return null;
    }
    Histogram histogram = new Histogram(1, HIGHEST_NS, DIGITS);
    histograms.put(stage, histogram);
    return histogram;
  }

  /** Whether it is for an open loop, whose stamps have arrivals. */
  boolean paced() {
    return service != null;
  }

  /** The stages that are recorded. */
  public Set<Stage> stages() {
    return histograms.keySet();
  }

  /**
   * Records the first {@code count} transactions of the buffer.
   *
   * @param stamps as the native loop left them
   * @param count records to read
   */
  public void record(StampBuffer stamps, int count) {
    for (int i = 0; i < count; i++) {
      long start = stamps.startNs(i);
      long filled = stamps.filledNs(i);
      long copied = stamps.copiedNs(i);
      if (first != null) {
        first.recordValue(clamp(filled - start));
      }
      if (second != null) {
        second.recordValue(clamp(copied - filled));
      }
      if (total != null) {
        long drained = stamps.drainedNs(i);
        if (service == null) {
          total.recordValue(clamp(drained - start));
        } else {
          total.recordValue(clamp(drained - stamps.arrivedNs(i)));
          service.recordValue(clamp(drained - start));
        }
        if (third != null) {
          third.recordValue(clamp(drained - copied));
        }
      }
    }
  }

  private static long clamp(long ns) {
    return Math.max(0, Math.min(ns, HIGHEST_NS));
  }

  /** Forgets everything recorded. */
  public void reset() {
    histograms.values().forEach(Histogram::reset);
  }

  /** Adds what was recorded to the histogram of each stage. */
  public void addTo(Map<Stage, Histogram> sums) {
    histograms.forEach(
        (stage, histogram) ->
            sums.computeIfAbsent(stage, s -> new Histogram(1, HIGHEST_NS, DIGITS)).add(histogram));
  }
}
