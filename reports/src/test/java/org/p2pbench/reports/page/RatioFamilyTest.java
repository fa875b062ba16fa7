// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.reports.SampleRun;
import org.p2pbench.reports.rundir.RunDirectoryReader;
import org.p2pbench.reports.statistics.Analysis;
import org.p2pbench.reports.statistics.Comparison;
import org.p2pbench.reports.statistics.Contrast;
import org.p2pbench.reports.statistics.Metric;
import org.p2pbench.reports.statistics.Ratio;
import org.p2pbench.reports.statistics.RowFigures;

class RatioFamilyTest {

  @Test
  void oneRatioThatLooksDifferentAmongTwentyIsNotCalled() {
    List<Ratio> ratios = new ArrayList<>(List.of(new Ratio.Unknown("too few pairs (2)")));
    ratios.add(new Ratio.Known(1.2, 1.02, 1.4, 6, 0.03));
    for (int i = 1; i < 20; i++) {
      ratios.add(new Ratio.Known(1, 0.9, 1.1, 6, 0.5));
    }

    List<Ratio> adjusted = AdjustedRatios.adjusted(ratios);

    assertThat(adjusted.get(0)).isEqualTo(ratios.get(0));
    Ratio.Known first = (Ratio.Known) adjusted.get(1);
    assertThat(first.p()).isCloseTo(0.5, within(1e-12));
    assertThat(first.direction(Metric.THROUGHPUT)).isEqualTo(Ratio.Direction.UNCLEAR);
    assertThat(first.low()).as("the interval stays").isEqualTo(1.02);
    assertThat(Figures.ratio(first, Metric.THROUGHPUT))
        .isEqualTo(
            new Cell(
                "1.20× [1.02, 1.40]", "weak: holds alone, not over the table", Cell.Look.NUMBER));
    assertThat(Figures.narrowRatio(first, Metric.THROUGHPUT).text()).isEqualTo("1.20× weak");
    assertThat(Figures.ratio(adjusted.get(2), Metric.THROUGHPUT).detail())
        .isEqualTo("no clear difference");
  }

  @Test
  void whatIsCalledInTheTablesIsCalledInWords(@TempDir Path dir) throws Exception {
    Path run = SampleRun.hardware().rounds(6).samples(300).twins(4096, 65536).write(dir);
    Analysis analysis = Analysis.of(new RunDirectoryReader().read(run));
    List<RowFigures> rows = analysis.measured("transfer");
    List<Contrast> contrasts = analysis.contrasts(Comparison.DIRECT, rows);
    RatioFamily family = RatioFamily.of(analysis);

    List<Ratio> throughput = family.throughput(contrasts);

    assertThat(contrasts).hasSize(2);
    for (int i = 0; i < contrasts.size(); i++) {
      RowFigures cmb = contrasts.get(i).a();
      Ratio.Known alone = (Ratio.Known) contrasts.get(i).ratio(Metric.THROUGHPUT);
      Ratio.Known inTable = (Ratio.Known) family.toRam(cmb, Metric.THROUGHPUT);
      assertThat(throughput.get(i)).isEqualTo(inTable);
      assertThat(inTable.p()).isGreaterThanOrEqualTo(alone.p()).isLessThan(0.05);
      assertThat(inTable.direction(Metric.THROUGHPUT)).isEqualTo(Ratio.Direction.BETTER);
    }
  }
}
