// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import java.util.Optional;
import org.p2pbench.proof.PinCounters;
import org.p2pbench.transfer.ProcessUsage;

/**
 * What the kernel and the transactors have counted up to one moment, or between two.
 *
 * @param transactions completed by all threads of this JVM
 * @param pins pages pinned and unpinned by the whole machine; empty where the kernel does not count
 * @param usage CPU time and context switches of this process, the kernel's io_uring workers
 *     included
 */
public record Counters(long transactions, Optional<PinCounters> pins, ProcessUsage usage) {

  static Counters now(long transactions) {
    return new Counters(transactions, PinCounters.read(), ProcessUsage.read());
  }

  /** What was counted since an earlier reading. */
  public Counters since(Counters earlier) {
    return new Counters(
        transactions - earlier.transactions,
        pins.flatMap(p -> earlier.pins.map(p::minus)),
        usage.minus(earlier.usage));
  }
}
