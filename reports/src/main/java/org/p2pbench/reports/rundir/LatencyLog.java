// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.rundir;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
    byte[] text = Files.readAllBytes(file);
    Map<Stage, LatencyCounts> stages = new EnumMap<>(Stage.class);
    int start = 0;
    try (HistogramPayload payload = new HistogramPayload()) {
      // Half a line may decode to half a histogram without a word: a line without its end is out.
      for (int line = 1, end = lineEnd(text, 0); end < text.length; line++) {
        if (isInterval(text, start, end)) {
          add(file, line, Arrays.copyOfRange(text, start, end), payload, stages);
        }
        start = end + 1;
        end = lineEnd(text, start);
      }
    }
    return new LatencyLog(stages, start < text.length);
  }

  private static int lineEnd(byte[] text, int start) {
    int end = start;
    while (end < text.length && text[end] != '\n') {
      end++;
    }
    return end;
  }

  /** Neither a comment, nor the legend, nor blank. */
  private static boolean isInterval(byte[] text, int start, int end) {
    if (start < end && (text[start] == '#' || text[start] == '"')) {
      return false;
    }
    int i = start;
    while (i < end && Character.isWhitespace(text[i] & 0xff)) {
      i++;
    }
    return i < end;
  }

  private static void add(
      Path file, int line, byte[] text, HistogramPayload payload, Map<Stage, LatencyCounts> stages)
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
  private static void add(byte[] line, HistogramPayload payload, Map<Stage, LatencyCounts> stages)
      throws DataFormatException {
    int comma = line.length - 1;
    while (line[comma] != ',') {
      comma--;
    }
    // Any byte is a character of ISO 8859-1, so a damaged line is met where it stands.
    String[] fields = new String(line, 0, comma, StandardCharsets.ISO_8859_1).split(",", -1);
    int tags = fields[0].startsWith(TAG) ? 1 : 0;
    for (int i = tags; i < tags + NUMBERS; i++) {
      Double.parseDouble(fields[i]);
    }
    if (fields.length != tags + NUMBERS) {
      throw new DataFormatException("too many fields");
    }
    Optional<Stage> stage = Stage.of(tags == 0 ? "" : fields[0].substring(TAG.length()));
    // Of a stage that nobody knows only that it is a histogram matters.
    payload.addTo(
        stage
            .map(known -> stages.computeIfAbsent(known, s -> new LatencyCounts()))
            .orElseGet(LatencyCounts::new),
        Base64.getDecoder().decode(trimmed(line, comma + 1)));
  }

  private static byte[] trimmed(byte[] line, int from) {
    int start = from;
    int end = line.length;
    while (start < end && (line[start] & 0xff) <= ' ') {
      start++;
    }
    while (start < end && (line[end - 1] & 0xff) <= ' ') {
      end--;
    }
    return Arrays.copyOfRange(line, start, end);
  }
}
