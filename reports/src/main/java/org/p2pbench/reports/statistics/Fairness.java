// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.statistics;

import java.util.List;
import java.util.OptionalDouble;
import org.p2pbench.reports.rundir.Iteration;

/**
 * How evenly the threads of a fork got on: Jain's index of their transactions, (sum of x)^2 / (n *
 * sum of x^2), which is 1 where all did the same and 1/n where one did all. R. Jain, D. Chiu, W.
 * Hawe: A Quantitative Measure of Fairness and Discrimination, DEC-TR-301, 1984.
 */
final class Fairness {
  private Fairness() {}

  /** Of the iterations together; empty where transactions were not counted by thread. */
  static OptionalDouble of(List<Iteration> iterations) {
    int threads = iterations.stream().mapToInt(i -> i.threadTransactions().size()).min().orElse(0);
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < threads; i++) {
      int thread = i;
      double x = iterations.stream().mapToLong(it -> it.threadTransactions().get(thread)).sum();
      sum += x;
      squares += x * x;
    }
    return squares > 0
        ? OptionalDouble.of(sum * sum / (threads * squares))
        : OptionalDouble.empty();
  }
}
