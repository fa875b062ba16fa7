// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.power;

import java.util.List;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * One simulated situation with one or more outcomes.
 *
 * @param group heading that it stands under
 * @param name unique in its group
 * @param repetitions of the full program
 * @param outcomes what {@code once} answers, in order
 * @param once one repetition: each outcome as a number (1 and 0 for yes and no), NaN to leave out
 */
record Experiment(
    String group, String name, int repetitions, List<Outcome> outcomes, Repetition once) {

  /**
   * @param name such as "A/A"
   * @param bound of the mean over all repetitions
   */
  record Outcome(String name, Bound bound) {}

  /** One repetition. */
  interface Repetition {
    double[] of(UniformRandomProvider random, long seed);
  }

  /** A yes or no. */
  interface Trial {
    boolean of(UniformRandomProvider random, long seed);
  }

  static Experiment of(
      String group, String name, int repetitions, String outcome, Bound bound, Trial trial) {
    return new Experiment(
        group,
        name,
        repetitions,
        List.of(new Outcome(outcome, bound)),
        (random, seed) -> new double[] {trial.of(random, seed) ? 1 : 0});
  }
}
