// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.rundir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;
import org.HdrHistogram.HistogramLogWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LatencyLogTest {
  @TempDir private Path dir;

  @Test
  void addsUpTheIntervalsOfEachStage() throws Exception {
    LatencyLog log = LatencyLog.read(log("drain", "fill", "drain", "weather"));

    assertThat(log.cutOff()).isFalse();
    assertThat(log.stages()).containsOnlyKeys(Stage.DRAIN, Stage.FILL);
    assertThat(log.stages().get(Stage.DRAIN).total()).isEqualTo(2_000);
    assertThat(log.stages().get(Stage.FILL).total()).isEqualTo(1_000);
  }

  @ParameterizedTest
  @CsvSource({"1, 3", "1, 2", "1, 4", "1, 5", "1000, 3"})
  void countsWhatTheLibraryCounts(long lowest, int digits) throws Exception {
    Random random = new Random(digits);
    Histogram first = new Histogram(lowest, TimeUnit.MINUTES.toNanos(1), digits);
    Histogram second = new Histogram(lowest, TimeUnit.HOURS.toNanos(1), digits);
    for (int i = 0; i < 20_000; i++) {
      first.recordValue((long) Math.exp(24 * random.nextDouble()));
      second.recordValueWithCount((long) Math.exp(28 * random.nextDouble()), 1L << i % 40);
    }
    Histogram expected = new Histogram(3);
    expected.add(first);
    expected.add(second);

    LatencyCounts counts =
        LatencyLog.read(log(tagged("drain", first), tagged("drain", second)))
            .stages()
            .get(Stage.DRAIN);

    assertThat(buckets(counts)).isEqualTo(buckets(expected));
    assertThat(counts.total()).isEqualTo(expected.getTotalCount());
  }

  private static SortedMap<Long, Long> buckets(LatencyCounts counts) {
    SortedMap<Long, Long> buckets = new TreeMap<>();
    for (int i = 0; i < counts.end(); i++) {
      if (counts.in(i) > 0) {
        buckets.put(LatencyCounts.lowestNs(i) + LatencyCounts.widthNs(i) - 1, counts.in(i));
      }
    }
    return buckets;
  }

  private static SortedMap<Long, Long> buckets(Histogram histogram) {
    SortedMap<Long, Long> buckets = new TreeMap<>();
    for (HistogramIterationValue value : histogram.recordedValues()) {
      buckets.put(value.getValueIteratedTo(), value.getCountAtValueIteratedTo());
    }
    return buckets;
  }

  @Test
  void namesALineOfWhichAnyByteIsDamaged() throws Exception {
    String whole = Files.readString(log("fill"));
    int payload = whole.indexOf("HISTF");
    byte[] bytes = Base64.getDecoder().decode(whole.substring(payload).trim());
    int taken = 0;
    for (int i = 0; i < bytes.length; i++) {
      byte[] damaged = bytes.clone();
      damaged[i] ^= 0x10;
      String line = whole.substring(0, payload) + Base64.getEncoder().encodeToString(damaged);
      Path file = Files.writeString(dir.resolve("bad.hlog"), line + "\n");
      try {
        LatencyLog.read(file);
        taken++;
      } catch (BadRunDirectoryException e) {
        assertThat(e).hasMessageStartingWith(file + ", line 4: not an interval of an HdrHistogram");
      }
    }
    // The rest is under the checksum of the compression but for flags that change nothing.
    assertThat(taken).isLessThan(4);
  }

  @Test
  void leavesOutAnIntervalThatWasNotWrittenToItsEnd() throws Exception {
    String whole = Files.readString(log("fill", "fill"));
    int lastLine = whole.lastIndexOf('\n', whole.length() - 2) + 1;
    for (int end = lastLine + 1; end < whole.length(); end += 7) {
      Path file = Files.writeString(dir.resolve("cut.hlog"), whole.substring(0, end));

      LatencyLog log = LatencyLog.read(file);

      assertThat(log.cutOff()).isTrue();
      assertThat(log.stages().get(Stage.FILL).total()).isEqualTo(1_000);
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

  private static Histogram tagged(String tag, Histogram histogram) {
    histogram.setTag(tag);
    return histogram;
  }

  private Path log(String... tags) throws IOException {
    return log(Arrays.stream(tags).map(tag -> tagged(tag, thousand())).toArray(Histogram[]::new));
  }

  private static Histogram thousand() {
    Histogram histogram = new Histogram(3);
    for (int i = 1; i <= 1_000; i++) {
      histogram.recordValue(i * 100L);
    }
    return histogram;
  }

  private Path log(Histogram... intervals) throws IOException {
    Path file = dir.resolve("x.hlog");
    try (PrintStream out =
        new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8)) {
      HistogramLogWriter writer = new HistogramLogWriter(out);
      writer.outputLogFormatVersion();
      writer.outputStartTime(0);
      writer.outputLegend();
      for (Histogram interval : intervals) {
        writer.outputIntervalHistogram(interval);
      }
    }
    return file;
  }
}
