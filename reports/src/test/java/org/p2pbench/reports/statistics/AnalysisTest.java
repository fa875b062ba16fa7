// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.reports.Golden;
import org.p2pbench.reports.SampleRun;
import org.p2pbench.reports.rundir.RunDirectoryReader;

class AnalysisTest {
  @TempDir private Path dir;

  @Test
  void theFiguresOfAFullRunAreAsTheyWere() throws Exception {
    Analysis analysis = analyse(SampleRun.emulated().samples(1_100).everything(4096));

    StringBuilder facts = new StringBuilder();
    for (RowFigures row : analysis.rows()) {
      facts.append(row.row().id()).append('\n');
      for (Metric metric : Metric.values()) {
        row.spread(metric)
            .ifPresent(
                s ->
                    facts.append(
                        String.format(
                            Locale.ROOT,
                            "  %s %.6g [%.6g, %.6g] %d%n",
                            metric.label(),
                            s.median(),
                            s.min(),
                            s.max(),
                            s.forks())));
      }
      analysis
          .baselineOf(row)
          .filter(baseline -> baseline != row)
          .ifPresent(b -> facts.append("  ratio ").append(fact(row, b)).append('\n'));
    }
    Golden.check("figures-emulated.txt", facts.toString());
  }

  @Test
  void contrastsAreTwinsOfOneGroupThatDifferInTheQuestionAlone() throws Exception {
    Analysis analysis = analyse(SampleRun.emulated().samples(1_100).everything(4096));

    for (Comparison comparison : Comparison.values()) {
      for (Contrast contrast : analysis.contrasts(comparison, analysis.rows())) {
        assertThat(contrast.a().row().group()).isEqualTo(contrast.b().row().group());
        assertThat(contrast.a()).isNotEqualTo(contrast.b());
      }
    }
    assertThat(analysis.contrasts(Comparison.REGISTERED, analysis.rows()))
        .extracting(c -> c.a().parameters().memory() + " " + c.b().parameters().pinning())
        .containsOnly("ram per-transaction", "cmb-emulated per-transaction");
    assertThat(analysis.contrasts(Comparison.DIRECT, analysis.rows()))
        .isNotEmpty()
        .allSatisfy(c -> assertThat(Comparison.isBaseline(c.b().parameters())).isTrue());
  }

  private Analysis analyse(SampleRun run) throws Exception {
    return Analysis.of(new RunDirectoryReader().read(run.write(dir)));
  }

  private static String fact(RowFigures row, RowFigures baseline) {
    Ratio ratio = row.ratioTo(baseline, Metric.THROUGHPUT);
    return ratio instanceof Ratio.Known known
        ? String.format(Locale.ROOT, "%.6g [%.6g, %.6g]", known.point(), known.low(), known.high())
        : ((Ratio.Unknown) ratio).reason();
  }
}
