// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.profile;

import java.util.List;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.results.IterationResult;
import org.p2pbench.transaction.Measurements;

/**
 * How evenly threads get on: transactions of each one, and Jain's index of them, (sum of x)^2 / (n
 * * sum of x^2), from 1/n (one thread does all) to 1 (all do the same). R. Jain, D. Chiu, W. Hawe:
 * A Quantitative Measure of Fairness and Discrimination, DEC-TR-301, 1984.
 */
public class FairnessProfiler extends WindowProfiler {

  /** Made by JMH in the launcher and in each fork. */
  public FairnessProfiler() {}

  @Override
  public String getDescription() {
    return "Transactions of each thread and Jain's fairness index";
  }

  @Override
  void read(
      Measurements measurements, IterationParams iteration, IterationResult result, Sink sink) {
    List<Long> byThread = measurements.window().byThread();
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < byThread.size(); i++) {
      double each = byThread.get(i);
      sum += each;
      squares += each * each;
      sink.sum(Labels.OF_THREAD + i, each, "tx");
    }
    sink.average("fairness", sum * sum / (byThread.size() * squares), "1");
  }
}
