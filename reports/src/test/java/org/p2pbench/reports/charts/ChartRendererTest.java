// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.charts;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.parser.Parser;
import org.junit.jupiter.api.Test;
import org.p2pbench.reports.charts.ChartAxis.Kind;
import org.p2pbench.reports.rundir.MachineClass;

class ChartRendererTest {
  private final ChartRenderer renderer = new ChartRenderer();

  @Test
  void drawsTheSameChartTwiceAsTheSameBytes() {
    assertThat(renderer.svg(curve(), Theme.LIGHT)).isEqualTo(renderer.svg(curve(), Theme.LIGHT));
    assertThat(renderer.png(curve(), Theme.LIGHT)).isEqualTo(renderer.png(curve(), Theme.LIGHT));
  }

  @Test
  void namesTheMachineClassInTheTitleThatReadersWithoutEyesGet() {
    assertThat(xml(renderer.svg(curve(), Theme.LIGHT)).selectFirst("title").text())
        .isEqualTo("Latency <of> 4 KiB (lab)");
  }

  @Test
  void joinsACurvesLinesSoThatItsDashesGoThrough() {
    Document svg = xml(renderer.svg(curve(), Theme.LIGHT));

    assertThat(svg.select("polyline"))
        .anySatisfy(
            line -> {
              assertThat(line.attr("points").split(" ")).hasSize(30);
              assertThat(line.attr("style")).contains("stroke-dasharray");
            });
  }

  @Test
  void everyReferenceHasItsDefinition() {
    Document svg = xml(renderer.svg(curve(), Theme.DARK));

    assertThat(svg.select("use")).isNotEmpty();
    assertThat(svg.select("use"))
        .allSatisfy(
            use -> assertThat(svg.getElementById(use.attr("xlink:href").substring(1))).isNotNull());
  }

  @Test
  void aDarkChartIsDrawnOnADarkGround() throws Exception {
    BufferedImage light = image(renderer.png(curve(), Theme.LIGHT));
    BufferedImage dark = image(renderer.png(curve(), Theme.DARK));

    assertThat(light.getRGB(1, 1) & 0xffffff).isEqualTo(0xffffff);
    assertThat(dark.getRGB(1, 1) & 0xffffff).isEqualTo(0x161a20);
  }

  @Test
  void barsGrowWithTheirNumber() throws Exception {
    assertThat(image(renderer.png(bars(8), Theme.LIGHT)).getHeight())
        .isGreaterThan(image(renderer.png(bars(2), Theme.LIGHT)).getHeight());
  }

  @Test
  void anIntervalThatIsCutOffIsMarkedAndSaidToBe() throws Exception {
    assertThat(image(renderer.png(intervals(1.1), Theme.LIGHT)).getHeight() + 28)
        .as("one line more in the legend")
        .isEqualTo(image(renderer.png(intervals(80), Theme.LIGHT)).getHeight());
  }

  @Test
  void theLineAtOneLeavesOutTheNamesThatStandAboveRows() {
    String one = "stroke-width:1.5";

    assertThat(xml(renderer.svg(intervals(1.1), Theme.LIGHT)).select("[style*=" + one + "]"))
        .as("a piece beside each row")
        .hasSize(3);
  }

  @Test
  void aLegendNamesASingleCurveToo() throws Exception {
    Chart one = curve();
    Chart bars = bars(1);

    assertThat(image(renderer.png(one, Theme.LIGHT)).getHeight()).isEqualTo(300 + 125 + 12 + 28);
    assertThat(image(renderer.png(bars, Theme.LIGHT)).getHeight()).isEqualTo(2 * 54 + 125);
  }

  @Test
  void onePointIsAChartToo() {
    Chart chart =
        new Chart(
            "one",
            "One",
            "",
            MachineClass.EMULATED,
            ChartAxis.of("Size", Kind.BLOCK_BYTES),
            ChartAxis.of("Throughput", Kind.RATE),
            List.of(Series.line("RAM", 1, Map.of(4096L, 0.0))));

    assertThat(renderer.svg(chart, Theme.LIGHT)).startsWith("<?xml");
  }

  private static Chart bars(int count) {
    double[] x = new double[3 * count - 1];
    double[] y = new double[x.length];
    java.util.Arrays.fill(x, Double.NaN);
    java.util.Arrays.fill(y, Double.NaN);
    for (int i = 0; i < count; i++) {
      x[3 * i] = 0;
      x[3 * i + 1] = 1_000;
      y[3 * i] = i;
      y[3 * i + 1] = i;
    }
    List<String> names =
        java.util.stream.IntStream.range(0, count).mapToObj(i -> "row " + i).toList();
    return new Chart(
        "bars",
        "Bars",
        "",
        MachineClass.LAB,
        ChartAxis.of("Time", Kind.TIME_FROM_ZERO),
        ChartAxis.categories(names),
        List.of(new Series("fill", 0, Series.Form.BARS, x, y, null)));
  }

  private static Chart intervals(double high) {
    return new Chart(
        "intervals",
        "Intervals",
        "",
        MachineClass.LAB,
        ChartAxis.of("Ratio", Kind.FACTOR),
        ChartAxis.categories(
            List.of("a name that is too long to stand beside its row", "another", "a third")),
        List.of(
            Series.intervals(
                "RAM",
                0,
                List.of(
                    new Series.Interval(0, 0.9, 1, 1.1),
                    new Series.Interval(1, 0.9, 1, 1.1),
                    new Series.Interval(2, 0.9, 1, high)))));
  }

  private static Chart curve() {
    TreeMap<Double, Double> points = new TreeMap<>();
    for (int i = 0; i < 30; i++) {
      points.put(0.31 + i / 10.0, 10_000 + 40.0 * i * i);
    }
    return new Chart(
        "curve",
        "Latency <of> 4 KiB",
        "",
        MachineClass.LAB,
        ChartAxis.of("Percentile", Kind.NINES),
        ChartAxis.of("Latency", Kind.TIME),
        List.of(Series.curve("RAM", 1, points)));
  }

  private static Document xml(String svg) {
    return Jsoup.parse(svg, "", Parser.xmlParser());
  }

  private static BufferedImage image(byte[] png) throws java.io.IOException {
    return ImageIO.read(new ByteArrayInputStream(png));
  }
}
