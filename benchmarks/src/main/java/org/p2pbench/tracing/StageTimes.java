// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.tracing;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Where the time of traced I/Os went. Mutable while a trace is read; used by one thread. */
public final class StageTimes {

  private final Map<KernelStage, Long> totalNs = new EnumMap<>(KernelStage.class);
  private final Map<KernelStage, Long> calls = new EnumMap<>(KernelStage.class);
  private final Map<KernelStage, Set<String>> functions = new EnumMap<>(KernelStage.class);
  private long transfers;

  StageTimes() {}

  /** I/Os that were traced from the begin of their system call to its end. */
  public long transfers() {
    return transfers;
  }

  /** Time in a stage, all I/Os together, in ns. */
  public long totalNs(KernelStage stage) {
    return totalNs.getOrDefault(stage, 0L);
  }

  /** Calls of the functions of a stage, requests for {@link KernelStage#DEVICE}. */
  public long calls(KernelStage stage) {
    return calls.getOrDefault(stage, 0L);
  }

  /** The functions that were seen; none for what lies between functions. */
  public Set<String> functions(KernelStage stage) {
    return functions.getOrDefault(stage, Set.of());
  }

  void transfer() {
    transfers++;
  }

  void spent(KernelStage stage, long ns) {
    totalNs.merge(stage, ns, Long::sum);
  }

  void called(KernelStage stage, String function) {
    calls.merge(stage, 1L, Long::sum);
    functions.computeIfAbsent(stage, s -> new TreeSet<>()).add(function);
  }

  void requested() {
    calls.merge(KernelStage.DEVICE, 1L, Long::sum);
  }
}
