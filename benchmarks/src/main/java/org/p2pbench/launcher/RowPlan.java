// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.p2pbench.jmh.BaselineBenchmark;
import org.p2pbench.jmh.CopyBenchmark;
import org.p2pbench.jmh.DrainBenchmark;
import org.p2pbench.jmh.OpenLoopBenchmark;
import org.p2pbench.jmh.PinBenchmark;
import org.p2pbench.jmh.TransferBenchmark;
import org.p2pbench.transaction.MemoryChoice;
import org.p2pbench.transaction.TransferSpec;
import org.p2pbench.transfer.Arrivals;
import org.p2pbench.transfer.Pattern;
import org.p2pbench.transfer.Pinner;

/**
 * One row to be measured.
 *
 * @param id names it within the run and across runs
 * @param question transfer, drain, busy-memory, open-loop, overhead, pin, copy or baseline
 * @param group twins have the same one
 * @param method the JMH benchmark
 * @param jmhParameters its {@code @Param} values
 * @param parameters the same in the run directory's terms
 * @param threads measuring threads
 * @param batch transactions of one native call, 0 for what the annotation says
 * @param onDevice whether the row uses a real controller's CMB
 * @param share of an open loop whose rate is a percentage of one that is measured first; such a row
 *     becomes another one, with a rate, before it is measured
 */
record RowPlan(
    String id,
    String question,
    String group,
    String method,
    Map<String, String> jmhParameters,
    Map<String, Object> parameters,
    int threads,
    int batch,
    boolean onDevice,
    Optional<Share> share) {

  /** A row that is measured as it stands. */
  RowPlan(
      String id,
      String question,
      String group,
      String method,
      Map<String, String> jmhParameters,
      Map<String, Object> parameters,
      int threads,
      int batch,
      boolean onDevice) {
    this(
        id,
        question,
        group,
        method,
        jmhParameters,
        parameters,
        threads,
        batch,
        onDevice,
        Optional.empty());
  }

  /** The question of rows beside a busy neighbour, and without it. */
  static final String BUSY_MEMORY = "busy-memory";

  /**
   * About how many bytes one native call moves, so that a call is neither too short nor too long.
   */
  private static final long BATCH_BYTES = 1L << 20;

  private static final int MOST_IN_BATCH = 64;

  /** The one JMH benchmark whose transactions have no source. */
  private static final String DRAIN = DrainBenchmark.class.getName() + ".drain";

  /** The question of rows that differ in their profilers: what those cost. */
  static final String OVERHEAD = "overhead";

  /** The parameter that names the profilers of such a row; they run in its forks, and no others. */
  static final String PROFILERS = "profilers";

  /** What a row of an open loop asks: latency at a rate. */
  static final String OPEN_LOOP = "open-loop";

  /** Of an open loop, so many transactions are measured in a fork at least, if time allows: p99. */
  private static final double FEWEST_PACED = 3000;

  /** A paced fork measures no longer than this for the sake of that. */
  private static final Duration LONGEST_PACED = Duration.ofSeconds(20);

  /** A native call of an open loop is over after about so long. */
  private static final double PACED_BATCH_SECONDS = 0.01;

  /**
   * A rate that is not known yet.
   *
   * @param closedLoop id of the row whose rate it is a percentage of
   */
  record Share(TransferSpec spec, Arrivals arrivals, OfferedRate rate, String closedLoop) {}

  static RowPlan of(TransferSpec spec) {
    String question = spec.fills() ? "transfer" : "drain";
    Map<String, Object> parameters = parameters(spec);
    return new RowPlan(
        question + "-" + variant(spec) + "-" + point(spec),
        question,
        question + "/" + point(spec),
        spec.fills() ? TransferBenchmark.class.getName() + ".transfer" : DRAIN,
        jmhParameters(parameters),
        parameters,
        spec.threads(),
        batch(spec.blockBytes()),
        spec.memory() == MemoryChoice.CMB);
  }

  static Map<String, Object> parameters(TransferSpec spec) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("memory", spec.memory().label());
    parameters.put("pinning", spec.pinning().label());
    parameters.put("engine", spec.engine().label());
    parameters.put("blockBytes", spec.blockBytes());
    parameters.put("depth", spec.depth());
    parameters.put("threads", spec.threads());
    parameters.put("staging", spec.staging());
    parameters.put("pattern", spec.pattern().label());
    parameters.put("pages", spec.hugePages() ? "2MiB" : "4KiB");
    spec.layout().describe(parameters);
    return parameters;
  }

  /** JMH has a number of threads, too, but as an option of its own. */
  static Map<String, String> jmhParameters(Map<String, Object> parameters) {
    Map<String, String> jmh = strings(parameters);
    jmh.remove("threads");
    String node = jmh.remove("numaNode");
    if (node != null) {
      jmh.put("numa", node);
    }
    return jmh;
  }

  /** What twins have in common. */
  static String point(TransferSpec spec) {
    return "%s-%d-d%d-t%d%s%s"
        .formatted(
            spec.engine().label(),
            spec.blockBytes(),
            spec.depth(),
            spec.threads(),
            spec.pattern() == Pattern.SEQUENTIAL ? "" : "-" + spec.pattern().label(),
            spec.layout().suffix());
  }

  /** What they differ in. */
  static String variant(TransferSpec spec) {
    return "%s-%s%s%s"
        .formatted(
            spec.memory().label(),
            spec.pinning().label(),
            spec.staging() > 0 ? "-staged" : "",
            spec.hugePages() ? "-2MiB" : "");
  }

  /** A transfer in an open loop at a known rate. */
  static RowPlan ofOpenLoop(TransferSpec spec, Arrivals arrivals, long ratePerSecond) {
    return openLoop(spec, arrivals, String.valueOf(ratePerSecond), ratePerSecond, Optional.empty());
  }

  /** A transfer in an open loop at a percentage of a closed loop's rate. */
  static RowPlan ofOpenLoop(Share share) {
    String name = share.rate().value() + "pct";
    return openLoop(share.spec(), share.arrivals(), name, null, Optional.of(share));
  }

  private static RowPlan openLoop(
      TransferSpec spec,
      Arrivals arrivals,
      String rate,
      Long ratePerSecond,
      Optional<Share> share) {
    String load = "-" + arrivals.label() + "-" + rate;
    Map<String, Object> parameters = parameters(spec);
    parameters.put("arrivals", arrivals.label());
    parameters.put("ratePerSecond", ratePerSecond);
    Map<String, String> jmh = jmhParameters(parameters(spec));
    jmh.put("arrivals", arrivals.label());
    jmh.put("ratePerSecond", rate);
    double batch = ratePerSecond == null ? 1 : PACED_BATCH_SECONDS * ratePerSecond / spec.threads();
    return new RowPlan(
        OPEN_LOOP + "-" + variant(spec) + "-" + point(spec) + load,
        OPEN_LOOP,
        OPEN_LOOP + "/" + point(spec) + load,
        OpenLoopBenchmark.class.getName() + ".transfer",
        jmh,
        parameters,
        spec.threads(),
        (int) Math.max(1, Math.min(batch(spec.blockBytes()), batch)),
        spec.memory() == MemoryChoice.CMB,
        share);
  }

  /**
   * A transaction under the profilers named, and no others.
   *
   * @param profilers one of {@link Profilers#setsToCompare}
   */
  static RowPlan ofOverhead(TransferSpec spec, String profilers) {
    RowPlan plain = of(spec);
    Map<String, Object> parameters = new LinkedHashMap<>(plain.parameters);
    parameters.put("transaction", plain.question);
    parameters.put(PROFILERS, profilers);
    return new RowPlan(
        "%s-%s-%s".formatted(OVERHEAD, plain.id, profilers.replace('+', '-')),
        OVERHEAD,
        OVERHEAD + "/" + plain.id,
        plain.method,
        plain.jmhParameters,
        parameters,
        plain.threads,
        plain.batch,
        plain.onDevice);
  }

  /** The row to be measured where the rate of the closed loop is known. */
  RowPlan at(double closedLoopPerSecond) {
    Share s = share.orElseThrow();
    return ofOpenLoop(s.spec, s.arrivals, s.rate.perSecond(closedLoopPerSecond));
  }

  /** The times of a fork of this row: long enough for p99 at a low rate. */
  Profile.Timing timed(Profile.Timing timing) {
    if (!(parameters.get("ratePerSecond") instanceof Long rate)) {
      return timing;
    }
    double seconds = Math.min(FEWEST_PACED / rate, LONGEST_PACED.toSeconds());
    Duration needed = Duration.ofMillis((long) Math.ceil(1e3 * seconds / timing.iterations()));
    return timing.iteration().compareTo(needed) >= 0 ? timing : timing.measuringFor(needed);
  }

  /** Whether it has transactions, which move blocks through a memory to a target. */
  boolean moves() {
    return parameters.containsKey("depth");
  }

  /** Whether those blocks come from a source. */
  boolean fills() {
    return moves() && !method.equals(DRAIN);
  }

  /** Bytes that transactions in flight hold, 0 where there are none. */
  long bytesInFlight() {
    return moves()
        ? (long) parameters.get("blockBytes") * (int) parameters.get("depth") * threads
        : 0;
  }

  static int batch(long blockBytes) {
    return (int) Math.max(2, Math.min(MOST_IN_BATCH, BATCH_BYTES / blockBytes));
  }

  static RowPlan ofPin(String memory, String mechanism, long blockBytes, String pages) {
    Pinner.Mechanism by = Pinner.Mechanism.parse(mechanism);
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("memory", memory);
    parameters.put("mechanism", mechanism);
    parameters.put("blockBytes", blockBytes);
    parameters.put("pages", pages);
    return new RowPlan(
        "pin-%s-%s-%d-%s".formatted(memory, mechanism, blockBytes, pages),
        "pin",
        "pin/%s/%d".formatted(mechanism, blockBytes),
        PinBenchmark.class.getName() + ".pinAndUnpin",
        strings(parameters),
        parameters,
        1,
        batch(by.mappedBytes(blockBytes)) * by.pinsAtOnce(blockBytes),
        memory.equals("cmb"));
  }

  static RowPlan ofCopy(String from, String to, long blockBytes) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("from", from);
    parameters.put("to", to);
    parameters.put("blockBytes", blockBytes);
    return new RowPlan(
        "copy-%s-to-%s-%d".formatted(from, to, blockBytes),
        "copy",
        "copy/%d".formatted(blockBytes),
        CopyBenchmark.class.getName() + ".copy",
        strings(parameters),
        parameters,
        1,
        batch(blockBytes),
        from.equals("cmb") || to.equals("cmb"));
  }

  static RowPlan ofBaseline(String what) {
    return new RowPlan(
        "baseline-" + what,
        "baseline",
        "baseline/" + what,
        BaselineBenchmark.class.getName() + "." + what,
        Map.of(),
        Map.of("what", what),
        1,
        0,
        false);
  }

  private static Map<String, String> strings(Map<String, Object> parameters) {
    Map<String, String> strings = new LinkedHashMap<>();
    parameters.forEach((name, value) -> strings.put(name, value.toString()));
    return strings;
  }
}
