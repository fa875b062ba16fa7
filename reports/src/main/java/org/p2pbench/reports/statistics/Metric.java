// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.statistics;

import java.util.OptionalDouble;

/** What a row is judged by. */
public enum Metric {
  /** Bytes per second. */
  THROUGHPUT("throughput", true),
  /** Operations per second, of rows that move no bytes too. */
  OPERATIONS("operations per second", true),
  /** Time for each operation, all threads together, in ns: the rate the other way round. */
  TIME_EACH("time for each", false),
  /** Median latency of a transaction, ns. */
  P50("p50", false),
  /** ns. */
  P90("p90", false),
  /** ns. */
  P99("p99", false),
  /** ns. */
  P999("p99.9", false),
  /** The slowest transaction, ns: shown, never compared. */
  MAX("max", false),
  /** CPU time, user and system, in ns per GiB moved. */
  CPU_PER_GIB("CPU time per GiB", false),
  /** The user part of it. */
  CPU_USER_PER_GIB("user CPU time per GiB", false),
  /** The system part of it. */
  CPU_SYSTEM_PER_GIB("system CPU time per GiB", false),
  /** CPU time, user and system, in ns per transaction. */
  CPU_PER_TRANSACTION("CPU time per transaction", false),
  /** Pages that the kernel pinned per transaction. */
  PINS("pins per transaction", false),
  /** Pages that the kernel unpinned per transaction. */
  UNPINS("unpins per transaction", false),
  /** Context switches, voluntary and not, per transaction. */
  SWITCHES("context switches per transaction", false),
  /** CPU cycles per transaction, by perf events, as all up to {@link #MIGRATIONS}. */
  CYCLES("cycles per transaction", false),
  /** Instructions retired per transaction. */
  INSTRUCTIONS("instructions per transaction", false),
  /** Instructions per cycle. */
  IPC("instructions per cycle", true),
  /** Misses of the last cache per transaction. */
  CACHE_MISSES("cache misses per transaction", false),
  /** Context switches of the whole process per transaction. */
  CONTEXT_SWITCHES("context switches of the process per transaction", false),
  /** Moves to another CPU per transaction. */
  MIGRATIONS("migrations per transaction", false),
  /** Bytes of system-memory traffic, of the whole machine, for each byte moved. */
  DRAM("system-memory traffic per byte moved", false),
  /** Jain's fairness index of the threads, from 1/n to 1. */
  FAIRNESS("Jain's fairness index", true),
  /** Bytes per second of the busy neighbour. */
  NEIGHBOUR_BANDWIDTH("neighbour's bandwidth", true),
  /** Time of one dependent load of the busy neighbour, ns. */
  NEIGHBOUR_LATENCY("neighbour's latency", false);

  private final String label;
  private final boolean higherIsBetter;

  Metric(String label, boolean higherIsBetter) {
    this.label = label;
    this.higherIsBetter = higherIsBetter;
  }

  /** Name in tables and sentences. */
  public String label() {
    return label;
  }

  /** Which percentile it is; empty for what is none. */
  public OptionalDouble percentile() {
    return switch (this) {
      case P50 -> OptionalDouble.of(50);
      case P90 -> OptionalDouble.of(90);
      case P99 -> OptionalDouble.of(99);
      case P999 -> OptionalDouble.of(99.9);
      default -> OptionalDouble.empty();
    };
  }

  /** Whether more of it is better; otherwise less is. */
  public boolean higherIsBetter() {
    return higherIsBetter;
  }
}
