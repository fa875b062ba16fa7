// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.history;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.p2pbench.reports.page.Block;
import org.p2pbench.reports.page.Cell;
import org.p2pbench.reports.page.PageWriter;
import org.p2pbench.reports.page.Section;

/** A trend as a page that needs no other file. */
public final class TrendPage {
  private static final String HOW_TO_READ =
      "Each point is a run: the median over its forks. A level is the median of the runs between"
          + " two changes. A change is called where the series moves to another level beyond its"
          + " scatter (a scan over all places, held against shuffled runs); weak ones may be chance"
          + " among so many series, small ones are less than what matters or than the machine's"
          + " noise floor. It alerts when it is for the worse, large enough to matter and"
          + " was seen after each of the last three runs. Environment lines stand where something"
          + " changed on the machine; a change there need not come from the software.";

  private TrendPage() {}

  /**
   * Writes {@code index.html} and {@code charts/} into a directory.
   *
   * @param mostCharts of one machine; series that moved come first
   * @return what the page has to do without, whole sentences
   * @throws IOException where a file cannot be written; its message names the file
   */
  public static List<String> write(Trend trend, int mostCharts, Path directory) throws IOException {
    List<Section> sections = new ArrayList<>();
    for (MachineTrend machine : trend.machines()) {
      sections.add(section(machine, mostCharts));
    }
    sections.add(
        new Section("reading", "How to read this", List.of(new Block.Text(List.of(HOW_TO_READ)))));
    PageWriter.Page page =
        new PageWriter.Page(
            "trend.ftlh",
            Map.of(
                "branch",
                trend.branch(),
                "machineClasses",
                trend.machines().stream().map(MachineTrend::machineClass).distinct().toList(),
                "headline",
                headline(trend),
                "subtitle",
                subtitle(trend),
                "sections",
                sections),
            sections);
    Map<String, byte[]> files = new PageWriter().render(page);
    PageWriter.write(files, directory);
    return page.notes(files.keySet());
  }

  private static String headline(Trend trend) {
    List<TrendSeries> alerts = trend.series().stream().filter(TrendSeries::alertAtTheEnd).toList();
    if (alerts.isEmpty()) {
      return "Nothing got worse lately on " + trend.branch() + ".";
    }
    TrendSeries first = alerts.get(0);
    String name = first.subject().metric().label() + " of " + TrendText.name(first.subject());
    return alerts.size() == 1
        ? "One series of " + trend.branch() + " got worse lately: " + name + "."
        : "%d series of %s got worse lately, in %s, among them %s."
            .formatted(alerts.size(), trend.branch(), places(trend), name);
  }

  /** "one change at run-0050", or how many. */
  private static String places(Trend trend) {
    List<String> runs = new ArrayList<>();
    for (MachineTrend machine : trend.machines()) {
      machine.events().stream()
          .filter(TrendEvent::alerts)
          .forEach(event -> runs.add(machine.runs().get(event.run()).id()));
    }
    return runs.size() == 1 ? "one change at " + runs.get(0) : runs.size() + " changes";
  }

  private static String subtitle(Trend trend) {
    int runs = trend.machines().stream().mapToInt(m -> m.runs().size()).sum();
    return runs
        + " runs of "
        + trend.branch()
        + (trend.machines().size() == 1 ? "" : " on " + trend.machines().size() + " machines")
        + "; "
        + TrendText.counts(trend.series());
  }

  private static Section section(MachineTrend machine, int mostCharts) {
    List<TrendSeries> ordered = new ArrayList<>(machine.series());
    ordered.sort(Comparator.comparing(TrendSeries::state));
    List<Block> blocks = new ArrayList<>();
    blocks.add(
        new Block.Text(
            List.of(
                String.join(
                    ", ",
                    machine.machine().entrySet().stream()
                        .map(e -> e.getKey() + " " + e.getValue())
                        .toList()))));
    if (ordered.stream().anyMatch(series -> !series.shifts().isEmpty())) {
      blocks.add(events(machine));
      blocks.add(shifts(machine, ordered));
    }
    int charts = Math.min(mostCharts, ordered.size());
    for (int i = 0; i < charts; i++) {
      blocks.add(new Block.Figure(TrendCharts.of(machine, ordered.get(i), i + 1)));
    }
    if (!machine.environmentChanges().isEmpty()) {
      blocks.add(environment(machine));
    }
    blocks.add(all(machine, ordered, charts));
    return new Section(
        "machine-" + machine.fingerprint(),
        "Machine " + machine.fingerprint() + " (" + machine.machineClass().label() + ")",
        blocks);
  }

  private static Block events(MachineTrend machine) {
    List<List<Cell>> rows = new ArrayList<>();
    for (TrendEvent event : machine.events()) {
      rows.add(
          List.of(
              cell(machine.runs().get(event.run()).id(), Cell.Look.HEAD),
              cell(String.valueOf(event.run() + 1), Cell.Look.NUMBER),
              cell(machine.revisions(event), Cell.Look.TEXT),
              cell(TrendText.members(event), event.alerts() ? Cell.Look.WORSE : Cell.Look.TEXT),
              cell(TrendText.differences(machine.environmentChanges(event)), Cell.Look.TEXT)));
    }
    return new Block.Table(
        machine.machineClass(),
        "Where something changed",
        List.of("First run after it", "Number", "Revisions", "What moved", "Environment there"),
        List.of(rows),
        "Series that move within two runs of each other are taken as one change.");
  }

  private static Block shifts(MachineTrend machine, List<TrendSeries> ordered) {
    List<List<List<Cell>>> groups = new ArrayList<>();
    for (TrendSeries series : ordered) {
      List<List<Cell>> rows = new ArrayList<>();
      for (TrendSeries.Shift shift : series.shifts()) {
        List<String> texts = TrendText.cells(series, shift);
        Cell.Look look = shift.worse() ? Cell.Look.WORSE : Cell.Look.BETTER;
        boolean weak = series.state() == TrendSeries.State.WEAK;
        List<Cell> cells = new ArrayList<>();
        cells.add(cell(texts.get(1), Cell.Look.HEAD));
        cells.add(cell(texts.get(2), Cell.Look.TEXT));
        cells.add(cell(texts.get(0), Cell.Look.TEXT));
        cells.add(cell(texts.get(3), Cell.Look.NUMBER));
        cells.add(cell(texts.get(4), Cell.Look.NUMBER));
        cells.add(cell(texts.get(5), weak ? Cell.Look.NUMBER : look));
        String there = TrendText.differences(machine.environmentChanges(series, shift));
        String detail = texts.get(6) + (there.isEmpty() ? "" : "; " + there);
        cells.add(new Cell(texts.get(7), detail, Cell.Look.TEXT));
        rows.add(cells);
      }
      if (!rows.isEmpty()) {
        groups.add(rows);
      }
    }
    return new Block.Table(
        machine.machineClass(),
        "What moved",
        List.of(
            "Benchmark",
            "Metric",
            "State",
            "Before",
            "After",
            "Change [95 %]",
            "Revisions, first run"),
        groups,
        "");
  }

  private static Block environment(MachineTrend machine) {
    List<List<Cell>> rows = new ArrayList<>();
    for (MachineTrend.EnvironmentChange change : machine.environmentChanges()) {
      StoredRun run = machine.runs().get(change.run());
      rows.add(
          List.of(
              cell(run.id(), Cell.Look.HEAD),
              cell(String.valueOf(change.run() + 1), Cell.Look.NUMBER),
              cell(TrendText.differences(change.differences()), Cell.Look.TEXT)));
    }
    return new Block.Table(
        machine.machineClass(),
        "Changes of the environment",
        List.of("First run after it", "Number", "What changed"),
        List.of(rows),
        "");
  }

  private static Block all(MachineTrend machine, List<TrendSeries> ordered, int charts) {
    List<List<Cell>> rows = new ArrayList<>();
    for (TrendSeries series : ordered) {
      double last = series.values()[series.values().length - 1];
      rows.add(
          List.of(
              cell(TrendText.name(series.subject()), Cell.Look.HEAD),
              cell(series.subject().metric().label(), Cell.Look.TEXT),
              cell(series.state().label(), Cell.Look.TEXT),
              cell(String.valueOf(series.values().length), Cell.Look.NUMBER),
              cell(series.subject().metric().text(last), Cell.Look.NUMBER)));
    }
    String note =
        charts < ordered.size()
            ? "The first " + charts + " of these are drawn; `--charts` draws more."
            : "";
    return new Block.Table(
        machine.machineClass(),
        "Every series",
        List.of("Benchmark", "Metric", "State", "Runs", "Last run"),
        List.of(rows),
        note);
  }

  private static Cell cell(String text, Cell.Look look) {
    return new Cell(text, "", look);
  }
}
