// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.reports.SampleRun;
import org.p2pbench.reports.rundir.RunDirectoryReader;
import org.p2pbench.reports.statistics.Analysis;

class ThreadSharesTest {
  @TempDir private Path directory;

  @Test
  void eachThreadIsNamedWithItsSourceAndTarget() throws Exception {
    SampleRun run = SampleRun.hardware().twins(4096);
    ObjectNode source = (ObjectNode) run.environment().get("source");
    run.environment()
        .putArray("sources")
        .add(source.deepCopy().put("path", "/dev/nvme0n1"))
        .add(source.deepCopy().put("path", "/dev/nvme1n1"));
    run.environment()
        .set(
            "target",
            source.deepCopy().put("path", "/mnt/b/p2pbench-scratch-0123456789abcdef/target.bin"));
    ObjectNode row = run.row(0);
    ((ObjectNode) row.get("parameters")).put("threads", 3).put("sources", 2).put("targets", 1);
    for (JsonNode fork : row.get("forks")) {
      fork.get("iterations")
          .forEach(i -> ((ObjectNode) i).putArray("threadTransactions").add(100).add(300).add(100));
    }
    run.write(directory);
    Report report =
        new ReportBuilder().build(Analysis.of(new RunDirectoryReader().read(directory)));
    Block.Table shares =
        report.sections().stream()
            .filter(section -> section.id().equals("scaling"))
            .flatMap(section -> section.blocks().stream())
            .filter(Block.Table.class::isInstance)
            .map(Block.Table.class::cast)
            .filter(table -> table.caption().equals("Each thread's share"))
            .findFirst()
            .orElseThrow();

    assertThat(shares.groups()).hasSize(1);
    assertThat(shares.groups().get(0))
        .extracting(line -> line.stream().skip(2).map(Cell::text).toList())
        .containsExactly(
            List.of(
                "depth 1, 3 threads, 2 sources, 1 target",
                "0",
                "20.0 %",
                "/dev/nvme0n1",
                "/mnt/b (fresh file)"),
            List.of(
                "depth 1, 3 threads, 2 sources, 1 target",
                "1",
                "60.0 %",
                "/dev/nvme1n1",
                "/mnt/b (fresh file)"),
            List.of(
                "depth 1, 3 threads, 2 sources, 1 target",
                "2",
                "20.0 %",
                "/dev/nvme0n1",
                "/mnt/b (fresh file)"));
  }
}
