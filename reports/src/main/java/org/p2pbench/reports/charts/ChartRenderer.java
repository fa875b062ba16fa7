// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.charts;

import java.awt.BasicStroke;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.font.FontRenderContext;
import java.awt.geom.Path2D;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.knowm.xchart.AnnotationText;
import org.knowm.xchart.AnnotationTextPanel;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.XYStyler;
import org.knowm.xchart.style.lines.SeriesLines;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Draws charts with XChart. The only class that knows it. Stateless. */
public final class ChartRenderer {
  private static final int WIDTH = 560;
  private static final int MOST_WIDTH = 900;
  private static final int LONG_NAME = 24;
  private static final int NAME_LETTER = 10;
  private static final int PLOT_HEIGHT = 300;
  private static final int BAR_HEIGHT = 54;
  private static final int INTERVAL_HEIGHT = 29;
  private static final int LEGEND_LINE = 28;

  /** Side by side a name must not run into the next one's symbol. */
  private static final int LEGEND_GAP = 13;

  private static final int MOST_SIDE_BY_SIDE = 4;

  /** Where there are many points: still seen where three charts share the width of a page. */
  private static final int SMALL_MARKER = 8;

  private static final float BAR_THICKNESS = 20;
  private static final float CURVE_THICKNESS = 2.5f;
  private static final float FIT_THICKNESS = 1;

  /** Large enough to be read where the chart is shrunk to the width of a phone. */
  private static final int TEXT_SIZE = 18;

  /** The longest title fits into the least width. */
  private static final int TITLE_SIZE = 17;

  private static final int PADDING = 12;
  private static final int NAME_ABOVE_BAR = 23;

  /** How far from its row the line at 1 reaches, in rows: between is the name of the next one. */
  private static final double LINE_BELOW_ROW = 0.34;

  private static final double LINE_ABOVE_ROW = 0.14;
  private static final double TITLE_BOTTOM = 30;
  private static final int TITLE_SPACE = 36;
  private static final int WIDEST_SPACING = 200;
  private static final int MOST_X_TICKS = 5;
  private static final int MOST_Y_TICKS = 7;
  private static final double LABEL_ROOM = 0.22;
  private static final int MEDIAN_LABEL_DROP = 18;
  private static final String GOES_ON = "interval goes on beyond the frame";
  private static final String FONT = "DejaVu Sans";
  private static final Marker[] MARKERS = {
    SeriesMarkers.CIRCLE,
    SeriesMarkers.SQUARE,
    SeriesMarkers.DIAMOND,
    SeriesMarkers.TRIANGLE_UP,
    SeriesMarkers.TRIANGLE_DOWN,
    SeriesMarkers.CROSS,
    SeriesMarkers.PLUS
  };
  private static final float[][] DASHES = {
    null, {9, 4}, {2, 4}, {10, 4, 2, 4}, {16, 5}, {5, 5}, {10, 3, 2, 3, 2, 3}
  };

  /** The chart as an SVG document. */
  public String svg(Chart chart, Theme theme) {
    String svg = new String(vector(draw(chart, theme)), StandardCharsets.UTF_8);
    return SvgDocument.compact(svg, title(chart));
  }

  /** The chart as a PNG image. */
  public byte[] png(Chart chart, Theme theme) {
    try {
      return BitmapEncoder.getBitmapBytes(draw(chart, theme), BitmapEncoder.BitmapFormat.PNG);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] vector(XYChart drawn) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      VectorGraphicsEncoder.saveVectorGraphic(
          drawn, out, VectorGraphicsEncoder.VectorGraphicsFormat.SVG);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  private static XYChart draw(Chart whole, Theme theme) {
    IntervalFrame frame = frame(whole);
    Chart chart = framed(whole, frame);
    boolean labels = chart.series().stream().anyMatch(series -> series.labels() != null);
    AxisScale x =
        scale(chart.x(), chart, Series::x, MOST_X_TICKS).withRoom(labels ? LABEL_ROOM : 0);
    AxisScale y = scale(chart.y(), chart, Series::y, MOST_Y_TICKS);
    XYChart drawn =
        new XYChartBuilder()
            .width(width(chart))
            .height(height(whole))
            .title(" ")
            .xAxisTitle(x.title())
            .yAxisTitle(y.title())
            .build();
    style(drawn.getStyler(), theme);
    axes(drawn, chart, x, y);
    if (chart.x().kind() == ChartAxis.Kind.FACTOR) {
      addNoDifference(drawn, chart, x, y, theme);
    }
    for (Series series : chart.series()) {
      add(drawn, series, x, y, theme);
    }
    addCutOff(drawn, whole, frame, x, y, theme);
    keepTicksRound(drawn, x, y);
    annotate(drawn, chart, x, y);
    return drawn;
  }

  private static IntervalFrame frame(Chart chart) {
    return IntervalFrame.of(chart.x().kind() == ChartAxis.Kind.FACTOR ? chart.series() : List.of());
  }

  /** The chart with what lies beyond the frame drawn as far as its edge. */
  private static Chart framed(Chart chart, IntervalFrame frame) {
    return new Chart(
        chart.id(),
        chart.title(),
        chart.caption(),
        chart.machineClass(),
        chart.x(),
        chart.y(),
        chart.series().stream()
            .map(s -> s.withX(Arrays.stream(s.x()).map(frame::within).toArray()))
            .toList());
  }

  private static String title(Chart chart) {
    return chart.title() + " (" + chart.machineClass().label() + ")";
  }

  private static int height(Chart chart) {
    int names = chart.series().size() + (frame(chart).cutsOff(chart.series()) ? 1 : 0);
    int legendLines = oneLegendLine(chart) ? 1 : names;
    return plotHeight(chart) + 125 + (legend(chart) ? 12 + LEGEND_LINE * legendLines : 0);
  }

  /** Small multiples have the same short names, which fit side by side where they are few. */
  private static boolean oneLegendLine(Chart chart) {
    return smallMultiple(chart) && chart.series().size() <= MOST_SIDE_BY_SIDE;
  }

  private static boolean smallMultiple(Chart chart) {
    return chart.x().kind() == ChartAxis.Kind.RUNS;
  }

  private static int plotHeight(Chart chart) {
    if (chart.y().kind() != ChartAxis.Kind.CATEGORIES) {
      return PLOT_HEIGHT;
    }
    return (namesAbove(chart) ? BAR_HEIGHT : INTERVAL_HEIGHT) * (1 + chart.y().categories().size());
  }

  /** Names of bars, and long ones, stand above what they name: beside it would be no room left. */
  private static boolean namesAbove(Chart chart) {
    return hasBars(chart) || longestName(chart) > LONG_NAME;
  }

  private static int longestName(Chart chart) {
    return chart.y().categories().stream().mapToInt(String::length).max().orElse(0);
  }

  /** Pixels of a chart's picture: more than usual where a name needs it. */
  public static int width(Chart chart) {
    return namesAbove(chart)
        ? Math.max(WIDTH, Math.min(longestName(chart) * NAME_LETTER + 80, MOST_WIDTH))
        : WIDTH;
  }

  private static boolean hasBars(Chart chart) {
    return chart.series().stream().anyMatch(s -> s.form() == Series.Form.BARS);
  }

  /** Also of a single line, which the title does not name; bars have their names beside them. */
  private static boolean legend(Chart chart) {
    return chart.series().size() > 1 || !hasBars(chart);
  }

  private static AxisScale scale(
      ChartAxis axis, Chart chart, Function<Series, double[]> values, int mostTicks) {
    double[] all =
        chart.series().stream()
            .filter(series -> series.form() != Series.Form.MARKS || axis == chart.x())
            .flatMapToDouble(series -> DoubleStream.of(values.apply(series)))
            .filter(Double::isFinite)
            .toArray();
    return AxisScale.of(
        axis, Arrays.stream(all).min().orElse(1), Arrays.stream(all).max().orElse(1), mostTicks);
  }

  private static void style(XYStyler styler, Theme theme) {
    styler.setChartBackgroundColor(theme.ground());
    styler.setPlotBackgroundColor(theme.ground());
    styler.setLegendBackgroundColor(theme.ground());
    styler.setLegendBorderColor(theme.ground());
    styler.setChartFontColor(theme.text());
    styler.setXAxisTitleColor(theme.text());
    styler.setYAxisTitleColor(theme.text());
    styler.setAxisTickLabelsColor(theme.text());
    styler.setAnnotationTextFontColor(theme.text());
    styler.setAxisTickMarksColor(theme.grid());
    styler.setPlotGridLinesColor(theme.grid());
    styler.setPlotGridLinesStroke(new BasicStroke(1));
    styler.setPlotBorderVisible(false);
    styler.setPlotContentSize(1.0);
    styler.setPlotMargin(4);
    styler.setChartPadding(PADDING);
    styler.setChartTitlePadding(TITLE_SPACE / 2);
    styler.setAnnotationTextPanelFont(new Font(FONT, Font.BOLD, TITLE_SIZE));
    styler.setAnnotationTextPanelFontColor(theme.text());
    styler.setAnnotationTextPanelBackgroundColor(theme.ground());
    styler.setAnnotationTextPanelBorderColor(theme.ground());
    styler.setAnnotationTextPanelPadding(0);
    styler.setAxisTitleFont(new Font(FONT, Font.PLAIN, TEXT_SIZE));
    styler.setAxisTickLabelsFont(new Font(FONT, Font.PLAIN, TEXT_SIZE));
    styler.setAnnotationTextFont(new Font(FONT, Font.PLAIN, TEXT_SIZE));
    styler.setLegendFont(new Font(FONT, Font.PLAIN, TEXT_SIZE));
    styler.setLegendPosition(Styler.LegendPosition.OutsideS);
    styler.setLegendLayout(Styler.LegendLayout.Vertical);
    styler.setLegendSeriesLineLength(36);
    styler.setLegendPadding(7);
    styler.setMarkerSize(9);
    styler.setToolTipsEnabled(false);
  }

  private static void axes(XYChart drawn, Chart chart, AxisScale x, AxisScale y) {
    XYStyler styler = drawn.getStyler();
    boolean categories = chart.y().kind() == ChartAxis.Kind.CATEGORIES;
    styler.setLegendVisible(legend(chart));
    if (oneLegendLine(chart)) {
      styler.setLegendLayout(Styler.LegendLayout.Horizontal);
      styler.setLegendSeriesLineLength(22);
      styler.setLegendPadding(LEGEND_GAP);
    }
    if (smallMultiple(chart)) {
      styler.setMarkerSize(SMALL_MARKER);
    }
    styler.setYAxisTicksVisible(!namesAbove(chart));
    styler.setXAxisMin(x.min()).setXAxisMax(x.max());
    styler.setYAxisMin(y.min()).setYAxisMax(y.max());
    styler.setPlotGridVerticalLinesVisible(categories || chart.x().kind() == ChartAxis.Kind.NINES);
    styler.setPlotGridHorizontalLinesVisible(!categories);
    styler.setXAxisTickMarkSpacingHint(spacing(x, width(chart) - 120, 80));
    styler.setYAxisTickMarkSpacingHint(spacing(y, plotHeight(chart), 45));
    drawn.setCustomXAxisTickLabelsFormatter(p -> label(x, p));
    drawn.setCustomYAxisTickLabelsFormatter(p -> label(y, p));
  }

  /** Pixels between ticks: for whole ticks such that XChart steps by one. */
  private static int spacing(AxisScale scale, int pixels, int least) {
    // XChart computes no positions on an axis that is shorter than the other's spacing.
    double perTick = pixels / (scale.max() - scale.min());
    return scale.wholeTicks() ? (int) Math.min(perTick, WIDEST_SPACING) : least;
  }

  /**
   * XChart asks for the labels of both ends and of ticks beyond them too, and draws no ticks at all
   * where two labels are the same; so the ends get blanks that differ.
   */
  private static String label(AxisScale scale, double position) {
    boolean between = Math.abs(position - Math.rint(position)) > 1e-6;
    if (scale.wholeTicks() && between) {
      return position > (scale.min() + scale.max()) / 2 ? "  " : " ";
    }
    return scale.label().apply(position);
  }

  private static void add(XYChart drawn, Series series, AxisScale x, AxisScale y, Theme theme) {
    if (series.form() == Series.Form.MARKS) {
      addMarks(drawn, series, x, y, theme);
      return;
    }
    double[] xs = Arrays.stream(series.x()).map(x.position()).toArray();
    double[] ys = Arrays.stream(series.y()).map(y.position()).toArray();
    int variant = Math.floorMod(series.style(), MARKERS.length);
    XYSeries added = drawn.addSeries(series.name(), xs, ys);
    added.setLineColor(theme.series(series.style()));
    added.setMarkerColor(theme.series(series.style()));
    boolean markers = series.form() == Series.Form.LINE || series.form() == Series.Form.POINTS;
    added.setMarker(markers ? MARKERS[variant] : SeriesMarkers.NONE);
    added.setLineStyle(
        switch (series.form()) {
          case POINTS -> SeriesLines.NONE;
          case MARKS -> throw new IllegalArgumentException("drawn by addMarks");
          case BARS -> new BasicStroke(BAR_THICKNESS, BasicStroke.CAP_BUTT, BasicStroke.JOIN_BEVEL);
          case INTERVALS -> dashed(null);
          case FIT -> new BasicStroke(FIT_THICKNESS);
          case LINE, CURVE -> dashed(DASHES[variant]);
        });
    if (series.form() == Series.Form.INTERVALS) {
      added.setShowInLegend(false);
      addMiddles(drawn, series, xs, ys, theme);
    }
  }

  /** Lines across the plot, from below to above, with a gap after each. */
  private static void addMarks(
      XYChart drawn, Series series, AxisScale x, AxisScale y, Theme theme) {
    double[] xs = new double[3 * series.x().length];
    double[] ys = new double[xs.length];
    for (int i = 0; i < series.x().length; i++) {
      Arrays.fill(xs, 3 * i, 3 * i + 3, x.position().applyAsDouble(series.x()[i]));
      ys[3 * i] = y.min();
      ys[3 * i + 1] = y.max();
      ys[3 * i + 2] = Double.NaN;
    }
    XYSeries added = drawn.addSeries(series.name(), xs, ys);
    added.setMarker(SeriesMarkers.NONE);
    added.setLineColor(theme.series(series.style()));
    added.setLineStyle(dashed(DASHES[Math.floorMod(series.style(), DASHES.length)]));
  }

  /** The points of intervals: every fourth value from the second (low, point, high, gap). */
  private static void addMiddles(
      XYChart drawn, Series series, double[] xs, double[] ys, Theme theme) {
    int[] middles = IntStream.range(0, xs.length).filter(i -> i % 4 == 1).toArray();
    XYSeries added =
        drawn.addSeries(
            series.name() + " ",
            Arrays.stream(middles).mapToDouble(i -> xs[i]).toArray(),
            Arrays.stream(middles).mapToDouble(i -> ys[i]).toArray());
    added.setLineStyle(SeriesLines.NONE);
    added.setMarker(MARKERS[Math.floorMod(series.style(), MARKERS.length)]);
    added.setMarkerColor(theme.series(series.style()));
    added.setLineColor(theme.series(series.style()));
  }

  /** An arrow where an interval goes on. */
  private static void addCutOff(
      XYChart drawn, Chart chart, IntervalFrame frame, AxisScale x, AxisScale y, Theme theme) {
    for (boolean low : new boolean[] {true, false}) {
      double[] lines = frame.cutOff(chart.series(), low);
      if (lines.length == 0) {
        continue;
      }
      double[] ends = new double[lines.length];
      Arrays.fill(ends, x.position().applyAsDouble(low ? frame.low() : frame.high()));
      boolean first = !drawn.getSeriesMap().containsKey(GOES_ON);
      XYSeries added =
          drawn.addSeries(
              first ? GOES_ON : GOES_ON + " ",
              ends,
              Arrays.stream(lines).map(y.position()).toArray());
      added.setShowInLegend(first);
      added.setLineStyle(SeriesLines.NONE);
      added.setMarker(new Arrow(low));
      added.setMarkerColor(theme.text());
    }
  }

  /** A triangle that points to the low or the high end of the axis of values. */
  private static final class Arrow extends Marker {
    private final boolean low;

    Arrow(boolean low) {
      this.low = low;
    }

    @Override
    public void paint(Graphics2D g, double x, double y, int size) {
      double tip = low ? x - size : x + size;
      Path2D.Double path = new Path2D.Double();
      path.moveTo(tip, y);
      path.lineTo(x, y - size * 0.6);
      path.lineTo(x, y + size * 0.6);
      path.closePath();
      g.fill(path);
    }
  }

  /** The line at 1, where twins do not differ; it leaves out the names that stand above rows. */
  private static void addNoDifference(
      XYChart drawn, Chart chart, AxisScale x, AxisScale y, Theme theme) {
    double[] ys =
        namesAbove(chart)
            ? besideRows(y, chart.y().categories().size())
            : new double[] {y.min(), y.max()};
    double[] xs = new double[ys.length];
    Arrays.fill(xs, x.position().applyAsDouble(1));
    XYSeries line = drawn.addSeries("1×", xs, ys);
    line.setShowInLegend(false);
    line.setMarker(SeriesMarkers.NONE);
    line.setLineColor(theme.text());
    line.setLineStyle(new BasicStroke(1.5f));
  }

  /** From below to above each row, with a gap after it. */
  private static double[] besideRows(AxisScale y, int rows) {
    double[] ys = new double[3 * rows];
    for (int i = 0; i < rows; i++) {
      ys[3 * i] = Math.max(y.min(), i - LINE_BELOW_ROW);
      ys[3 * i + 1] = i + LINE_ABOVE_ROW;
      ys[3 * i + 2] = Double.NaN;
    }
    return ys;
  }

  /**
   * XChart puts ticks at the data where the data are evenly spaced: unseen points make them not.
   */
  private static void keepTicksRound(XYChart drawn, AxisScale x, AxisScale y) {
    double[] shares = {0.0137, 0.31, 0.77};
    XYSeries unseen =
        drawn.addSeries(
            "unseen",
            Arrays.stream(shares).map(s -> x.min() + s * (x.max() - x.min())).toArray(),
            Arrays.stream(shares).map(s -> y.min() + s * (y.max() - y.min())).toArray());
    unseen.setShowInLegend(false);
    unseen.setMarker(SeriesMarkers.NONE);
    unseen.setLineStyle(SeriesLines.NONE);
  }

  private static BasicStroke dashed(float[] dashes) {
    return dashes == null
        ? new BasicStroke(CURVE_THICKNESS, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND)
        : new BasicStroke(
            CURVE_THICKNESS, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, dashes, 0);
  }

  /** What XChart cannot place by itself needs the plot's bounds, which are known once painted. */
  private static void annotate(XYChart drawn, Chart chart, AxisScale x, AxisScale y) {
    // XChart centres a title over the plot, where a long one is cut off: ours begins at the left.
    drawn.addAnnotation(
        new AnnotationTextPanel(title(chart), PADDING, drawn.getHeight() - TITLE_BOTTOM, true));
    if (chart.x().kind() != ChartAxis.Kind.NINES && !namesAbove(chart)) {
      return;
    }
    BitmapEncoder.getBufferedImage(drawn); // positions are known once it was painted
    if (chart.x().kind() == ChartAxis.Kind.NINES) {
      // The axis starts at the median, which is no round position on it.
      centred(
          drawn,
          "50 %",
          drawn.getScreenXFromChart(x.min()),
          drawn.getScreenYFromChart(y.min()) + MEDIAN_LABEL_DROP);
    }
    if (namesAbove(chart)) {
      double left = drawn.getScreenXFromChart(x.min());
      for (int i = 0; i < chart.y().categories().size(); i++) {
        double middle = drawn.getScreenYFromChart(y.position().applyAsDouble(i));
        text(drawn, chart.y().categories().get(i), left, middle - NAME_ABOVE_BAR);
      }
    }
    for (Series series : chart.series()) {
      for (int i = 0; series.labels() != null && i < series.labels().length; i++) {
        if (series.labels()[i] != null) {
          double px = drawn.getScreenXFromChart(x.position().applyAsDouble(series.x()[i]));
          double py = drawn.getScreenYFromChart(y.position().applyAsDouble(series.y()[i]));
          text(drawn, series.labels()[i], px, py);
        }
      }
    }
  }

  private static void text(XYChart drawn, String text, double left, double middle) {
    Font font = drawn.getStyler().getAnnotationTextFont();
    double width = font.getStringBounds(text, new FontRenderContext(null, true, true)).getWidth();
    centred(drawn, text, left + 6 + width / 2, middle);
  }

  private static void centred(XYChart drawn, String text, double x, double y) {
    drawn.addAnnotation(new AnnotationText(text, x, drawn.getHeight() - y, true));
  }
}
