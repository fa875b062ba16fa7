// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.rundir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.DataFormatException;

/**
 * The latencies of one fork: its interval histograms added up by stage. {@code cutOff} says that
 * the log's last interval was not written to its end and was left out.
 */
public record LatencyLog(Map<Stage, LatencyCounts> stages, boolean cutOff) {

  private static final String TAG = "Tag=";
  private static final int NUMBERS = 3;

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
    Map<Stage, LatencyCounts> stages = new EnumMap<>(Stage.class);
    // Half a line may decode to half a histogram without a word: a line without its end is out.
    int complete = cutOff ? lines.length - 1 : lines.length;
    try (HistogramPayload payload = new HistogramPayload()) {
      for (int i = 0; i < complete; i++) {
        if (!lines[i].isBlank() && !lines[i].startsWith("#") && !lines[i].startsWith("\"")) {
          add(file, i + 1, lines[i], payload, stages);
        }
      }
    }
    return new LatencyLog(stages, cutOff);
  }

  private static void add(
      Path file, int line, String text, HistogramPayload payload, Map<Stage, LatencyCounts> stages)
      throws BadRunDirectoryException {
    try {
      add(text, payload, stages);
      return;
    } catch (RuntimeException | DataFormatException e) {
      // Whatever the decoder trips over, the line is damaged: said below.
    }
    throw new BadRunDirectoryException(
        file
            + ", line "
            + line
            + ": not an interval of an HdrHistogram log. Restore the file, or delete it to report"
            + " without this fork's latencies.");
  }

  /**
   * {@code Tag=fill,start,length,max,histogram}, as HistogramLogReader takes it: that compiles a
   * dozen patterns for each line.
   */
  private static void add(String line, HistogramPayload payload, Map<Stage, LatencyCounts> stages)
      throws DataFormatException {
    String[] fields = line.split(",", -1);
    int tags = fields[0].startsWith(TAG) ? 1 : 0;
    for (int i = tags; i < tags + NUMBERS; i++) {
      Double.parseDouble(fields[i]);
    }
    if (fields.length != tags + NUMBERS + 1) {
      throw new DataFormatException("too many fields");
    }
    byte[] bytes = Base64.getDecoder().decode(fields[tags + NUMBERS].trim());
    Optional<Stage> stage = Stage.of(tags == 0 ? "" : fields[0].substring(TAG.length()));
    // Of a stage that nobody knows only that it is a histogram matters.
    payload.addTo(
        stage
            .map(known -> stages.computeIfAbsent(known, s -> new LatencyCounts()))
            .orElseGet(LatencyCounts::new),
        bytes);
  }
}
