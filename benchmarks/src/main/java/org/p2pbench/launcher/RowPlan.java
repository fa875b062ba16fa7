// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.util.LinkedHashMap;
import java.util.Map;
import org.p2pbench.jmh.BaselineBenchmark;
import org.p2pbench.jmh.CopyBenchmark;
import org.p2pbench.jmh.DrainBenchmark;
import org.p2pbench.jmh.PinBenchmark;
import org.p2pbench.jmh.TransferBenchmark;
import org.p2pbench.transaction.MemoryChoice;
import org.p2pbench.transaction.TransferSpec;
import org.p2pbench.transfer.Pattern;

/**
 * One row to be measured.
 *
 * @param id names it within the run and across runs
 * @param question transfer, drain, busy-memory, pin, copy or baseline
 * @param group twins have the same one
 * @param method the JMH benchmark
 * @param jmhParameters its {@code @Param} values
 * @param parameters the same in the run directory's terms
 * @param threads measuring threads
 * @param batch transactions of one native call, 0 for what the annotation says
 * @param onDevice whether the row uses a real controller's CMB
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
    boolean onDevice) {

  /** The question of rows beside a busy neighbour, and without it. */
  static final String BUSY_MEMORY = "busy-memory";

  /**
   * About how many bytes one native call moves, so that a call is neither too short nor too long.
   */
  private static final long BATCH_BYTES = 1L << 20;

  private static final int MOST_IN_BATCH = 64;

  static RowPlan of(TransferSpec spec) {
    String question = spec.fills() ? "transfer" : "drain";
    Map<String, Object> parameters = parameters(spec);
    return new RowPlan(
        question + "-" + variant(spec) + "-" + point(spec),
        question,
        question + "/" + point(spec),
        spec.fills()
            ? TransferBenchmark.class.getName() + ".transfer"
            : DrainBenchmark.class.getName() + ".drain",
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
    return parameters;
  }

  /** JMH has a number of threads, too, but as an option of its own. */
  static Map<String, String> jmhParameters(Map<String, Object> parameters) {
    Map<String, String> jmh = strings(parameters);
    jmh.remove("threads");
    return jmh;
  }

  /** What twins have in common. */
  static String point(TransferSpec spec) {
    return "%s-%d-d%d-t%d%s"
        .formatted(
            spec.engine().label(),
            spec.blockBytes(),
            spec.depth(),
            spec.threads(),
            spec.pattern() == Pattern.SEQUENTIAL ? "" : "-" + spec.pattern().label());
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

  /** Bytes that transactions in flight hold, 0 where there are none. */
  long bytesInFlight() {
    return parameters.containsKey("depth")
        ? (long) parameters.get("blockBytes") * (int) parameters.get("depth") * threads
        : 0;
  }

  static int batch(long blockBytes) {
    return (int) Math.max(2, Math.min(MOST_IN_BATCH, BATCH_BYTES / blockBytes));
  }

  static RowPlan ofPin(String memory, String mechanism, long blockBytes, String pages) {
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
        batch(blockBytes),
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
