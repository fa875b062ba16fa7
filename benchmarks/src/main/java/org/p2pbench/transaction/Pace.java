// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import org.p2pbench.transfer.Arrivals;

/**
 * How the transactions of an open loop arrive, whatever the device does.
 *
 * @param arrivals at equal gaps, or as of many independent callers
 * @param ratePerSecond transactions that all threads together are offered, 1 to ten million
 * @param seed of Poisson arrivals; each thread makes its own from it
 */
public record Pace(Arrivals arrivals, double ratePerSecond, long seed) {

  private static final double MOST_PER_SECOND = 1e7;

  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException one line: what, why, what to do
   */
  public Pace {
    if (!(ratePerSecond >= 1 && ratePerSecond <= MOST_PER_SECOND)) {
      throw new IllegalArgumentException(
          "rate %s is out of range: 1 to 10000000 transactions per second"
              .formatted(ratePerSecond));
    }
  }

  /** The seed of one thread's arrivals. */
  long seedOf(int thread) {
    return seed * 1_000_003 + thread;
  }
}
