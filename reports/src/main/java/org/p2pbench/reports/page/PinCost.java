// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.p2pbench.reports.charts.Chart;
import org.p2pbench.reports.charts.Series;
import org.p2pbench.reports.charts.Units;
import org.p2pbench.reports.rundir.Parameters;
import org.p2pbench.reports.rundir.Stage;
import org.p2pbench.reports.statistics.Analysis;
import org.p2pbench.reports.statistics.Comparison;
import org.p2pbench.reports.statistics.Metric;
import org.p2pbench.reports.statistics.PinCurve;
import org.p2pbench.reports.statistics.RowFigures;
import org.p2pbench.reports.statistics.Setting;
import org.p2pbench.reports.statistics.Spread;

/**
 * The cost of a pinned page on the machine of a run, and what share of a transaction it makes.
 *
 * <p>The curve comes from registering a buffer with io_uring and undoing it, which is a pin and an
 * unpin and a system call for each; a transaction pins in the system call that it makes anyway. So
 * what is said of transactions is an estimate, rather too high than too low.
 */
final class PinCost {
  private static final long PAGE_BYTES = 4096;
  private static final double PERCENT = 100;
  private static final int FIT_POINTS_PER_OCTAVE = 8;

  /** The mechanism of rows that the kernel's own benchmark measured. */
  static final String GUP_TEST = "gup-test";

  private final Analysis analysis;

  /** By kind of pages: registration of system memory. */
  private final Map<String, PinCurve> curves;

  /** By kind of pages and memory: the kernel's own benchmark. */
  private final Map<String, PinCurve> kernels;

  PinCost(Analysis analysis) {
    this.analysis = analysis;
    this.curves =
        fitted(
            row ->
                String.valueOf(row.parameters().mechanism()).startsWith("io_uring")
                    && "ram".equals(row.parameters().memory()),
            PinCost::pages);
    this.kernels =
        fitted(row -> GUP_TEST.equals(row.parameters().mechanism()), PinCost::pagesAndMemory);
  }

  private Map<String, PinCurve> fitted(
      Predicate<RowFigures> wanted, Function<RowFigures, String> kind) {
    Map<String, List<RowFigures>> kinds = new LinkedHashMap<>();
    analysis.measured("pin").stream()
        .filter(row -> row.parameters().blockBytes() != null)
        .filter(wanted)
        .forEach(row -> kinds.computeIfAbsent(kind.apply(row), k -> new ArrayList<>()).add(row));
    Map<String, PinCurve> fitted = new LinkedHashMap<>();
    kinds.forEach(
        (name, rows) -> PinCurve.of(rows, pageBytes()).ifPresent(c -> fitted.put(name, c)));
    return fitted;
  }

  private long pageBytes() {
    var memory = analysis.run().environment().memory();
    return memory == null || memory.basePageBytes() == null ? PAGE_BYTES : memory.basePageBytes();
  }

  private static String pages(RowFigures row) {
    return Paths.pages(row.parameters().pages());
  }

  private static String pagesAndMemory(RowFigures row) {
    String memory = row.parameters().memory();
    return pages(row) + " pages" + ("ram".equals(memory) ? "" : ", " + Paths.memory(memory));
  }

  private Optional<PinCurve> curveOf(RowFigures pin) {
    return String.valueOf(pin.parameters().mechanism()).startsWith("io_uring")
            && "ram".equals(pin.parameters().memory())
        ? Optional.ofNullable(curves.get(pages(pin)))
        : Optional.empty();
  }

  private long pagesOf(RowFigures row) {
    return Math.max(1, TransferCharts.bytes(row) / pageBytes());
  }

  /** The coefficients; empty where too few sizes were measured. */
  Optional<Block> table() {
    if (curves.isEmpty() && kernels.isEmpty()) {
      return Optional.empty();
    }
    List<List<Cell>> rows = new ArrayList<>();
    curves.forEach((pages, curve) -> rows.add(cells(pages + " pages", curve)));
    kernels.forEach((kind, curve) -> rows.add(cells(kind + ": the kernel's benchmark", curve)));
    return Optional.of(
        new Block.Table(
            analysis.machineClass(),
            "The cost of one pinned page",
            List.of("Memory of", "For each pin", "For each 4 KiB", "Median off the line, at most"),
            List.of(rows),
            "ns = a + b × pages, weighted least squares over the forks, 95 % intervals. Pages are"
                + " counted as the kernel counts pins, in 4 KiB, whatever the memory is made of."
                + (kernels.isEmpty()
                    ? ""
                    : " The kernel's own benchmark (gup_test) times pin_user_pages_fast and"
                        + " unpin_user_pages, with which O_DIRECT pins, without a system call; the"
                        + " other lines are io_uring's registration, a long-term pin, and its"
                        + " undoing, with a system call each.")));
  }

  private static List<Cell> cells(String head, PinCurve curve) {
    return List.of(
        Cell.head(head),
        estimate(curve.fixed()),
        estimate(curve.perPage()),
        Cell.number(Units.number(PERCENT * curve.largestMisfit()) + " %"));
  }

  private static Cell estimate(PinCurve.Estimate e) {
    Units.Scaled unit = Units.timeUnit(Math.abs(e.value()));
    return Cell.number(
        unit.text(e.value()),
        "[%s, %s]"
            .formatted(Units.number(e.low() / unit.size()), Units.number(e.high() / unit.size())));
  }

  /** The chart of pinning by size with the fitted lines over its points. */
  Block.Figure overlaid(Block.Figure figure, List<RowFigures> pins) {
    Chart chart = figure.chart();
    List<Series> series = new ArrayList<>();
    for (Series measured : chart.series()) {
      Optional<PinCurve> curve =
          pins.stream()
              .filter(row -> CostSections.pinName(row).equals(measured.name()))
              .findFirst()
              .flatMap(this::curveOf);
      series.add(curve.isEmpty() ? measured : measured.withForm(Series.Form.POINTS));
      curve.ifPresent(c -> series.add(line(c, measured)));
    }
    return new Block.Figure(
        new Chart(
            chart.id(),
            chart.title(),
            chart.caption()
                + (series.size() > chart.series().size() ? " Thin lines are fitted." : ""),
            chart.machineClass(),
            chart.x(),
            chart.y(),
            series));
  }

  /** Straight in pages and ns, hence bent on logarithmic axes: with points enough to look so. */
  private Series line(PinCurve curve, Series measured) {
    Map<Double, Double> points = new TreeMap<>();
    long last = curve.points().keySet().stream().max(Long::compare).orElse(1L);
    int steps = (int) Math.ceil(FIT_POINTS_PER_OCTAVE * Math.log(last) / Math.log(2));
    for (int step = 0; step <= steps; step++) {
      double pages = Math.pow(last, steps == 0 ? 0 : (double) step / steps);
      points.put(pages * pageBytes(), curve.ns(pages));
    }
    String name =
        "%s + %s × pages"
            .formatted(Units.time(curve.fixed().value()), Units.time(curve.perPage().value()));
    return Series.curve(name, measured.style(), points).withForm(Series.Form.FIT);
  }

  /**
   * Estimated ns that one transaction spends with pinning and unpinning: each of its I/Os pins its
   * pages. Empty where nothing is known: no curve for its pages, or memory that is not RAM.
   */
  OptionalDouble ofTransaction(RowFigures row) {
    Parameters p = row.parameters();
    if ("registered".equals(p.pinning())) {
      return OptionalDouble.of(0);
    }
    PinCurve curve = curves.get(pages(row));
    boolean known = "ram".equals(p.memory()) || "cmb-emulated".equals(p.memory());
    if (curve == null || !known || p.blockBytes() == null) {
      return OptionalDouble.empty();
    }
    long pages = pagesOf(row);
    double ios = row.spread(Metric.PINS).map(Spread::median).orElse(2.0 * pages) / pages;
    return OptionalDouble.of(Math.rint(ios) * curve.measuredNs(pages));
  }

  /**
   * What a reader would quote: the share of the smallest and of the largest transaction through
   * RAM, at depth 1 and with one thread, where nothing overlaps.
   */
  Optional<KeyFigure> share() {
    List<RowFigures> rows =
        analysis.settings("transfer").entrySet().stream()
            .filter(e -> e.getKey().depth() == 1 && e.getKey().threads() == 1)
            .map(e -> bounces(e.getValue()))
            .filter(found -> !found.isEmpty())
            .findFirst()
            .orElse(List.of());
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    RowFigures first = rows.get(0);
    return Optional.of(
        new KeyFigure(
            "Pinning and unpinning within a transaction",
            Stream.of(first, rows.get(rows.size() - 1))
                .distinct()
                .map(
                    row ->
                        new KeyFigure.Value(
                            Units.number(PERCENT * share(row).getAsDouble()) + " %",
                            "of " + Units.bytes(TransferCharts.bytes(row)),
                            ""))
                .toList(),
            "estimated: each of its I/Os at the cost of pinning alone; through system memory, "
                + Paths.setting(Setting.of(first.row()))));
  }

  /** Those through system memory whose share is known, small blocks first. */
  private List<RowFigures> bounces(List<RowFigures> rows) {
    return rows.stream()
        .filter(row -> Comparison.isBaseline(row.parameters()) && share(row).isPresent())
        .sorted(Comparator.comparingLong(TransferCharts::bytes))
        .toList();
  }

  private OptionalDouble share(RowFigures row) {
    OptionalDouble pin = ofTransaction(row);
    Optional<Spread> whole = row.stageMean(Stage.TRANSACTION);
    return pin.isPresent() && whole.isPresent()
        ? OptionalDouble.of(Math.min(1, pin.getAsDouble() / whole.get().median()))
        : OptionalDouble.empty();
  }
}
