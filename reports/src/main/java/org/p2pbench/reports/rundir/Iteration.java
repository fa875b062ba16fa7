// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.rundir;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * One measured iteration. {@code score} is JMH's, in its unit; without one it is operations per
 * second, all threads together. The counters belong to {@code transactions}, which were counted in
 * a window a little wider than the score's; a counter that the machine does not have is null.
 */
public record Iteration(
    Double score,
    ScoreUnit scoreUnit,
    Double seconds,
    Long transactions,
    Long bytes,
    Long cpuUserNs,
    Long cpuSystemNs,
    Long voluntarySwitches,
    Long involuntarySwitches,
    Long pinsAcquired,
    Long pinsReleased,
    Long neighbourBytes,
    Long neighbourNs,
    Double neighbourLatencyNs,
    List<Long> threadTransactions,
    Long dramBytes,
    Long cycles,
    Long instructions,
    Long cacheMisses,
    Long contextSwitches,
    Long migrations) {

  /** Checks that figures are figures. */
  public Iteration {
    Members.notNegative(Members.present(score, "score"), "score");
    scoreUnit = scoreUnit == null ? ScoreUnit.OPERATIONS_PER_SECOND : scoreUnit;
    Members.notNegative(seconds, "seconds");
    Members.notNegative(transactions, "transactions");
    Members.notNegative(bytes, "bytes");
    Members.notNegative(cpuUserNs, "cpuUserNs");
    Members.notNegative(cpuSystemNs, "cpuSystemNs");
    Members.notNegative(voluntarySwitches, "voluntarySwitches");
    Members.notNegative(involuntarySwitches, "involuntarySwitches");
    Members.notNegative(pinsAcquired, "pinsAcquired");
    Members.notNegative(pinsReleased, "pinsReleased");
    Members.notNegative(neighbourBytes, "neighbourBytes");
    Members.positive(neighbourNs, "neighbourNs");
    Members.positive(neighbourLatencyNs, "neighbourLatencyNs");
    Members.notNegative(dramBytes, "dramBytes");
    Members.notNegative(cycles, "cycles");
    Members.notNegative(instructions, "instructions");
    Members.notNegative(cacheMisses, "cacheMisses");
    Members.notNegative(contextSwitches, "contextSwitches");
    Members.notNegative(migrations, "migrations");
    threadTransactions = Members.list(threadTransactions);
    threadTransactions.forEach(each -> Members.notNegative(each, "threadTransactions"));
  }

  /** The score as a rate, all threads together. */
  public double operationsPerSecond() {
    return switch (scoreUnit) {
      case OPERATIONS_PER_SECOND -> score;
      case NS_PER_OPERATION -> score == 0 ? 0 : 1e9 / score;
    };
  }

  /** Units that a score may be in. */
  public enum ScoreUnit {
    /** More is better. */
    @JsonProperty("ops/s")
    OPERATIONS_PER_SECOND,
    /** Less is better. */
    @JsonProperty("ns/op")
    NS_PER_OPERATION
  }
}
