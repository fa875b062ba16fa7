// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.regression;

import java.util.stream.IntStream;
import org.apache.commons.rng.sampling.distribution.SharedStateContinuousSampler;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;

/** Seeded values of forks. */
final class Samples {
  private final SharedStateContinuousSampler normal;

  Samples(long seed) {
    normal = ZigguratSampler.NormalizedGaussian.of(Seeds.generator(seed));
  }

  /** Lognormal values around a centre, with a coefficient of variation (0.05: 5 %). */
  double[] around(double center, double variation, int forks) {
    return IntStream.range(0, forks)
        .mapToDouble(i -> center * Math.exp(variation * normal.sample()))
        .toArray();
  }

  /** So many equal values. */
  static double[] constant(double value, int forks) {
    return IntStream.range(0, forks).mapToDouble(i -> value).toArray();
  }
}
