// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.p2pbench.profile.DramProfiler;
import org.p2pbench.profile.KernelProfiler;

/**
 * The profilers that a user asked for beside those of every run. One that cannot run on this
 * machine is said so once and in each fork that goes without it. Immutable.
 */
final class Profilers {

  /** None asked for. */
  static final Profilers NONE = new Profilers(Map.of());

  /** Each profiler asked for, with why it cannot run here. */
  private final Map<Kind, Optional<String>> asked;

  /** What can be asked for; the name in lower case is the profiler's and its member's. */
  private enum Kind {
    KERNEL(KernelProfiler::obstacle, KernelProfiler::optionForForks),
    DRAM(DramProfiler::obstacle, () -> ""),
    /** Runs always; asked for, with perf events, of which it says itself what there is not. */
    CPU(Optional::empty, () -> "");

    private final Supplier<Optional<String>> obstacle;
    private final Supplier<String> option;

    Kind(Supplier<Optional<String>> obstacle, Supplier<String> option) {
      this.obstacle = obstacle;
      this.option = option;
    }

    private String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    private boolean appliesTo(RowPlan row) {
      if (this != KERNEL) {
        return true;
      }
      // Stages of the kernel are told apart where one transaction is in flight.
      return row.threads() == 1 && Integer.valueOf(1).equals(row.parameters().get("depth"));
    }
  }

  private Profilers(Map<Kind, Optional<String>> asked) {
    this.asked = asked;
  }

  /**
   * Looks which of the profilers asked for run here.
   *
   * @param names as typed
   * @param err where it is said which do not
   * @throws IllegalArgumentException names the profilers there are
   */
  static Profilers of(List<String> names, PrintStream err) {
    Map<Kind, Optional<String>> asked = new LinkedHashMap<>();
    names.stream().map(Profilers::parse).distinct().forEach(k -> asked.put(k, k.obstacle.get()));
    asked.forEach(
        (kind, obstacle) ->
            obstacle.ifPresent(
                why -> err.printf("profiler %s is left out: %s%n", kind.label(), why)));
    return new Profilers(asked);
  }

  private static Kind parse(String name) {
    return Arrays.stream(Kind.values())
        .filter(k -> k.label().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown profiler '%s': one of %s (stages, pins and CPU time are always on)"
                        .formatted(
                            name,
                            Arrays.stream(Kind.values())
                                .map(Kind::label)
                                .collect(Collectors.joining(", ")))));
  }

  /** Warm-up iterations that a row needs beside the profile's own. */
  int moreWarmUps(RowPlan row) {
    return runs(Kind.KERNEL, row) ? 1 : 0;
  }

  private boolean runs(Kind kind, RowPlan row) {
    return asked.containsKey(kind) && asked.get(kind).isEmpty() && kind.appliesTo(row);
  }

  /** The option of profiler cpu, which is on in every fork. */
  String optionOfCpu() {
    return asked.containsKey(Kind.CPU) ? "" : "events=off";
  }

  /** Adds those that run to the options of a fork. */
  void addTo(ChainedOptionsBuilder options, RowPlan row) {
    asked.keySet().stream()
        .filter(kind -> kind != Kind.CPU && runs(kind, row))
        .forEach(kind -> options.addProfiler(kind.label(), kind.option.get()));
  }

  /** Says in a fork's entry of {@code rows.json} which it went without, and why. */
  void tellMissing(RowPlan row, ObjectNode fork) {
    asked.forEach(
        (kind, obstacle) ->
            obstacle
                .filter(why -> kind.appliesTo(row))
                .ifPresent(why -> fork.putObject(kind.label()).put("unavailable", why)));
  }
}
