// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.discovery;

import java.util.Optional;

/** Physical addresses from start up to and with end. Immutable. */
public record AddressRange(long start, long end) {
  private static final String HEX = "0x";

  /** Reads one line of a PCI function's resource file: start, end, flags. Empty for a free slot. */
  public static Optional<AddressRange> ofResourceLine(String line) {
    String[] fields = line.strip().split("\\s+");
    if (fields.length < 2 || !fields[0].startsWith(HEX) || !fields[1].startsWith(HEX)) {
      return Optional.empty();
    }
    try {
      long start = Long.parseUnsignedLong(fields[0].substring(HEX.length()), 16);
      long end = Long.parseUnsignedLong(fields[1].substring(HEX.length()), 16);
      return end == 0 ? Optional.empty() : Optional.of(new AddressRange(start, end));
    } catch (NumberFormatException malformed) {
      return Optional.empty();
    }
  }

  /** Length in bytes. */
  public long bytes() {
    return end - start + 1;
  }

  /** True when the physical address is one of the range's. */
  public boolean contains(long physical) {
    return Long.compareUnsigned(physical, start) >= 0 && Long.compareUnsigned(physical, end) <= 0;
  }

  @Override
  public String toString() {
    return String.format("0x%x-0x%x", start, end);
  }
}
