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

/** What the report says of profilers that were measured off and on. */
class OverheadsTest {
  private static final String FACTOR = "[0-9.]+× \\[[0-9.]+, [0-9.]+\\]";

  @TempDir private Path directory;

  private List<Block> blocks(SampleRun run) throws Exception {
    run.write(directory);
    return new ReportBuilder()
        .build(Analysis.of(new RunDirectoryReader().read(directory))).sections().stream()
            .filter(section -> section.id().equals("baselines"))
            .findFirst()
            .orElseThrow()
            .blocks();
  }

  private static <T extends Block> T only(List<Block> blocks, Class<T> kind) {
    return blocks.stream().filter(kind::isInstance).map(kind::cast).findFirst().orElseThrow();
  }

  @Test
  void theProfilersOfEveryRunAreASentenceAndWhatIsNotHereSaysWhy() throws Exception {
    List<Block> blocks = blocks(SampleRun.emulated().rounds(8).samples(2_000).overheads());

    assertThat(only(blocks, Block.Text.class).paragraphs())
        .satisfiesExactly(
            all ->
                assertThat(all)
                    .matches(
                        "On this machine \\(emulated\\) a transfer of 4 KiB, RAM, sync, depth 1, 1"
                            + " thread, sequential, takes [0-9.]+ µs under the profilers of every"
                            + " run \\(stages, pins, cpu-time\\) and [0-9.]+ µs without any \\("
                            + FACTOR
                            + " of the time, worse\\)\\."),
            kernel ->
                assertThat(kernel)
                    .isEqualTo(
                        "kernel traces a warm-up iteration and no measured one, so its ratios"
                            + " should hold 1×. What tracing does to the iteration that is traced"
                            + " stands in \"Inside the kernel\" of a run with --profiler kernel."),
            dram -> assertThat(dram).isEqualTo("dram: not available here: no uncore_imc events."));
  }

  @Test
  void eachProfilerIsDividedByTheSameTransactionWithoutIt() throws Exception {
    List<Block> blocks = blocks(SampleRun.emulated().rounds(8).samples(2_000).overheads());

    List<List<Cell>> rows = only(blocks, Block.Table.class).groups().get(0);
    assertThat(rows)
        .extracting(row -> row.get(0).text() + " / " + row.get(1).text())
        .containsExactly(
            "none / –",
            "stages / none",
            "pins / stages",
            "kernel / stages",
            "stages, pins, cpu-time / none",
            "dram / –");
    assertThat(rows.get(0)).extracting(Cell::text).endsWith("–", "takes stages", "–");
    assertThat(rows.get(1).get(3).look()).isEqualTo(Cell.Look.WORSE);
    assertThat(rows.get(1).get(5).text()).isEqualTo("takes stages in both");
    for (int kernel : new int[] {3, 5}) {
      assertThat(rows.get(3).get(kernel).text()).matches("(0\\.9[89]\\d|1\\.0[012])×");
      assertThat(rows.get(3).get(kernel).look()).isEqualTo(Cell.Look.NUMBER);
    }
    assertThat(rows.get(5)).extracting(Cell::look).containsOnly(Cell.Look.HEAD, Cell.Look.NONE);
    assertThat(only(blocks, Block.Figure.class).chart().y().categories())
        .startsWith("stages", "pins")
        .endsWith("all of a run")
        .doesNotHaveDuplicates();
  }

  @Test
  void withoutStagesNobodyKnowsOfLatenciesAndWithTooFewForksOfNoRatio() throws Exception {
    SampleRun run = SampleRun.emulated().rounds(2).samples(500).overheads();
    run.rowsFile().put("status", "interrupted");
    List<Block> blocks = blocks(run);

    assertThat(only(blocks, Block.Text.class).paragraphs().get(0))
        .endsWith(" without any (the ratio is not known: too few pairs (2)).");
    assertThat(blocks).noneMatch(Block.Figure.class::isInstance);
  }
}
