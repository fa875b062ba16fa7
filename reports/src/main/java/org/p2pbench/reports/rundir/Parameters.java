// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.rundir;

import java.util.ArrayList;
import java.util.List;

/**
 * The parameters of a row; those that its benchmark does not have are null. Words are kept as they
 * are written, so that a memory or an engine that is new can be shown by name. {@code p99BoundNs}
 * is no row's own: those have it that stand for all rates of an open loop.
 */
public record Parameters(
    String memory,
    String pinning,
    String engine,
    Long blockBytes,
    Integer depth,
    Integer threads,
    Integer staging,
    String pattern,
    String pages,
    String mechanism,
    String from,
    String to,
    String what,
    String load,
    String loadPattern,
    Integer loadThreads,
    Integer loadShare,
    Long loadBytes,
    String loadCpus,
    String transferCpus,
    String placement,
    String arrivals,
    Long ratePerSecond,
    String transaction,
    String profilers,
    Integer sources,
    Integer targets,
    String numa,
    Long p99BoundNs) {

  /** What {@code load} says where only the room for one was left free. */
  public static final String NO_LOAD = "none";

  /** Checks the ranges. */
  public Parameters {
    Members.positive(blockBytes, "blockBytes");
    Members.positive(depth, "depth");
    Members.positive(threads, "threads");
    Members.notNegative(staging, "staging");
    Members.positive(loadThreads, "loadThreads");
    Members.positive(loadShare, "loadShare");
    Members.positive(loadBytes, "loadBytes");
    Members.positive(ratePerSecond, "ratePerSecond");
    Members.positive(sources, "sources");
    Members.positive(targets, "targets");
    Members.positive(p99BoundNs, "p99BoundNs");
  }

  /**
   * How threads were spread, where that is not the usual way: "2 sources, 1 target, NUMA node
   * near", or "".
   */
  public String layout() {
    List<String> words = new ArrayList<>();
    if (sources != null || targets != null) {
      words.add(count(sources, "source"));
      words.add(count(targets, "target"));
    }
    if (numa != null) {
      words.add("NUMA node " + numa);
    }
    return String.join(", ", words);
  }

  private static String count(Integer number, String what) {
    return number == null || number == 1 ? "1 " + what : number + " " + what + "s";
  }

  /** Those of a row of an open loop, of all rates and under a bound. */
  public Parameters ofAllRates(long boundNs) {
    return new Parameters(
        memory,
        pinning,
        engine,
        blockBytes,
        depth,
        threads,
        staging,
        pattern,
        pages,
        mechanism,
        from,
        to,
        what,
        load,
        loadPattern,
        loadThreads,
        loadShare,
        loadBytes,
        loadCpus,
        transferCpus,
        placement,
        arrivals,
        null,
        transaction,
        profilers,
        sources,
        targets,
        numa,
        boundNs);
  }

  /** Whether a load ran beside the row's transfers, or alone. */
  public boolean loaded() {
    return load != null && !load.equals(NO_LOAD);
  }
}
