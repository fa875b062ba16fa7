// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** How much is measured and how long: the only place where that is said. */
public enum Profile {
  /**
   * What an emulated device can show: that every path works, and exact counts. No timing, so that
   * one fork of each row tells as much as many.
   */
  LAB(
      new Extent(
          List.of(4096L, 65_536L, 1_048_576L), List.of(), List.of(), List.of(), false, false),
      new Timing(1, 0, Duration.ofMillis(100), 2, Duration.ofMillis(200)),
      32L << 20),
  /** A first look: about a minute on two cores. */
  SMOKE(
      new Extent(List.of(4096L, 65_536L, 1_048_576L), List.of(), List.of(), List.of(), true, false),
      new Timing(3, 1, Duration.ofMillis(100), 3, Duration.ofMillis(200)),
      64L << 20),
  /** Enough for intervals: under ten minutes on two cores. */
  STANDARD(
      new Extent(
          List.of(4096L, 65_536L, 262_144L, 1_048_576L, 2_097_152L),
          List.of(8, 32),
          List.of(2),
          List.of(4096L, 1_048_576L),
          true,
          false),
      new Timing(4, 1, Duration.ofMillis(200), 4, Duration.ofMillis(200)),
      128L << 20),
  /** For figures to publish: about an hour and a half. */
  FULL(
      new Extent(
          List.of(
              4096L,
              8192L,
              16_384L,
              32_768L,
              65_536L,
              131_072L,
              262_144L,
              524_288L,
              1_048_576L,
              2_097_152L),
          List.of(2, 4, 8, 16, 32),
          List.of(2, 4),
          List.of(4096L, 16_384L, 65_536L, 262_144L, 1_048_576L, 2_097_152L),
          true,
          true),
      new Timing(10, 2, Duration.ofMillis(500), 5, Duration.ofMillis(500)),
      512L << 20);

  private final Extent extent;
  private final Timing timing;
  private final long spanBytes;

  Profile(Extent extent, Timing timing, long spanBytes) {
    this.extent = extent;
    this.timing = timing;
    this.spanBytes = spanBytes;
  }

  /**
   * What is varied.
   *
   * @param blockBytes sizes at depth 1 and one thread
   * @param depths further depths, at 64 KiB
   * @param threads further numbers of threads, at 64 KiB
   * @param asideBytes sizes at which huge pages, staging, the page cache, the drain alone, pinning
   *     and copying alone are measured; empty: pinning and copying at the extremes only
   * @param alone whether pinning alone, copying alone and the baselines are measured
   * @param overheads whether the profilers are measured off and on
   */
  record Extent(
      List<Long> blockBytes,
      List<Integer> depths,
      List<Integer> threads,
      List<Long> asideBytes,
      boolean alone,
      boolean overheads) {}

  /**
   * How long.
   *
   * @param rounds forks of each row; every other round runs in reverse order
   * @param warmups warm-up iterations of a fork
   * @param warmup length of each
   * @param iterations measured iterations of a fork
   * @param iteration length of each
   */
  public record Timing(
      int rounds, int warmups, Duration warmup, int iterations, Duration iteration) {

    /**
     * The same times with another number of forks.
     *
     * @throws IllegalArgumentException where it is not positive
     */
    Timing withRounds(int forks) {
      if (forks < 1) {
        throw new IllegalArgumentException(
            "--rounds %d is out of range: at least 1 fork of each row".formatted(forks));
      }
      return new Timing(forks, warmups, warmup, iterations, iteration);
    }

    /** The same with measured iterations of another length. */
    Timing measuringFor(Duration each) {
      return new Timing(rounds, warmups, warmup, iterations, each);
    }

    /** Time that a fork spends in its iterations. */
    public Duration ofFork() {
      return warmup.multipliedBy(warmups).plus(iteration.multipliedBy(iterations));
    }
  }

  Extent extent() {
    return extent;
  }

  /** How long forks measure. */
  public Timing timing() {
    return timing;
  }

  /** Length of the fresh source and target files, in bytes. */
  public long spanBytes() {
    return spanBytes;
  }

  /** The name on command lines. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The profile of that name.
   *
   * @throws IllegalArgumentException names the profiles there are
   */
  public static Profile parse(String label) {
    return Arrays.stream(values())
        .filter(p -> p.label().equals(label))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown profile '%s': one of %s"
                        .formatted(
                            label,
                            Arrays.stream(values())
                                .map(Profile::label)
                                .collect(Collectors.joining(", ")))));
  }
}
