// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.power;

import java.util.Arrays;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.SharedStateContinuousSampler;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;

/** Values of simulated forks and runs, lognormal unless said otherwise. */
final class Generator {
  /** How values scatter; all kinds have mean 0 and variance 1 (but for the outliers' share). */
  enum Kind {
    /** Normal. */
    NORMAL,
    /** Student's t with 3 degrees of freedom: heavy tails. */
    T3,
    /** Normal; of iterations 1 % take three times as long, of runs 2 % are 6 sigma off. */
    OUTLIERS,
    /** Standardised lognormal(0, 0.7). */
    SKEWED,
    /** 30 % of forks are slow. */
    BIMODAL,
    /** Normal, neighbours correlated by 0.3. */
    AR3,
    /** Normal, neighbours correlated by 0.6. */
    AR6
  }

  private static final double SLOW_FORKS = 0.3;
  private static final double SKEW = 0.7;

  final UniformRandomProvider random;
  final SharedStateContinuousSampler normal;
  final SharedStateContinuousSampler exponential;

  Generator(UniformRandomProvider random) {
    this.random = random;
    normal = ZigguratSampler.NormalizedGaussian.of(random);
    exponential = ZigguratSampler.Exponential.of(random);
  }

  /** Forks whose logarithms are shifted and scatter independently. */
  double[] forks(int forks, double variation, double shift) {
    double[] values = new double[forks];
    for (int i = 0; i < forks; i++) {
      values[i] = Math.exp(shift + variation * normal.sample());
    }
    return values;
  }

  /** Medians of iterations of forks that have an effect of their own. */
  double[] forkMedians(
      int forks, int iterations, double forkSd, double iterationSd, Kind kind, double shift) {
    double[] medians = new double[forks];
    double[] scores = new double[iterations];
    for (int f = 0; f < forks; f++) {
      double level = shift + forkSd * (kind == Kind.BIMODAL ? mode() : sample(kind));
      for (int i = 0; i < iterations; i++) {
        boolean slow = kind == Kind.OUTLIERS && random.nextDouble() < 0.01;
        scores[i] = level + iterationSd * sample(kind) + (slow ? Math.log(3) : 0);
      }
      Arrays.sort(scores);
      medians[f] = Math.exp((scores[(iterations - 1) / 2] + scores[iterations / 2]) / 2);
    }
    return medians;
  }

  private double mode() {
    double slow = random.nextDouble() < SLOW_FORKS ? 1 : 0;
    return (slow - SLOW_FORKS) / Math.sqrt(SLOW_FORKS * (1 - SLOW_FORKS));
  }

  private double sample(Kind kind) {
    double z = normal.sample();
    return switch (kind) {
      case T3 -> z / Math.sqrt(chiSquared3() / 3) / Math.sqrt(3);
      case SKEWED -> {
        double variance = SKEW * SKEW;
        double mean = Math.exp(variance / 2);
        yield (Math.exp(SKEW * z) - mean) / (mean * Math.sqrt(Math.expm1(variance)));
      }
      default -> z;
    };
  }

  private double chiSquared3() {
    double a = normal.sample();
    double b = normal.sample();
    double c = normal.sample();
    return a * a + b * b + c * c;
  }

  /** Logarithms of runs, in units of sigma. */
  double[] runs(int runs, Kind kind) {
    double correlation = kind == Kind.AR3 ? 0.3 : kind == Kind.AR6 ? 0.6 : 0;
    double[] values = new double[runs];
    double previous = normal.sample();
    for (int i = 0; i < runs; i++) {
      double z = sample(kind);
      if (kind == Kind.OUTLIERS && random.nextDouble() < 0.02) {
        z += random.nextBoolean() ? 6 : -6;
      }
      previous = correlation * previous + Math.sqrt(1 - correlation * correlation) * z;
      values[i] = correlation == 0 ? z : previous;
    }
    return values;
  }

  /** What the host adds to each of so many forks in a row: AR(1). */
  double[] drift(int forks, double correlation, double sd) {
    double[] drift = new double[forks];
    double state = normal.sample();
    for (int i = 0; i < forks; i++) {
      drift[i] = sd * state;
      state = correlation * state + Math.sqrt(1 - correlation * correlation) * normal.sample();
    }
    return drift;
  }
}
