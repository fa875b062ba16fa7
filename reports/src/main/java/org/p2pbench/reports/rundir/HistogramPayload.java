// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.rundir;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.HdrHistogram.Histogram;

/**
 * Decodes the histograms of a log. What this project's own recorder writes (the library's V2
 * encoding, three digits from 1 ns) goes straight into the counts: the library makes a histogram of
 * each interval that can hold the longest latency, walks through all of it to add it up, and takes
 * four fifths of the time of comparing two runs with it. Any other histogram is the library's.
 *
 * <p>Not thread-safe. Source of the format: encodeIntoByteBuffer and
 * fillCountsArrayFromSourceBuffer of HdrHistogram 2's AbstractHistogram.
 */
final class HistogramPayload implements AutoCloseable {
  private static final int COMPRESSED_V2 = 0x1c849314;
  private static final int V2 = 0x1c849313;
  private static final int DIGITS = 3;
  private static final int SMALLEST_BUFFER = 1 << 14;
  private static final int LAST_SHIFT = 56;

  private final Inflater inflater = new Inflater();
  private byte[] plain = new byte[SMALLEST_BUFFER];

  /**
   * Adds the counts of one histogram.
   *
   * @param encoded a compressed histogram, whole
   * @throws DataFormatException where it is none, or is damaged
   */
  void addTo(LatencyCounts counts, byte[] encoded) throws DataFormatException {
    try {
      ByteBuffer compressed = ByteBuffer.wrap(encoded);
      if (compressed.getInt() == COMPRESSED_V2) {
        int length = compressed.getInt();
        int size = inflated(encoded, compressed.position(), length);
        ByteBuffer header = ByteBuffer.wrap(plain, 0, size);
        if (header.getInt() == V2) {
          int countsLength = header.getInt();
          int offset = header.getInt();
          int digits = header.getInt();
          long lowest = header.getLong();
          header.getLong(); // the highest value that it could hold
          header.getDouble(); // the factor between integers and doubles
          if (digits == DIGITS && lowest == 1 && offset == 0) {
            if (countsLength != header.remaining()) {
              throw new DataFormatException("not as long as it says");
            }
            addCounts(counts, plain, header.position(), size);
            return;
          }
        }
      }
      counts.add(Histogram.decodeFromCompressedByteBuffer(ByteBuffer.wrap(encoded), 0));
    } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
      throw malformed(e);
    }
  }

  private int inflated(byte[] encoded, int offset, int length) throws DataFormatException {
    inflater.reset();
    inflater.setInput(encoded, offset, length);
    int size = 0;
    while (!inflater.finished()) {
      if (size == plain.length) {
        plain = Arrays.copyOf(plain, 2 * size);
      }
      int more = inflater.inflate(plain, size, plain.length - size);
      if (more == 0 && !inflater.finished()) {
        throw new DataFormatException("cut off");
      }
      size += more;
    }
    return size;
  }

  /**
   * Counts from bucket 0 on, as ZigZag LEB128; one below zero is so many empty buckets. LEB128 has
   * seven bits to a byte, the lowest first, the ninth byte whole; bit 0 is ZigZag's sign.
   */
  private static void addCounts(LatencyCounts counts, byte[] from, int start, int end)
      throws DataFormatException {
    long bucket = 0;
    int at = start;
    while (at < end) {
      long value = from[at++];
      if (value < 0) {
        value &= 0x7f;
        long next = -1;
        for (int shift = 7; next < 0 && shift <= LAST_SHIFT; shift += 7) {
          next = from[at++];
          value |= (shift == LAST_SHIFT ? next & 0xff : next & 0x7f) << shift;
        }
      }
      long count = value >>> 1 ^ -(value & 1);
      bucket += count < 0 ? -count : 1;
      if (at > end || bucket < 0 || bucket > LatencyCounts.BUCKETS) {
        throw new DataFormatException("cut off, or more buckets than there can be");
      }
      if (count > 0) {
        counts.add((int) bucket - 1, count);
      }
    }
  }

  private static DataFormatException malformed(RuntimeException cause) {
    DataFormatException malformed = new DataFormatException("not a histogram");
    malformed.initCause(cause);
    return malformed;
  }

  @Override
  public void close() {
    inflater.end();
  }
}
