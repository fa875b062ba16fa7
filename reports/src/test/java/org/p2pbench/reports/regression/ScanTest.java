// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.regression;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScanTest {

  /** Series on which the short cuts of clipping are taken to differing extents. */
  enum Kind {
    NORMAL(Random::nextGaussian, i -> 0),
    SPIKES(random -> random.nextInt(10) == 0 ? 50 : random.nextGaussian(), i -> 0),
    STEP(Random::nextGaussian, i -> i < 40 ? 0 : 30),
    SLOPE(Random::nextGaussian, i -> i),
    TIES(random -> random.nextInt(3), i -> 0),
    MOSTLY_EQUAL(random -> random.nextInt(8) == 0 ? random.nextGaussian() : 0, i -> 0),
    ALL_EQUAL(random -> 0, i -> 0);

    private final ToDoubleFunction<Random> noise;
    private final IntToDoubleFunction level;

    Kind(ToDoubleFunction<Random> noise, IntToDoubleFunction level) {
      this.noise = noise;
      this.level = level;
    }

    double[] values(Random random, int runs) {
      return IntStream.range(0, runs)
          .mapToDouble(i -> 1 + level.applyAsDouble(i) + noise.applyAsDouble(random))
          .toArray();
    }
  }

  @ParameterizedTest
  @EnumSource
  void clipsEachRunToItsRunningMedianAndNoOther(Kind kind) {
    Random random = new Random(7);
    Scan scan = new Scan(200);
    for (int series = 0; series < 200; series++) {
      double[] values = kind.values(random, 8 + random.nextInt(193));
      assertThat(scan.clip(values)).containsExactly(clippedOneByOne(values));
    }
  }

  private static double[] clippedOneByOne(double[] values) {
    int n = values.length;
    double[] differences =
        IntStream.range(1, n).mapToDouble(i -> Math.abs(values[i] - values[i - 1])).toArray();
    double sigma = 1.4826022185056018 / Math.sqrt(2) * sorted(differences)[(n - 1) / 2];
    double reach = 3 * (sigma > 0 ? sigma : PermutationTest.leastSigma(sorted(values)));
    return IntStream.range(0, n)
        .mapToDouble(
            i -> {
              int from = Math.max(0, Math.min(i - 2, n - 5));
              double median = sorted(Arrays.copyOfRange(values, from, from + 5))[2];
              return Math.max(median - reach, Math.min(median + reach, values[i]));
            })
        .toArray();
  }

  private static double[] sorted(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted;
  }
}
