// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.rundir;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;

/**
 * The latencies of one fork: its interval histograms added up by stage, in ns. {@code cutOff} says
 * that the log's last interval was not written to its end and was left out.
 */
public record LatencyLog(Map<Stage, Histogram> stages, boolean cutOff) {

  private static final int SIGNIFICANT_DIGITS = 3;

  /**
   * Reads a log of HdrHistogram's format.
   *
   * @throws BadRunDirectoryException where a line is damaged that is not the last one
   * @throws IOException where the file cannot be read
   */
  public static LatencyLog read(Path file) throws BadRunDirectoryException, IOException {
    // Any byte is a character of ISO 8859-1, so a damaged line is met where it stands.
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    boolean cutOff = !text.isEmpty() && !text.endsWith("\n");
    String[] lines = text.split("\n");
    Map<Stage, Histogram> stages = new EnumMap<>(Stage.class);
    // Half a line may decode to half a histogram without a word: a line without its end is out.
    int complete = cutOff ? lines.length - 1 : lines.length;
    for (int i = 0; i < complete; i++) {
      if (!lines[i].isBlank() && !lines[i].startsWith("#") && !lines[i].startsWith("\"")) {
        add(interval(file, i + 1, lines[i]), stages);
      }
    }
    return new LatencyLog(stages, cutOff);
  }

  private static Histogram interval(Path file, int line, String text)
      throws BadRunDirectoryException {
    EncodableHistogram interval = null;
    try {
      byte[] bytes = (text + "\n").getBytes(StandardCharsets.ISO_8859_1);
      interval = new HistogramLogReader(new ByteArrayInputStream(bytes)).nextIntervalHistogram();
    } catch (RuntimeException e) {
      // Whatever the decoder trips over, the line is damaged: said below.
    }
    if (interval instanceof Histogram histogram) {
      return histogram;
    }
    throw new BadRunDirectoryException(
        file
            + ", line "
            + line
            + ": not an interval of an HdrHistogram log. Restore the file, or delete it to report"
            + " without this fork's latencies.");
  }

  private static void add(Histogram interval, Map<Stage, Histogram> stages) {
    Stage.of(interval.getTag() == null ? "" : interval.getTag())
        .ifPresent(
            stage ->
                stages
                    .computeIfAbsent(stage, s -> new Histogram(SIGNIFICANT_DIGITS))
                    .add(interval));
  }
}
