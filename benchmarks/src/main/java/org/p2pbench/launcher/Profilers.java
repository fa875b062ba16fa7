// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.p2pbench.profile.CpuProfiler;
import org.p2pbench.profile.DramProfiler;
import org.p2pbench.profile.KernelProfiler;
import org.p2pbench.profile.PinsProfiler;
import org.p2pbench.transaction.MemoryChoice;

/**
 * Which profilers run in the forks of a row: those of every run, those that a user asked for beside
 * them, or, of a row that asks what profilers cost, those that the row names. One that was asked
 * for and cannot run on this machine is said so once and in each fork that goes without it.
 * Immutable.
 */
final class Profilers {

  /** None asked for. */
  static final Profilers NONE = new Profilers(Map.of(), List.of());

  /** What a row says that is measured without any. */
  private static final String WITHOUT = "none";

  private static final String BETWEEN = "+";

  /** Each profiler asked for, with why it cannot run here. */
  private final Map<Kind, Optional<String>> asked;

  /** Groups of the plan with rows that have one transaction in flight. */
  private final Set<String> oneInFlight;

  /** When a profiler runs. */
  private enum When {
    /** In the forks of every row that it applies to. */
    ALWAYS,
    /** Where it was asked for. */
    ASKED
  }

  /** Every profiler there is, in the order in which they run. */
  enum Kind {
    /** Stamps and histograms: nothing else knows of latencies. */
    STAGES("stages", When.ALWAYS, Optional::empty),
    PINS("pins", When.ALWAYS, PinsProfiler::obstacle),
    /** CPU time without perf events, which cost a little more. */
    CPU_TIME("cpu", When.ALWAYS, Optional::empty),
    NEIGHBOUR("neighbour", When.ALWAYS, Optional::empty),
    FAIRNESS("fairness", When.ALWAYS, Optional::empty),
    /** CPU time and perf events. */
    CPU("cpu", When.ASKED, CpuProfiler::obstacle),
    DRAM("dram", When.ASKED, DramProfiler::obstacle),
    KERNEL("kernel", When.ASKED, KernelProfiler::obstacle);

    private final String jmhName;
    private final When when;
    private final Supplier<Optional<String>> obstacle;

    Kind(String jmhName, When when, Supplier<Optional<String>> obstacle) {
      this.jmhName = jmhName;
      this.when = when;
      this.obstacle = obstacle;
    }

    /** The name by which users and rows know it. */
    String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The member of a fork's entry that says why it did not run. */
    private String member() {
      return this == CPU ? "perf" : label();
    }

    private String option() {
      return switch (this) {
        case CPU_TIME -> CpuProfiler.WITHOUT_EVENTS;
        case KERNEL -> KernelProfiler.optionForForks();
        default -> "";
      };
    }

    /** Whether there is anything for it to find out in a row. */
    private boolean appliesTo(RowPlan row) {
      return switch (this) {
        case NEIGHBOUR -> row.question().equals(RowPlan.BUSY_MEMORY);
        case FAIRNESS -> row.threads() > 1;
        // Stages of the kernel are told apart where one transaction is in flight, with I/O of its
        // own.
        case KERNEL ->
            oneInFlight(row)
                && !MemoryChoice.PAGE_CACHE.label().equals(row.parameters().get("memory"));
        default -> true;
      };
    }
  }

  /**
   * @param asked with why each cannot run
   * @param rows of the plan
   */
  Profilers(Map<Kind, Optional<String>> asked, List<RowPlan> rows) {
    this.asked = asked;
    this.oneInFlight =
        rows.stream()
            .filter(Profilers::oneInFlight)
            .map(RowPlan::group)
            .collect(Collectors.toSet());
  }

  private static boolean oneInFlight(RowPlan row) {
    return row.threads() == 1 && Integer.valueOf(1).equals(row.parameters().get("depth"));
  }

  /**
   * Looks which of the profilers asked for run here.
   *
   * @param names as typed
   * @param rows of the plan
   * @param err where it is said which do not
   * @throws IllegalArgumentException names the profilers there are
   */
  static Profilers of(List<String> names, List<RowPlan> rows, PrintStream err) {
    Map<Kind, Optional<String>> asked = new LinkedHashMap<>();
    names.stream().map(Profilers::parse).distinct().forEach(k -> asked.put(k, k.obstacle.get()));
    asked.forEach(
        (kind, obstacle) ->
            obstacle.ifPresent(
                why -> err.printf("profiler %s is left out: %s%n", kind.label(), why)));
    return new Profilers(asked, rows);
  }

  private static Kind parse(String name) {
    return Arrays.stream(Kind.values())
        .filter(k -> k.when == When.ASKED && k.label().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown profiler '%s': one of %s (stages, pins and CPU time are always on)"
                        .formatted(
                            name,
                            Arrays.stream(Kind.values())
                                .filter(k -> k.when == When.ASKED)
                                .map(Kind::label)
                                .collect(Collectors.joining(", ")))));
  }

  /**
   * What to measure a row with in order to see what profilers cost: without any; with stages alone,
   * which latencies take; with each other one that has something to find out, beside stages; and
   * with those of every run.
   *
   * @param row the row as any run would measure it
   * @return sets of profilers, as a row names them
   */
  static List<String> setsToCompare(RowPlan row) {
    List<Kind> kinds =
        Arrays.stream(Kind.values())
            .filter(kind -> kind != Kind.STAGES && kind.appliesTo(row))
            .toList();
    List<String> sets = new ArrayList<>(List.of(WITHOUT, Kind.STAGES.label()));
    kinds.forEach(kind -> sets.add(set(List.of(Kind.STAGES, kind))));
    sets.add(set(NONE.of(row)));
    return sets;
  }

  private static String set(List<Kind> kinds) {
    return kinds.stream().map(Kind::label).collect(Collectors.joining(BETWEEN));
  }

  /** Why the profilers that a row names cannot run on this machine; empty where they can. */
  static Optional<String> obstacle(RowPlan row) {
    return named(row).orElse(List.of()).stream()
        .flatMap(kind -> kind.obstacle.get().stream())
        .findFirst();
  }

  private static Optional<List<Kind>> named(RowPlan row) {
    return Optional.ofNullable((String) row.parameters().get(RowPlan.PROFILERS))
        .map(set -> List.of(set.split("[" + BETWEEN + "]")))
        .map(
            labels ->
                Arrays.stream(Kind.values()).filter(k -> labels.contains(k.label())).toList());
  }

  /** Those that run in the forks of a row. */
  private List<Kind> of(RowPlan row) {
    return named(row)
        .orElseGet(() -> Arrays.stream(Kind.values()).filter(kind -> unnamed(kind, row)).toList());
  }

  private boolean unnamed(Kind kind, RowPlan row) {
    if (!kind.appliesTo(row) || kind == Kind.CPU_TIME && works(Kind.CPU)) {
      return false;
    }
    return kind.when == When.ALWAYS ? kind.obstacle.get().isEmpty() : works(kind);
  }

  private boolean works(Kind kind) {
    return asked.containsKey(kind) && asked.get(kind).isEmpty();
  }

  /**
   * Warm-up iterations that a row needs beside the profile's own. Twins have as many, traced or
   * not. They share their depth and threads, which a rate that is known late does not change; a
   * load alone has no depth, so that its group is asked.
   */
  int moreWarmUps(RowPlan row) {
    boolean besideTraced =
        works(Kind.KERNEL) && (oneInFlight(row) || oneInFlight.contains(row.group()));
    return named(row).isPresent() || besideTraced ? 1 : 0;
  }

  /** Adds those of a row to the options of a fork. */
  void addTo(ChainedOptionsBuilder options, RowPlan row) {
    of(row).forEach(kind -> options.addProfiler(kind.jmhName, kind.option()));
  }

  /** Says in a fork's entry of {@code rows.json} which it went without, and why. */
  void tellMissing(RowPlan row, ObjectNode fork) {
    asked.forEach(
        (kind, obstacle) ->
            obstacle
                .filter(why -> kind.appliesTo(row))
                .ifPresent(why -> fork.putObject(kind.member()).put("unavailable", why)));
  }
}
