// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.reports.SampleRun;
import org.p2pbench.reports.charts.Series;
import org.p2pbench.reports.rundir.RunDirectoryReader;
import org.p2pbench.reports.statistics.Analysis;

/** What the report says of transactions that arrive at a rate of their own. */
class OpenLoopSectionTest {
  @TempDir private Path directory;

  private Report report(SampleRun run) throws Exception {
    run.write(directory);
    return new ReportBuilder().build(Analysis.of(new RunDirectoryReader().read(directory)));
  }

  private static SampleRun sweep() {
    return SampleRun.hardware().samples(20_000).openLoop(2000, 8000, 9500, 11500, 20000);
  }

  private static SampleRun bounded(SampleRun run, long ns) {
    ((ObjectNode) run.rowsFile().get("plan")).put("p99BoundNs", ns);
    return run;
  }

  private static Section section(Report report) {
    return report.sections().stream().filter(s -> s.id().equals("open-loop")).findFirst().get();
  }

  private static <T extends Block> T only(Section section, Class<T> kind) {
    return section.blocks().stream().filter(kind::isInstance).map(kind::cast).findFirst().get();
  }

  @Test
  void theKneeOfEachPathIsASentence() throws Exception {
    Section section = section(report(bounded(sweep(), 3_000_000)));
    assertThat(only(section, Block.Text.class).paragraphs())
        .hasSize(2)
        .satisfiesExactly(
            cmb ->
                assertThat(cmb)
                    .isEqualTo(
                        "CMB-direct keeps p99 below 3.00 ms up to 11,500 transactions/s; at"
                            + " 20,000/s it is saturated (12,500/s achieved)."),
            ram ->
                assertThat(ram)
                    .matches(
                        "RAM keeps p99 below 3\\.00 ms up to 8,000 transactions/s; at 9,500/s p99"
                            + " is 4\\.\\d\\d ms\\."));
  }

  @Test
  void withoutABoundItSaysWhatEachPathKeepsUpWith() throws Exception {
    assertThat(only(section(report(sweep())), Block.Text.class).paragraphs())
        .containsExactly(
            "CMB-direct keeps up with the transactions up to 11,500/s; at 20,000/s it is saturated"
                + " (12,500/s achieved).",
            "RAM keeps up with the transactions up to 9,500/s; at 11,500/s it is saturated"
                + " (10,000/s achieved).");
  }

  @Test
  void aBoundThatNoRateMeetsIsSaid() throws Exception {
    Section section = section(report(bounded(sweep(), 50_000)));
    assertThat(only(section, Block.Text.class).paragraphs())
        .allMatch(
            s ->
                s.contains(
                    " does not keep p99 below 50.0 µs at any rate measured; at 2,000/s p99 is "));
  }

  @Test
  void oneChartShowsP50AndP99OfEachPathAndTheBound() throws Exception {
    Section section = section(report(bounded(sweep(), 2_000_000)));
    Block.Figure figure = only(section, Block.Figure.class);
    assertThat(figure.chart().series())
        .extracting(Series::name)
        .containsExactly(
            "CMB-direct, p99", "RAM, p99", "CMB-direct, p50", "RAM, p50", "bound of p99");
    assertThat(figure.chart().series()).extracting(Series::style).doesNotHaveDuplicates();
    assertThat(figure.chart().machineClass().label()).isEqualTo("hardware");
  }

  @Test
  void theTableSaysWhatWasAchievedAndWhichPartOfTheLatencyIsService() throws Exception {
    Block.Table table = only(section(report(sweep())), Block.Table.class);
    List<Cell> ram = table.groups().get(3).get(1);
    assertThat(ram).extracting(Cell::text).startsWith("11,500/s", "RAM", "10,000/s, saturated");
    assertThat(ram.get(2).look()).isEqualTo(Cell.Look.WORSE);
    assertThat(ram.get(6).text()).matches("(99\\.\\d|100) µs");
  }

  @Test
  void openAndClosedLoopShareNoChartAndNoTable() throws Exception {
    Report report =
        report(SampleRun.hardware().samples(2_000).twins(4096, 65536).openLoop(2000, 8000));
    for (Section section : report.sections()) {
      boolean open = section.id().equals("open-loop");
      for (Block block : section.blocks()) {
        if (block instanceof Block.Figure figure) {
          assertThat(figure.chart().id().startsWith("open-loop")).isEqualTo(open);
        }
        if (block instanceof Block.Table table && !section.id().equals("proof")) {
          assertThat(table.columns().contains("Offered")).isEqualTo(open);
        }
      }
    }
  }

  @Test
  void whatWasAskedForIsTheAnswerAndStandsFirst() throws Exception {
    Report report = report(bounded(sweep(), 3_000_000));

    assertThat(report.sections().get(0).title()).isEqualTo("The answer: latency against load");
    assertThat(report.headline())
        .startsWith("4 KiB, ")
        .contains(", Poisson arrivals: CMB-direct keeps p99 below 3.00 ms up to 11,500 trans")
        .contains(" RAM keeps p99 below 3.00 ms up to 8,000 transactions/s; at 9,500/s p99 is ");
    KeyFigure figure = report.keyFigures().get(0);
    assertThat(figure.label()).isEqualTo("Highest rate with p99 below 3.00 ms");
    assertThat(figure.values())
        .containsExactly(
            new KeyFigure.Value("11,500/s", "through CMB-direct", ""),
            new KeyFigure.Value("8,000/s", "through RAM", ""));
    assertThat(MarkdownSummary.of(report))
        .contains("RAM keeps p99 below 3.00 ms up to 8,000 transactions/s; at 9,500/s p99 is")
        .contains("| 11,500/s | RAM | 10,000/s, saturated |");
  }

  @Test
  void theClosedLoopThatRatesAreTakenOfIsNoAnswer() throws Exception {
    SampleRun run = SampleRun.emulated().samples(2_000).bounce(4096).openLoop(2000, 8000);
    Report report = report(run);

    assertThat(report.sections())
        .extracting(Section::title)
        .startsWith("The answer: latency against load", "The closed loop");
    assertThat(MarkdownSummary.of(report))
        .contains("**The closed loop that rates in per cent are taken of: sync, depth 1, ");
  }

  @Test
  void aRunWithoutAnOpenLoopHasNoSuchSection() throws Exception {
    Report report = report(SampleRun.hardware().samples(2_000).twins(4096));
    assertThat(report.sections()).noneMatch(s -> s.id().equals("open-loop"));
  }
}
