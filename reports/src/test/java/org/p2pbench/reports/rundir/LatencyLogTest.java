// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.rundir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatencyLogTest {
  @TempDir private Path dir;

  @Test
  void addsUpTheIntervalsOfEachStage() throws Exception {
    LatencyLog log = LatencyLog.read(log("drain", "fill", "drain", "weather"));

    assertThat(log.cutOff()).isFalse();
    assertThat(log.stages()).containsOnlyKeys(Stage.DRAIN, Stage.FILL);
    assertThat(log.stages().get(Stage.DRAIN).getTotalCount()).isEqualTo(2_000);
    assertThat(log.stages().get(Stage.FILL).getTotalCount()).isEqualTo(1_000);
    assertThat(log.stages().get(Stage.DRAIN).getValueAtPercentile(50)).isEqualTo(50_015);
  }

  @Test
  void leavesOutAnIntervalThatWasNotWrittenToItsEnd() throws Exception {
    String whole = Files.readString(log("fill", "fill"));
    int lastLine = whole.lastIndexOf('\n', whole.length() - 2) + 1;
    for (int end = lastLine + 1; end < whole.length(); end += 7) {
      Path file = Files.writeString(dir.resolve("cut.hlog"), whole.substring(0, end));

      LatencyLog log = LatencyLog.read(file);

      assertThat(log.cutOff()).isTrue();
      assertThat(log.stages().get(Stage.FILL).getTotalCount()).isEqualTo(1_000);
    }
  }

  @Test
  void namesALineThatIsDamaged() throws Exception {
    String whole = Files.readString(log("fill", "fill"));
    int payload = whole.indexOf("HISTF");
    Path file =
        Files.writeString(
            dir.resolve("bad.hlog"),
            whole.substring(0, payload) + "XXXX" + whole.substring(payload + 4));

    assertThatThrownBy(() -> LatencyLog.read(file))
        .isInstanceOf(BadRunDirectoryException.class)
        .hasMessage(
            file
                + ", line 4: not an interval of an HdrHistogram log. Restore the file, or delete it"
                + " to report without this fork's latencies.");
  }

  @Test
  void takesAnEmptyLogAsNoLatencies() throws Exception {
    LatencyLog log = LatencyLog.read(Files.writeString(dir.resolve("empty.hlog"), ""));

    assertThat(log.stages()).isEmpty();
    assertThat(log.cutOff()).isFalse();
  }

  private Path log(String... tags) throws IOException {
    Path file = dir.resolve("x.hlog");
    try (PrintStream out =
        new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8)) {
      HistogramLogWriter writer = new HistogramLogWriter(out);
      writer.outputLogFormatVersion();
      writer.outputStartTime(0);
      writer.outputLegend();
      for (String tag : tags) {
        Histogram histogram = new Histogram(3);
        for (int i = 1; i <= 1_000; i++) {
          histogram.recordValue(i * 100L);
        }
        histogram.setTag(tag);
        writer.outputIntervalHistogram(histogram);
      }
    }
    return file;
  }
}
