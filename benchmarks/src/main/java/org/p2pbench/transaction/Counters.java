// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.p2pbench.proof.PinCounters;
import org.p2pbench.transfer.MemoryLoad;
import org.p2pbench.transfer.ProcessUsage;

/**
 * What the kernel and the transactors have counted up to one moment, or between two.
 *
 * @param transactions completed by all threads of this JVM
 * @param pins pages pinned and unpinned by the whole machine; empty where the kernel does not count
 * @param usage CPU time and context switches of this process, the kernel's io_uring workers
 *     included; between two moments without the CPU time of the busy neighbour
 * @param neighbour what the busy neighbour did; empty without one
 * @param byThread transactions of each thread, in the order in which they began
 */
public record Counters(
    long transactions,
    Optional<PinCounters> pins,
    ProcessUsage usage,
    Optional<MemoryLoad.Counters> neighbour,
    List<Long> byThread) {

  static Counters now(List<Long> byThread, Optional<MemoryLoad> neighbour) {
    return new Counters(
        byThread.stream().mapToLong(Long::longValue).sum(),
        PinCounters.read(),
        ProcessUsage.read(),
        neighbour.map(MemoryLoad::counters),
        byThread);
  }

  /** What was counted since an earlier reading. */
  public Counters since(Counters earlier) {
    Optional<MemoryLoad.Counters> moved = neighbour.flatMap(n -> earlier.neighbour.map(n::minus));
    ProcessUsage used = usage.minus(earlier.usage);
    return new Counters(
        transactions - earlier.transactions,
        pins.flatMap(p -> earlier.pins.map(p::minus)),
        moved.map(n -> without(used, n.cpuNs())).orElse(used),
        moved,
        sinceThen(earlier.byThread));
  }

  /** A thread that has begun since then had completed nothing. */
  private List<Long> sinceThen(List<Long> earlier) {
    List<Long> each = new ArrayList<>();
    for (int i = 0; i < byThread.size(); i++) {
      each.add(byThread.get(i) - (i < earlier.size() ? earlier.get(i) : 0));
    }
    return List.copyOf(each);
  }

  /**
   * Without the CPU time of the load. It is nearly all user time, but the kernel shares a process's
   * time out between user and system by samples: what goes below zero was taken for system time.
   */
  private static ProcessUsage without(ProcessUsage used, long loadNs) {
    long user = used.userNs() - loadNs;
    long system = used.systemNs() + Math.min(user, 0);
    return new ProcessUsage(
        Math.max(user, 0),
        Math.max(system, 0),
        used.voluntarySwitches(),
        used.involuntarySwitches());
  }
}
