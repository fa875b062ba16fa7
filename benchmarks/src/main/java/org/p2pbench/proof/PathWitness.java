// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.proof;

import static org.p2pbench.proof.BlockCounters.Direction.READ;
import static org.p2pbench.proof.BlockCounters.Direction.WRITTEN;
import static org.p2pbench.proof.Evidence.Witness.BLOCK_COUNTERS;
import static org.p2pbench.proof.Evidence.Witness.PAGE_CACHE;
import static org.p2pbench.proof.Evidence.Witness.PHYSICAL_ADDRESS;
import static org.p2pbench.proof.Evidence.Witness.PINS;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.p2pbench.discovery.AddressRange;
import org.p2pbench.proof.BlockCounters.Direction;
import org.p2pbench.transfer.BasePage;
import org.p2pbench.transfer.CachedPages;
import org.p2pbench.transfer.TransferException;

/**
 * Watches a known number of transactions and compares what the kernel saw with what they claim. A
 * filesystem that falls back to buffered I/O copies with the CPU and reports success; only the
 * witnesses here betray it. Used by one thread: {@link #begin}, the transactions, {@link #verdict}.
 */
public final class PathWitness {

  private static final int PAGES_SAMPLED = 16;

  /**
   * What is claimed of the transactions watched.
   *
   * @param deviceMemory ranges of the BAR that the buffer must lie in; empty: it must be system RAM
   * @param pinnedPages pages that the kernel must have pinned in all, 0 when registered once
   * @param source counters of what the fills read from
   * @param target counters of what the drains write to
   * @param bytesRead bytes moved by the fills
   * @param bytesWritten bytes moved by the drains
   * @param targetPath where the drains went, null for none
   */
  public record Claim(
      List<AddressRange> deviceMemory,
      long pinnedPages,
      BlockCounters source,
      BlockCounters target,
      long bytesRead,
      long bytesWritten,
      Path targetPath) {}

  private final Claim claim;
  private Optional<PinCounters> pinsBefore = Optional.empty();
  private OptionalLong readBefore = OptionalLong.empty();
  private OptionalLong writtenBefore = OptionalLong.empty();

  /** Prepares to watch; nothing is read before {@link #begin}. */
  public PathWitness(Claim claim) {
    this.claim = claim;
  }

  /** Reads the counters before the transactions. */
  public void begin() {
    readBefore = claim.source.bytes(READ);
    writtenBefore = claim.target.bytes(WRITTEN);
    pinsBefore = PinCounters.read();
  }

  /**
   * Reads the counters after the transactions and decides.
   *
   * @param bufferAddresses physical addresses of the buffers used, empty ones where hidden
   */
  public PathVerdict verdict(List<OptionalLong> bufferAddresses) {
    final Optional<PinCounters> pinsAfter = PinCounters.read();
    List<Evidence> evidence = new ArrayList<>();
    evidence.add(addresses(bufferAddresses));
    evidence.add(pins(pinsAfter));
    if (claim.bytesRead > 0) {
      evidence.add(blocks(READ, claim.source, readBefore, claim.bytesRead));
    }
    if (claim.bytesWritten > 0) {
      evidence.add(blocks(WRITTEN, claim.target, writtenBefore, claim.bytesWritten));
      evidence.add(pageCache());
    }
    // The address proves device memory; for system memory, of which there is nothing special to
    // prove, what matters is that the device moved the data and that pages were pinned as claimed.
    List<Evidence.Witness> needed =
        claim.deviceMemory.isEmpty()
            ? List.of(PINS, BLOCK_COUNTERS)
            : List.of(PHYSICAL_ADDRESS, PINS, BLOCK_COUNTERS);
    return PathVerdict.of(needed, evidence);
  }

  private Evidence addresses(List<OptionalLong> addresses) {
    if (addresses.stream().anyMatch(OptionalLong::isEmpty)) {
      return Evidence.unavailable(
          PHYSICAL_ADDRESS, "the kernel shows physical addresses only to root (CAP_SYS_ADMIN)");
    }
    List<AddressRange> ranges = claim.deviceMemory.isEmpty() ? systemRam() : claim.deviceMemory;
    String what = claim.deviceMemory.isEmpty() ? "system RAM" : "the controller's BAR";
    if (ranges.isEmpty()) {
      return Evidence.unavailable(PHYSICAL_ADDRESS, "/proc/iomem hides its addresses");
    }
    for (OptionalLong address : addresses) {
      long physical = address.getAsLong();
      if (ranges.stream().noneMatch(r -> r.contains(physical))) {
        return Evidence.contradicts(
            PHYSICAL_ADDRESS, "buffer at 0x%x is not in %s".formatted(physical, what));
      }
    }
    long first = addresses.get(0).getAsLong();
    String where =
        ranges.stream()
            .filter(r -> r.contains(first))
            .map(AddressRange::toString)
            .findFirst()
            .orElseThrow();
    return Evidence.confirms(
        PHYSICAL_ADDRESS,
        "%d buffers, the first at 0x%x, in %s %s".formatted(addresses.size(), first, what, where));
  }

  private Evidence pins(Optional<PinCounters> after) {
    if (after.isEmpty() || pinsBefore.isEmpty()) {
      return Evidence.unavailable(PINS, "this kernel does not count pins in /proc/vmstat");
    }
    if (!PinCounters.exact()) {
      return Evidence.unavailable(
          PINS, "exact pin counts need read permission on /proc/sys/vm/stat_refresh (root)");
    }
    long seen = after.get().minus(pinsBefore.get()).acquired();
    String detail = "%d pins for %d expected".formatted(seen, claim.pinnedPages);
    if (seen < claim.pinnedPages) {
      return Evidence.contradicts(PINS, detail + ": pages were copied, not handed to the device");
    }
    // More than expected: another process pins too. With none expected that would hide a pin.
    boolean strangers = seen > claim.pinnedPages;
    if (strangers && claim.pinnedPages == 0) {
      return Evidence.unavailable(PINS, detail + ": another process pins pages at the same time");
    }
    return Evidence.confirms(PINS, strangers ? detail + " (others pin too)" : detail);
  }

  private static Evidence blocks(
      Direction direction, BlockCounters counters, OptionalLong before, long bytes) {
    OptionalLong after = counters.bytes(direction);
    if (before.isEmpty() || after.isEmpty()) {
      return Evidence.unavailable(
          BLOCK_COUNTERS,
          counters.obstacle().orElse("the I/O statistics could not be read all the time"));
    }
    long seen = after.getAsLong() - before.getAsLong();
    String detail =
        "%d bytes %s by the device, %d expected".formatted(seen, direction.verb(), bytes);
    return seen >= bytes
        ? Evidence.confirms(BLOCK_COUNTERS, detail)
        : Evidence.contradicts(BLOCK_COUNTERS, detail);
  }

  private Evidence pageCache() {
    long pages = BasePage.spannedBy(0, claim.bytesWritten);
    long step = Math.max(1, pages / PAGES_SAMPLED);
    int asked = 0;
    long cached = 0;
    try {
      for (long page = 0; page < pages; page += step) {
        asked++;
        cached += CachedPages.count(claim.targetPath, page * BasePage.bytes(), BasePage.bytes());
      }
    } catch (TransferException e) {
      return Evidence.unavailable(PAGE_CACHE, "the target cannot be mapped: " + e.errnoName());
    }
    String detail =
        "%d of %d sampled pages of the target in the page cache".formatted(cached, asked);
    return cached == 0
        ? Evidence.confirms(PAGE_CACHE, detail)
        : Evidence.contradicts(PAGE_CACHE, detail + ": written through a CPU copy");
  }

  private static List<AddressRange> systemRam() {
    List<AddressRange> ranges = new ArrayList<>();
    try {
      for (String line : Files.readAllLines(Path.of("/proc/iomem"))) {
        if (line.endsWith(" : System RAM") && !line.startsWith(" ")) {
          String[] bounds = line.substring(0, line.indexOf(' ')).split("-");
          ranges.add(
              new AddressRange(
                  Long.parseUnsignedLong(bounds[0], 16), Long.parseUnsignedLong(bounds[1], 16)));
        }
      }
    } catch (IOException noProc) {
      return List.of();
    }
    // Without CAP_SYS_ADMIN the kernel prints zeros.
    ranges.removeIf(r -> r.end() == 0);
    return ranges;
  }
}
