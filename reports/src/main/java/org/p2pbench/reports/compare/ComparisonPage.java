// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.compare;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.p2pbench.reports.metrics.MeasuredRun;
import org.p2pbench.reports.page.Block;
import org.p2pbench.reports.page.Cell;
import org.p2pbench.reports.page.PageWriter;
import org.p2pbench.reports.page.Report;
import org.p2pbench.reports.page.RowNames;
import org.p2pbench.reports.page.Section;
import org.p2pbench.reports.regression.Verdict;
import org.p2pbench.reports.rundir.Environment;
import org.p2pbench.reports.rundir.MachineClass;
import org.p2pbench.reports.rundir.Stage;

/** A comparison as a page that needs no other file. */
public final class ComparisonPage {
  private static final int MOST_DISTRIBUTIONS = 6;
  private static final List<String> HOW_TO_READ =
      List.of(
          "One fork (a JVM of its own) is one sample; iterations and transactions are not. Whether"
              + " the forks of the two runs differ is asked by a permutation test, and the interval"
              + " holds every change that the same test would not reject at 5 %. Over the whole"
              + " table the expected share of false alarms among what is called stays below the"
              + " level (Benjamini and Hochberg).",
          "Regressed and improved: beyond chance, and by at least the smallest change that matters."
              + " Equivalent: all of the interval is smaller than that. Cannot tell: the forks do"
              + " not decide it; more of them would.",
          "A percentile is compared where every fork has 100 transactions or more beyond it.");

  private ComparisonPage() {}

  /**
   * Writes {@code index.html} and {@code charts/} into a directory.
   *
   * @return what the page has to do without, whole sentences
   * @throws IOException where a file cannot be written; its message names the file
   */
  public static List<String> write(RunComparison comparison, Summary summary, Path directory)
      throws IOException {
    List<Section> sections = sections(comparison);
    Report report =
        new Report(
            comparison.machineClass(),
            "",
            "Baseline: "
                + run(comparison.baseline())
                + ". Candidate: "
                + run(comparison.candidate())
                + ".",
            capital(summary.headline()) + ".",
            List.of(),
            summary.problems(),
            List.of(),
            sections);
    PageWriter.Page page = new PageWriter.Page("page.ftlh", Map.of("report", report), sections);
    Map<String, byte[]> files = new PageWriter().render(page);
    PageWriter.write(files, directory);
    return page.notes(files.keySet());
  }

  private static String capital(String text) {
    return Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }

  private static String run(MeasuredRun run) {
    Environment environment = run.run().environment();
    String revision =
        environment.p2pbench() == null ? "unknown" : environment.p2pbench().revision();
    return run.run().path() + ", " + environment.startedAt() + ", revision " + revision;
  }

  private static List<Section> sections(RunComparison c) {
    List<Section> sections = new ArrayList<>();
    List<Block> overview = new ArrayList<>();
    List<String> remarks = Wording.remarks(c);
    if (!remarks.isEmpty()) {
      overview.add(new Block.Text(remarks));
    }
    ComparisonCharts.intervals(
            "intervals",
            "Candidate against baseline, what matters first",
            c.changes(),
            c.machineClass())
        .ifPresent(chart -> overview.add(new Block.Figure(chart)));
    factTable(c).ifPresent(overview::add);
    if (!overview.isEmpty()) {
      sections.add(new Section("overview", "Overview", overview));
    }
    List<Block> distributions = distributions(c);
    if (!distributions.isEmpty()) {
      sections.add(new Section("distributions", "Both runs over each other", distributions));
    }
    if (!c.changes().isEmpty()) {
      sections.add(new Section("metrics", "Every metric", List.of(metricTable(c))));
    }
    sections.add(new Section("reading", "How to read this", List.of(new Block.Text(HOW_TO_READ))));
    return sections;
  }

  /** What no longer works as it did, or works now. */
  private static Optional<Block.Table> factTable(RunComparison c) {
    List<List<Cell>> rows =
        c.facts().stream()
            .filter(fact -> fact.verdict() != Verdict.EQUIVALENT)
            .map(
                fact ->
                    List.of(
                        head(RowNames.of(fact.rows().row())),
                        verdict(fact.verdict(), fact.waiver()),
                        text(fact.sentence())))
            .toList();
    return rows.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Block.Table(
                c.machineClass(),
                "Function",
                List.of("Row", "Verdict", "Finding"),
                List.of(rows),
                ""));
  }

  private static Block.Table metricTable(RunComparison c) {
    return new Block.Table(
        c.machineClass(),
        "Every metric, what matters first; p over the whole table",
        List.of("Row", "Metric", "Baseline", "Candidate", "Change", "Verdict"),
        List.of(c.changes().stream().map(ComparisonPage::row).toList()),
        "");
  }

  private static List<Cell> row(MetricChange change) {
    String effect =
        Double.isFinite(change.change().ratio())
            ? Wording.percent(change.change().ratio())
            : "none";
    return List.of(
        head(RowNames.of(change.rows().row())),
        text(change.metric().label()),
        number(Wording.value(change, change.baseline())),
        number(Wording.value(change, change.candidate())),
        new Cell(effect, Wording.interval(change), look(change.verdict())),
        new Cell(Wording.verdict(change), Wording.reason(change), Cell.Look.TEXT));
  }

  private static Cell verdict(Verdict verdict, Optional<String> waiver) {
    return new Cell(
        Wording.verdict(verdict), waiver.map(w -> "waived: " + w).orElse(""), look(verdict));
  }

  private static Cell.Look look(Verdict verdict) {
    return switch (verdict) {
      case REGRESSED -> Cell.Look.WORSE;
      case IMPROVED -> Cell.Look.BETTER;
      case EQUIVALENT, CANNOT_TELL -> Cell.Look.NUMBER;
    };
  }

  /** Of the rows and stages that come first in the table, and of their whole transactions. */
  private static List<Block> distributions(RunComparison c) {
    Map<RowPair, Set<Stage>> wanted = new LinkedHashMap<>();
    for (MetricChange change : c.changes()) {
      if (wanted.size() < MOST_DISTRIBUTIONS || wanted.containsKey(change.rows())) {
        Set<Stage> stages = wanted.computeIfAbsent(change.rows(), r -> new LinkedHashSet<>());
        if (stages.isEmpty()) {
          stages.add(Stage.TRANSACTION);
        }
        boolean moved =
            change.verdict() == Verdict.REGRESSED || change.verdict() == Verdict.IMPROVED;
        if (moved && change.metric().stage() != null) {
          stages.add(change.metric().stage());
        }
      }
    }
    List<Block> blocks = new ArrayList<>();
    wanted.forEach((rows, stages) -> addDistributions(blocks, rows, stages, c.machineClass()));
    return blocks;
  }

  private static void addDistributions(
      List<Block> blocks, RowPair rows, Set<Stage> stages, MachineClass machineClass) {
    List<Block> figures = new ArrayList<>();
    for (Stage stage : stages) {
      ComparisonCharts.percentiles(rows, stage, machineClass)
          .ifPresent(chart -> figures.add(new Block.Figure(chart)));
      ComparisonCharts.densities(rows, stage, machineClass)
          .ifPresent(chart -> figures.add(new Block.Figure(chart)));
    }
    if (!figures.isEmpty()) {
      blocks.add(new Block.Heading(RowNames.of(rows.row())));
      blocks.addAll(figures);
    }
  }

  private static Cell head(String text) {
    return new Cell(text, "", Cell.Look.HEAD);
  }

  private static Cell text(String text) {
    return new Cell(text, "", Cell.Look.TEXT);
  }

  private static Cell number(String text) {
    return new Cell(text, "", Cell.Look.NUMBER);
  }
}
