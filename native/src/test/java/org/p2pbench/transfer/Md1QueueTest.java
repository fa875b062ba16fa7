// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The yardstick of {@link PacedTransactorTest} against what is known of M/D/1 otherwise. */
class Md1QueueTest {
  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.3, 0.6, 0.8, 0.9})
  void meanWaitIsPollaczekAndKhinchines(double load) {
    Md1Queue queue = new Md1Queue(load);
    double mean = 0;
    double step = 0.01;
    for (double wait = step / 2; wait < 300; wait += step) {
      mean += (1 - queue.waitAtMost(wait)) * step;
    }
    assertThat(mean).isCloseTo(load / (2 * (1 - load)), within(1e-3));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.1, 0.3, 0.6, 0.8, 0.9})
  void shortWaitsAreErlangs(double load) {
    Md1Queue queue = new Md1Queue(load);
    for (double wait = 0; wait < 5; wait += 0.37) {
      assertThat(queue.waitAtMost(wait)).isCloseTo(erlang(load, wait), within(1e-9));
    }
  }

  private static double erlang(double load, double wait) {
    double sum = 0;
    double factorial = 1;
    for (int k = 0; k <= wait; k++) {
      factorial *= k == 0 ? 1 : k;
      double x = load * (wait - k);
      sum += Math.pow(-x, k) / factorial * Math.exp(x);
    }
    return (1 - load) * sum;
  }
}
