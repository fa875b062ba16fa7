// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.reports.SampleRun;
import org.p2pbench.reports.rundir.RunDirectoryReader;
import org.p2pbench.reports.statistics.Analysis;

class TransferSectionsTest {
  @TempDir private Path directory;

  @Test
  void whereOnlyAnotherChoiceWasAskedForItIsTheAnswer() throws Exception {
    Report report = report(SampleRun.emulated().samples(300).buffered(4096));

    assertThat(captions(section(report, "answer")))
        .containsExactly(
            "Page cache (buffered) against RAM: sync, depth 1, 1 thread, sequential",
            "Each path divided by RAM: sync, depth 1, 1 thread, sequential");
    assertThat(MarkdownSummary.of(report)).contains("| 4 KiB | Page cache (buffered) | ");
    assertThat(report.sections()).extracting(Section::id).doesNotContain("choices");
  }

  @Test
  void theTitlePromisesNoRowThatTheTableDoesNotHave() throws Exception {
    assertThat(captions(section(report(SampleRun.emulated().samples(300).bounce(4096)), "answer")))
        .containsExactly("RAM alone: sync, depth 1, 1 thread, sequential");
  }

  @Test
  void otherChoicesAreNamedByWhatTheyAre() throws Exception {
    Report report = report(SampleRun.emulated().samples(300).everything(4096));

    assertThat(captions(section(report, "answer")).get(0))
        .isEqualTo("The stand-in against system memory: io_uring, depth 1, 1 thread, sequential");
    assertThat(captions(section(report, "choices")))
        .containsExactly(
            "Page cache (buffered); RAM, 2 MiB pages; RAM, extra copy against RAM: io_uring, depth"
                + " 1, 1 thread, sequential");
  }

  @Test
  void aNoteSaysWhyTwoMediansMayNotGiveTheRatio() throws Exception {
    Report report = report(SampleRun.hardware().samples(300).twins(4096));
    Block.Table table = (Block.Table) section(report, "answer").blocks().get(0);

    assertThat(table.note()).endsWith("it need not be the quotient of the two medians.");
    assertThat(MarkdownSummary.of(report)).contains(AnswerTables.RATIO_NOTE);
  }

  private Report report(SampleRun run) throws Exception {
    return new ReportBuilder()
        .build(Analysis.of(new RunDirectoryReader().read(run.write(directory))));
  }

  private static Section section(Report report, String id) {
    return report.sections().stream().filter(s -> s.id().equals(id)).findFirst().orElseThrow();
  }

  private static List<String> captions(Section section) {
    return section.blocks().stream()
        .filter(Block.Table.class::isInstance)
        .map(block -> ((Block.Table) block).caption())
        .toList();
  }
}
