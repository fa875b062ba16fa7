// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.reports.SampleRun;
import org.p2pbench.reports.charts.Chart;
import org.p2pbench.reports.charts.Series;
import org.p2pbench.reports.rundir.RunDirectoryReader;
import org.p2pbench.reports.statistics.Analysis;

class CostSectionsTest {
  private static final long[] SIZES = {4096, 65_536, 1_048_576};

  @TempDir private Path directory;

  @Test
  void theFittedLineIsThinAndHasPointsEnoughToLookSmooth() throws Exception {
    Chart chart =
        pins(SampleRun.lab().samples(300).pins("ram", "io_uring-register", "4KiB", SIZES));

    assertThat(chart.series())
        .extracting(Series::form)
        .containsExactly(Series.Form.POINTS, Series.Form.FIT);
    double[] x = chart.series().get(1).x();
    assertThat(x).hasSize(8 * 8 + 1).startsWith(4096);
    assertThat(x[x.length - 1]).isEqualTo(1_048_576);
    assertThat(chart.caption())
        .isEqualTo("Median pin plus median unpin, nothing else. Thin lines are fitted.");
  }

  @Test
  void mlockIsExplainedWhereItWasMeasured() throws Exception {
    Chart chart = pins(SampleRun.lab().samples(300).pins("ram", "mlock", "4KiB", SIZES));

    assertThat(chart.caption())
        .isEqualTo(
            "Median pin plus median unpin, nothing else. mlock locks a mapping and does not pin.");
  }

  private Chart pins(SampleRun run) throws Exception {
    Analysis analysis = Analysis.of(new RunDirectoryReader().read(run.write(directory)));
    return new ReportBuilder()
        .build(analysis).sections().stream()
            .flatMap(section -> section.blocks().stream())
            .filter(Block.Figure.class::isInstance)
            .map(block -> ((Block.Figure) block).chart())
            .filter(chart -> chart.id().equals("pin-by-size"))
            .findFirst()
            .orElseThrow();
  }
}
