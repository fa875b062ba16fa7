// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.reports.SampleRun;
import org.p2pbench.reports.rundir.RunDirectoryReader;
import org.p2pbench.reports.statistics.Analysis;
import org.p2pbench.reports.statistics.Comparison;
import org.p2pbench.reports.statistics.Metric;
import org.p2pbench.reports.statistics.Ratio;
import org.p2pbench.reports.statistics.RowFigures;

class BusySceneTest {

  @Test
  void ratiosOfAllScenesAreAdjustedTogether(@TempDir Path dir) throws Exception {
    Path run = SampleRun.hardware().rounds(6).samples(300).busyMemory(4096, 65536).write(dir);
    List<BusyScene> scenes = BusyScene.all(Analysis.of(new RunDirectoryReader().read(run)));

    List<Ratio> alone = new ArrayList<>();
    List<Ratio> together = new ArrayList<>();
    for (BusyScene scene : scenes) {
      for (RowFigures row : scene.beside().values()) {
        for (Metric metric : BusyScene.TRANSFER) {
          alone.add(row.ratioTo(scene.twin(row).orElseThrow(), metric));
          together.add(scene.transfer(row, metric));
        }
        for (Metric metric : BusyScene.NEIGHBOUR) {
          alone.add(row.ratioTo(scene.alone(), metric));
          together.add(scene.neighbour(row, metric));
          if (!Comparison.isBaseline(row.parameters())) {
            alone.add(row.ratioTo(bounce(scene), metric));
            together.add(scene.neighbourAgainstBounce(row, metric));
          }
        }
      }
    }

    assertThat(scenes).hasSize(2);
    assertThat(together).isEqualTo(AdjustedRatios.adjusted(alone)).isNotEqualTo(alone);
  }

  private static RowFigures bounce(BusyScene scene) {
    return scene.beside().values().stream()
        .filter(row -> Comparison.isBaseline(row.parameters()))
        .findFirst()
        .orElseThrow();
  }
}
