// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.charts;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The part of an axis of factors that a chart of intervals shows. An interval that is far wider
 * than the others would squash them onto the line at 1: its ends are cut off, and marked. Distances
 * are logarithms, as half as much is as far from 1 as twice as much.
 */
record IntervalFrame(double low, double high) {
  /** How much farther than half of the intervals an end may reach. */
  private static final double MOST_TIMES_THE_MEDIAN = 4;

  private static final double ROOM_BEYOND_POINTS = 1.25;

  /** An end of 0 would be infinitely far. */
  private static final double FARTHEST = Math.log(1e6);

  /** The frame of the intervals among these series; all that they hold where there are none. */
  static IntervalFrame of(List<Series> series) {
    List<Double> reaches = new ArrayList<>();
    double farthestPoint = 0;
    for (Series intervals : series) {
      if (intervals.form() == Series.Form.INTERVALS) {
        for (int i = 0; i < intervals.x().length; i += 4) {
          reaches.add(Math.max(distance(intervals.x()[i]), distance(intervals.x()[i + 2])));
          farthestPoint = Math.max(farthestPoint, distance(intervals.x()[i + 1]));
        }
      }
    }
    if (reaches.isEmpty()) {
      return new IntervalFrame(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY);
    }
    reaches.sort(null);
    double median = reaches.get(reaches.size() / 2);
    double most = Math.max(MOST_TIMES_THE_MEDIAN * median, ROOM_BEYOND_POINTS * farthestPoint);
    return new IntervalFrame(Math.exp(-most), Math.exp(most));
  }

  private static double distance(double factor) {
    return Math.min(Math.abs(Math.log(factor)), FARTHEST);
  }

  /** A value, or the edge that it lies beyond; a gap stays one. */
  double within(double value) {
    return Double.isNaN(value) ? value : Math.max(low, Math.min(high, value));
  }

  /** Whether an end of any interval lies beyond. */
  boolean cutsOff(List<Series> series) {
    return cutOff(series, true).length + cutOff(series, false).length > 0;
  }

  /** Where intervals are cut off at the low edge (or the high one): the lines that they are on. */
  double[] cutOff(List<Series> series, boolean atLow) {
    return series.stream()
        .filter(one -> one.form() == Series.Form.INTERVALS)
        .flatMapToDouble(
            one ->
                IntStream.range(0, one.x().length)
                    .filter(i -> atLow ? one.x()[i] < low : one.x()[i] > high)
                    .mapToDouble(i -> one.y()[i]))
        .toArray();
  }
}
