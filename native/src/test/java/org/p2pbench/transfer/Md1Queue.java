// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

/**
 * Waiting times of a queue with Poisson arrivals, a constant service time and one server (M/D/1),
 * in units of the service time.
 *
 * <p>Erlang's sum (The theory of probabilities and telephone conversations, 1909; Crommelin, Delay
 * probability formulae when the holding times are constant, 1932) alternates in sign and loses all
 * digits for long waits. This is Franx's form of it (A simple solution for the M/D/c waiting time
 * distribution, Operations Research Letters 29, 2001), whose terms are all positive; the
 * distribution of the number in the system that it rests on comes from Ramaswami's recursion (A
 * stable recursion for the steady state vector in Markov chains of M/G/1 type, Stochastic Models 4,
 * 1988), which adds only, too.
 */
final class Md1Queue {
  private static final int MOST = 400;

  private final double load;

  /** Probability that at most n wait, without the one that is served. */
  private final double[] waitingAtMost = new double[MOST];

  Md1Queue(double load) {
    this.load = load;
    double[] system = inSystem();
    waitingAtMost[0] = system[0] + system[1];
    for (int n = 1; n < MOST; n++) {
      waitingAtMost[n] = waitingAtMost[n - 1] + system[n + 1];
    }
  }

  /** The latency, waiting and service, that a share of the transactions does not exceed, in ns. */
  static double sojournNs(double load, double serviceNs, double share) {
    return (new Md1Queue(load).waitOf(share) + 1) * serviceNs;
  }

  /** Probabilities of n in the system. */
  private double[] inSystem() {
    double[] arrivalsAtLeast = arrivalsAtLeast();
    double none = Math.exp(-load);
    double[] system = new double[MOST + 1];
    system[0] = 1 - load;
    for (int n = 1; n <= MOST; n++) {
      double sum = system[0] * arrivalsAtLeast[n];
      for (int j = 1; j < n; j++) {
        sum += system[j] * arrivalsAtLeast[n + 1 - j];
      }
      system[n] = sum / none;
    }
    return system;
  }

  /** Probability of n or more arrivals during one service; summed from the small end. */
  private double[] arrivalsAtLeast() {
    double[] atLeast = new double[MOST + 2];
    double[] exactly = new double[MOST + 2];
    exactly[0] = Math.exp(-load);
    for (int n = 1; n < exactly.length; n++) {
      exactly[n] = exactly[n - 1] * load / n;
    }
    for (int n = MOST; n >= 0; n--) {
      atLeast[n] = atLeast[n + 1] + exactly[n];
    }
    return atLeast;
  }

  /** Probability that the wait is at most so many service times. */
  double waitAtMost(double wait) {
    int k = (int) Math.floor(wait) + 1;
    double mean = load * (k - wait);
    double term = Math.exp(-mean);
    double sum = 0;
    for (int j = 0; j < k; j++) {
      sum += waitingAtMost[k - 1 - j] * term;
      term *= mean / (j + 1);
    }
    return sum;
  }

  /** The smallest wait that has this share of all at or below it. */
  double waitOf(double share) {
    double low = 0;
    double high = MOST - 1.0;
    if (waitAtMost(0) >= share) {
      return 0;
    }
    for (int i = 0; i < 60; i++) {
      double middle = (low + high) / 2;
      if (waitAtMost(middle) < share) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }
}
