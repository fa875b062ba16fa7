// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jsoup.Jsoup;
import org.jsoup.nodes.Document;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.reports.SampleRun;
import org.p2pbench.reports.rundir.RunDirectoryReader;
import org.p2pbench.reports.statistics.Analysis;

/** What the style sheet needs to lay a page out on wide and narrow screens. */
class PageLayoutTest {
  @TempDir private Path directory;
  private Document page;

  @BeforeEach
  void write() throws Exception {
    Path run = SampleRun.hardware().samples(300).twins(4096, 65536).write(directory);
    Report report = new ReportBuilder().build(Analysis.of(new RunDirectoryReader().read(run)));
    new ReportWriter().write(report, run);
    page = Jsoup.parse(Files.readString(run.resolve("report/index.html")));
  }

  @Test
  void cellsOfATableOfSentencesCarryTheirColumnsName() {
    Element proof = page.selectFirst("section#proof table");

    assertThat(proof.className()).isEqualTo("stacked");
    assertThat(proof.selectFirst("tbody tr").select("td").eachAttr("data-label"))
        .containsExactly("Data", "Path", "Evidence");
  }

  @Test
  void aTableOfManyFiguresIsWideAndStaysOne() {
    Element answer = page.selectFirst("section#answer table");

    assertThat(answer.className()).isEqualTo("wide");
    assertThat(answer.select("[data-label]")).isEmpty();
  }

  @Test
  void everyChartSaysHowWideItsPictureIs() {
    assertThat(page.select(".charts figure")).isNotEmpty();
    assertThat(page.select(".charts figure").eachAttr("style")).containsOnly("--w: 560");
  }
}
