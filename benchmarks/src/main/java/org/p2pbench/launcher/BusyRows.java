// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.p2pbench.jmh.BusyMemoryBenchmark;
import org.p2pbench.load.LoadPlacement;
import org.p2pbench.load.LoadSpec;
import org.p2pbench.transaction.MemoryChoice;
import org.p2pbench.transaction.TransferSpec;

/** Makes the rows of transfers beside a busy neighbour, and of each of the two alone. Stateless. */
final class BusyRows {

  /** Operations of one native call that waits for a load: some ms. */
  private static final int LOAD_BATCH = 16;

  private BusyRows() {}

  /**
   * A load and the transfers beside it: the load alone, each transfer alone, each beside the load.
   *
   * @param load with its number of threads
   * @param twins transfers that differ in what is compared and in nothing else
   */
  static List<RowPlan> of(LoadSpec load, LoadPlacement placement, List<TransferSpec> twins) {
    List<RowPlan> rows = new ArrayList<>();
    rows.add(loadAlone(load, placement, twins.get(0)));
    twins.forEach(twin -> rows.add(transfer(load, placement, twin, false)));
    twins.forEach(twin -> rows.add(transfer(load, placement, twin, true)));
    return rows;
  }

  private static RowPlan loadAlone(LoadSpec load, LoadPlacement placement, TransferSpec beside) {
    Map<String, Object> parameters = loadParameters(load, placement, true);
    return new RowPlan(
        "%s-%s-alone-%s".formatted(RowPlan.BUSY_MEMORY, point(load), RowPlan.point(beside)),
        RowPlan.BUSY_MEMORY,
        group(load, beside),
        BusyMemoryBenchmark.class.getName() + ".load",
        loadJmhParameters(load, true),
        parameters,
        1,
        LOAD_BATCH,
        false);
  }

  private static RowPlan transfer(
      LoadSpec load, LoadPlacement placement, TransferSpec spec, boolean beside) {
    Map<String, Object> parameters = RowPlan.parameters(spec);
    Map<String, String> jmh = RowPlan.jmhParameters(parameters);
    jmh.putAll(loadJmhParameters(load, beside));
    parameters.putAll(loadParameters(load, placement, beside));
    return new RowPlan(
        "%s-%s-%s-%s-%s"
            .formatted(
                RowPlan.BUSY_MEMORY,
                point(load),
                RowPlan.variant(spec),
                RowPlan.point(spec),
                beside ? "beside" : "without"),
        RowPlan.BUSY_MEMORY,
        group(load, spec),
        BusyMemoryBenchmark.class.getName() + ".transfer",
        jmh,
        parameters,
        spec.threads(),
        RowPlan.batch(spec.blockBytes()),
        spec.memory() == MemoryChoice.CMB);
  }

  private static String group(LoadSpec load, TransferSpec spec) {
    return "%s/%s/%s".formatted(RowPlan.BUSY_MEMORY, point(load), RowPlan.point(spec));
  }

  private static String point(LoadSpec load) {
    return "%s-%s-t%d-s%d"
        .formatted(
            load.kind().label(),
            load.pattern().label(),
            load.threads().orElseThrow(),
            load.sharePercent());
  }

  private static Map<String, Object> loadParameters(
      LoadSpec load, LoadPlacement placement, boolean running) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("load", running ? load.kind().label() : "none");
    parameters.put("loadPattern", load.pattern().label());
    parameters.put("loadThreads", load.threads().orElseThrow());
    parameters.put("loadShare", load.sharePercent());
    parameters.put("loadBytes", placement.threadBytes());
    parameters.put("loadCpus", LoadPlacement.list(placement.loadCpus()));
    parameters.put("transferCpus", LoadPlacement.list(placement.transferCpus()));
    parameters.put("placement", placement.nearness().label());
    return parameters;
  }

  private static Map<String, String> loadJmhParameters(LoadSpec load, boolean running) {
    Map<String, String> jmh = new LinkedHashMap<>();
    jmh.put("load", running ? load.kind().label() : "none");
    jmh.put("loadPattern", load.pattern().label());
    jmh.put("loadThreads", String.valueOf(load.threads().orElseThrow()));
    jmh.put("loadShare", String.valueOf(load.sharePercent()));
    return jmh;
  }
}
