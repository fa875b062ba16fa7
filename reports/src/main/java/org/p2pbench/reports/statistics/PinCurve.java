// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.statistics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.commons.statistics.distribution.TDistribution;
import org.p2pbench.reports.rundir.Stage;

/**
 * What pinning and unpinning costs by the number of pages: {@code ns = fixed + perPage × pages}.
 *
 * <p>A point is a fork, its median pin plus its median unpin. The line is fitted by weighted least
 * squares with weights 1 / median², the median being that of all forks of the same size, for the
 * noise of a time is proportional to it. Intervals are Student's t with two degrees of freedom less
 * than there are forks (Draper and Smith, Applied Regression Analysis, 3rd edition, sections 1.4
 * and 9.2).
 *
 * @param fixed ns for each pin, however small
 * @param perPage ns for each page
 * @param points median ns by number of pages, which the line is held against
 */
public record PinCurve(Estimate fixed, Estimate perPage, Map<Long, Double> points) {

  /** Two sizes give a line that fits whatever they are; the third shows whether it is one. */
  public static final int FEWEST_SIZES = 3;

  private static final double UPPER_TAIL = 0.025;

  /** Makes the map immutable. */
  public PinCurve {
    points = java.util.Collections.unmodifiableMap(new TreeMap<>(points));
  }

  /**
   * A coefficient in ns with its 95 % interval.
   *
   * @param value the estimate
   * @param low of the interval
   * @param high of the interval
   */
  public record Estimate(double value, double low, double high) {}

  private record Point(long pages, double ns) {}

  /**
   * Fits the rows of one mechanism, memory and kind of pages.
   *
   * @param rows of different sizes
   * @param pageBytes bytes of a page as the kernel counts pins
   * @return empty where fewer than {@link #FEWEST_SIZES} sizes have a median in every fork
   */
  public static Optional<PinCurve> of(List<RowFigures> rows, long pageBytes) {
    List<Point> forks = new ArrayList<>();
    Map<Long, Double> medians = new TreeMap<>();
    for (RowFigures row : rows) {
      long pages = Math.max(1, row.parameters().blockBytes() / pageBytes);
      double[] ns =
          row.forks().stream()
              .mapToDouble(fork -> median(fork, Stage.PIN) + median(fork, Stage.UNPIN))
              .toArray();
      if (java.util.Arrays.stream(ns).allMatch(v -> v > 0)) {
        Medians.of(ns).ifPresent(m -> medians.put(pages, m));
        java.util.Arrays.stream(ns).forEach(v -> forks.add(new Point(pages, v)));
      }
    }
    return medians.size() < FEWEST_SIZES ? Optional.empty() : Optional.of(fit(forks, medians));
  }

  private static double median(ForkFigures fork, Stage stage) {
    return fork.stage(stage).map(latency -> latency.at(50).orElse(Double.NaN)).orElse(Double.NaN);
  }

  /** The normal equations of the weighted line. */
  private static PinCurve fit(List<Point> forks, Map<Long, Double> medians) {
    double sw = 0;
    double sx = 0;
    double sy = 0;
    double sxx = 0;
    double sxy = 0;
    for (Point p : forks) {
      double weight = 1 / Math.pow(medians.get(p.pages()), 2);
      sw += weight;
      sx += weight * p.pages();
      sy += weight * p.ns();
      sxx += weight * p.pages() * p.pages();
      sxy += weight * p.pages() * p.ns();
    }
    double determinant = sw * sxx - sx * sx;
    double slope = (sw * sxy - sx * sy) / determinant;
    double intercept = (sxx * sy - sx * sxy) / determinant;
    double residuals = 0;
    for (Point p : forks) {
      double off = (p.ns() - intercept - slope * p.pages()) / medians.get(p.pages());
      residuals += off * off;
    }
    int freedom = forks.size() - 2;
    double variance = residuals / freedom;
    double t = TDistribution.of(freedom).inverseSurvivalProbability(UPPER_TAIL);
    return new PinCurve(
        around(intercept, t * Math.sqrt(variance * sxx / determinant)),
        around(slope, t * Math.sqrt(variance * sw / determinant)),
        medians);
  }

  private static Estimate around(double value, double halfWidth) {
    return new Estimate(value, value - halfWidth, value + halfWidth);
  }

  /** ns that the line gives for so many pages. */
  public double ns(double pages) {
    return fixed.value() + perPage.value() * pages;
  }

  /** The median ns of so many pages where that was measured, else what the line gives. */
  public double measuredNs(long pages) {
    return points.getOrDefault(pages, ns(pages));
  }

  /** How far the median of a size lies off the line at most, as a share of the median. */
  public double largestMisfit() {
    return points.entrySet().stream()
        .mapToDouble(p -> Math.abs(ns(p.getKey()) / p.getValue() - 1))
        .max()
        .orElse(0);
  }
}
