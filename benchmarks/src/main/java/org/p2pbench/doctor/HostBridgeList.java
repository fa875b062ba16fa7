// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * The host bridges that the kernel trusts to pass traffic between devices, by kernel version: data
 * in p2pdma-host-bridges.txt, which names its source. Immutable.
 */
final class HostBridgeList {
  private static final String RESOURCE = "p2pdma-host-bridges.txt";
  private static final int COLUMNS = 6;

  /** What the running kernel's list says of a host bridge. */
  enum Listing {
    /** It passes traffic between any two devices. */
    ANY,
    /** It passes traffic between two devices that are both below it. */
    SAME_ONLY,
    /** It is not in the list. */
    ABSENT,
    /** It came into the list in a version between those that were looked at. */
    UNKNOWN
  }

  private record Entry(
      int vendor,
      Optional<Integer> device,
      Listing listing,
      Optional<KernelVersion> without,
      Optional<KernelVersion> with) {
    boolean fits(int otherVendor, int otherDevice) {
      return vendor == otherVendor && device.map(id -> id == otherDevice).orElse(true);
    }

    Listing in(KernelVersion kernel) {
      if (with.isPresent() && kernel.compareTo(with.get()) >= 0) {
        return listing;
      }
      boolean tooOld =
          without.isPresent()
              && (kernel.compareTo(without.get()) <= 0 || kernel.sameSeries(without.get()));
      return tooOld || without.isEmpty() ? Listing.ABSENT : Listing.UNKNOWN;
    }
  }

  private final KernelVersion checked;
  private final List<Entry> entries;

  private HostBridgeList(KernelVersion checked, List<Entry> entries) {
    this.checked = checked;
    this.entries = List.copyOf(entries);
  }

  /** The list that comes with p2pbench. */
  static HostBridgeList builtIn() {
    try (InputStream stream = HostBridgeList.class.getResourceAsStream(RESOURCE);
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      return parse(reader.lines().toList());
    } catch (IOException unreadable) {
      throw new UncheckedIOException(RESOURCE, unreadable);
    }
  }

  static HostBridgeList parse(List<String> lines) {
    List<String> data =
        lines.stream().map(String::strip).filter(l -> !l.isEmpty() && !l.startsWith("#")).toList();
    KernelVersion checked =
        data.stream()
            .filter(line -> line.startsWith("checked "))
            .findFirst()
            .flatMap(line -> KernelVersion.parse(line.substring("checked ".length())))
            .orElseThrow(() -> new IllegalArgumentException(RESOURCE + ": no line 'checked'"));
    return new HostBridgeList(
        checked,
        data.stream()
            .filter(line -> !line.startsWith("checked "))
            .map(HostBridgeList::entry)
            .toList());
  }

  private static Entry entry(String line) {
    String[] fields = line.split("\\s+", COLUMNS);
    if (fields.length < COLUMNS) {
      throw new IllegalArgumentException(RESOURCE + ": not an entry: " + line);
    }
    return new Entry(
        Integer.parseInt(fields[0], 16),
        fields[1].equals("*") ? Optional.empty() : Optional.of(Integer.parseInt(fields[1], 16)),
        fields[2].equals("same") ? Listing.SAME_ONLY : Listing.ANY,
        KernelVersion.parse(fields[3]),
        KernelVersion.parse(fields[4]));
  }

  /**
   * What the list of that kernel says. A kernel newer than the newest one looked at may have
   * entries that are not known here.
   */
  Listing of(int vendor, int device, KernelVersion kernel) {
    Listing known =
        entries.stream()
            .filter(entry -> entry.fits(vendor, device))
            .findFirst()
            .map(entry -> entry.in(kernel))
            .orElse(Listing.ABSENT);
    boolean newer = kernel.compareTo(checked) > 0 && !kernel.sameSeries(checked);
    return known == Listing.ABSENT && newer ? Listing.UNKNOWN : known;
  }

  /** The newest version that was looked at. */
  KernelVersion checked() {
    return checked;
  }
}
