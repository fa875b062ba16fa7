// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.statistics;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * How far a path can be loaded in an open loop: the highest offered rate up to which, at each rate
 * measured, it kept up and its p99 stayed below a bound.
 *
 * @param highest transactions per second, of those that were measured; empty where not even the
 *     lowest held
 * @param stop why it is not the next higher one
 * @param beyond that next higher row; empty where none was measured
 */
public record Knee(OptionalLong highest, Stop stop, Optional<RowFigures> beyond) {

  /** A row below this share of its rate did not keep up. */
  private static final double KEEPS_UP = 0.98;

  /** What is wrong with the next higher rate. */
  public enum Stop {
    /** Nothing: none was measured. */
    END,
    /** The path does not achieve it: latency grows for as long as it is offered. */
    SATURATED,
    /** p99 reaches the bound. */
    EXCEEDED,
    /** Too few transactions for a p99. */
    NOT_MEASURABLE
  }

  /**
   * Finds it.
   *
   * @param rows of one path, with the rates that they were offered
   * @param boundNs which p99 is too much; empty: only keeping up is asked
   */
  public static Knee of(List<RowFigures> rows, OptionalLong boundNs) {
    OptionalLong highest = OptionalLong.empty();
    for (RowFigures row : rows.stream().sorted(Comparator.comparing(Knee::offered)).toList()) {
      Stop stop = stop(row, boundNs);
      if (stop != Stop.END) {
        return new Knee(highest, stop, Optional.of(row));
      }
      highest = OptionalLong.of(offered(row));
    }
    return new Knee(highest, Stop.END, Optional.empty());
  }

  /**
   * The rate at which p99 reaches the bound in the forks of one round, between two rates measured:
   * a straight line between both on logarithmic axes.
   *
   * @param rows of one path, with the rates that they were offered
   * @return empty where p99 is above the bound at the lowest rate or below it at all of them, or is
   *     not measurable
   */
  public static OptionalDouble between(List<RowFigures> rows, int round, long boundNs) {
    double rate = 0;
    double below = 0;
    for (RowFigures row : rows.stream().sorted(Comparator.comparing(Knee::offered)).toList()) {
      double p99 =
          row.forks().stream()
              .filter(fork -> fork.round() == round)
              .flatMapToDouble(fork -> fork.value(Metric.P99).stream())
              .findFirst()
              .orElse(Double.NaN);
      if (Double.isNaN(p99) || (p99 >= boundNs && rate == 0)) {
        return OptionalDouble.empty();
      }
      if (p99 >= boundNs) {
        double part = Math.log(boundNs / below) / Math.log(p99 / below);
        return OptionalDouble.of(rate * Math.pow(offered(row) / rate, part));
      }
      rate = offered(row);
      below = p99;
    }
    return OptionalDouble.empty();
  }

  /** The rate that a row of an open loop was offered. */
  public static long offered(RowFigures row) {
    Long rate = row.parameters().ratePerSecond();
    return rate == null ? 0 : rate;
  }

  /**
   * Whether a row achieved clearly less than it was offered. The number of Poisson arrivals in a
   * time varies by its square root: three times that is forgiven.
   */
  public static boolean saturated(RowFigures row) {
    long transactions = row.forks().stream().mapToLong(ForkFigures::transactions).sum();
    double chance = transactions == 0 ? 0 : 3 / Math.sqrt(transactions);
    double least = offered(row) * Math.min(KEEPS_UP, 1 - chance);
    return row.spread(Metric.OPERATIONS).filter(achieved -> achieved.median() < least).isPresent();
  }

  private static Stop stop(RowFigures row, OptionalLong boundNs) {
    if (saturated(row)) {
      return Stop.SATURATED;
    }
    if (boundNs.isEmpty()) {
      return Stop.END;
    }
    Optional<Spread> p99 = row.spread(Metric.P99);
    if (p99.isEmpty()) {
      return Stop.NOT_MEASURABLE;
    }
    return p99.get().median() < boundNs.getAsLong() ? Stop.END : Stop.EXCEEDED;
  }
}
