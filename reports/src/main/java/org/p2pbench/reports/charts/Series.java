// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.charts;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Points that belong together; a NaN is a gap.
 *
 * @param style index into colours, line styles and markers: one meaning has one style on a page
 * @param labels text to the right of a point, or null
 */
public record Series(String name, int style, Form form, double[] x, double[] y, String[] labels) {

  /** How the points are drawn. */
  public enum Form {
    /** A line with a marker at each point. */
    LINE,
    /** A line without markers, for curves of many points. */
    CURVE,
    /** A thin line without markers, for what is fitted to points. */
    FIT,
    /** Markers alone. */
    POINTS,
    /** Lines across the plot at the values of x; y is not looked at. */
    MARKS,
    /** Horizontal bars: pairs of points (start, end) with a gap between pairs. */
    BARS,
    /** Intervals (low, point, high) with a gap between them, a marker at the middle. */
    INTERVALS
  }

  /** The same points drawn in another form. */
  public Series withForm(Form other) {
    return new Series(name, style, other, x, y, labels);
  }

  /** The same with other values of x. */
  Series withX(double[] other) {
    return new Series(name, style, form, other, y, labels);
  }

  /** A line through points. */
  public static Series line(String name, int style, Map<? extends Number, Double> points) {
    return points(name, style, Form.LINE, points);
  }

  /** A curve through points. */
  public static Series curve(String name, int style, Map<? extends Number, Double> points) {
    return points(name, style, Form.CURVE, points);
  }

  /**
   * An interval around a point.
   *
   * @param line index of the category that it stands at
   */
  public record Interval(int line, double low, double point, double high) {}

  /** Intervals: three points for each, and a gap to the next one. */
  public static Series intervals(String name, int style, List<Interval> intervals) {
    double[] x = new double[intervals.size() * 4 - 1];
    double[] y = new double[x.length];
    Arrays.fill(x, Double.NaN);
    Arrays.fill(y, Double.NaN);
    for (int i = 0; i < intervals.size(); i++) {
      Interval interval = intervals.get(i);
      x[4 * i] = interval.low();
      x[4 * i + 1] = interval.point();
      x[4 * i + 2] = interval.high();
      Arrays.fill(y, 4 * i, 4 * i + 3, interval.line());
    }
    return new Series(name, style, Form.INTERVALS, x, y, null);
  }

  private static Series points(
      String name, int style, Form form, Map<? extends Number, Double> points) {
    TreeMap<Double, Double> sorted = new TreeMap<>();
    points.forEach((x, y) -> sorted.put(x.doubleValue(), y));
    double[] x = sorted.keySet().stream().mapToDouble(Double::doubleValue).toArray();
    double[] y = sorted.values().stream().mapToDouble(Double::doubleValue).toArray();
    return new Series(name, style, form, x, y, null);
  }
}
