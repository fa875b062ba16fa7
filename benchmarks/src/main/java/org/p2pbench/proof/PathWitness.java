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
 * witnesses here betray it. Used by one thread, once: {@link #watch}, then {@link #verdict}.
 *
 * <p>Pins are counted for the whole machine. More of them than claimed may be another process's, or
 * hide that ours are missing: nothing can be told from them. So transactions are watched a few at a
 * time, and a few beside which others pinned are repeated. Fewer pins than claimed, in whichever
 * try, refute the claim.
 */
public final class PathWitness {

  private static final int PAGES_SAMPLED = 16;

  /** So often each round may be tried, on the average of all: others pin in bursts. */
  private static final int TRIES = 4;

  /**
   * What is claimed of the transactions of each round.
   *
   * @param deviceMemory ranges of the BAR that the buffer must lie in; empty: it must be system RAM
   * @param pinnedPages pages that the kernel must have pinned, 0 when registered once
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

  /** The transactions watched, in rounds that can be repeated. */
  public interface Rounds {
    /** Makes a round ready; nobody watches. */
    void prepare(int round);

    /** Moves what the claim says, and returns when all of it has moved. */
    void move(int round);
  }

  private final Claim claim;
  private int rounds;
  private Optional<String> pinsHidden = Optional.empty();
  private long pins;
  private int roundsShort;
  private int roundsDisturbed;
  private OptionalLong bytesRead = OptionalLong.of(0);
  private OptionalLong bytesWritten = OptionalLong.of(0);

  /** Prepares to watch; nothing is read before {@link #watch}. */
  public PathWitness(Claim claim) {
    this.claim = claim;
  }

  /** Runs so many rounds, each again and again until others let it alone or tries run out. */
  public void watch(int count, Rounds transactions) {
    rounds = count;
    pinsHidden = pinsHidden();
    int tries = TRIES * count;
    for (int round = 0; round < count; round++) {
      Window window = look(round, transactions);
      tries--;
      int owedToOthers = count - round - 1;
      while (window.pins > claim.pinnedPages && tries > owedToOthers) {
        window = look(round, transactions);
        tries--;
      }
      add(window);
    }
  }

  /**
   * What was counted in one try of a round.
   *
   * @param pins as claimed where they cannot be counted
   */
  private record Window(long pins, OptionalLong read, OptionalLong written) {}

  private Window look(int round, Rounds transactions) {
    transactions.prepare(round);
    final OptionalLong readBefore = claim.source.bytes(READ);
    final OptionalLong writtenBefore = claim.target.bytes(WRITTEN);
    long pinsBefore = pinned();
    transactions.move(round);
    long seen = pinned() - pinsBefore;
    return new Window(
        pinsHidden.isPresent() ? claim.pinnedPages : seen,
        sum(claim.source.bytes(READ), readBefore, -1),
        sum(claim.target.bytes(WRITTEN), writtenBefore, -1));
  }

  private static long pinned() {
    return PinCounters.read().map(PinCounters::acquired).orElse(0L);
  }

  private void add(Window window) {
    pins += window.pins;
    roundsShort += window.pins < claim.pinnedPages ? 1 : 0;
    roundsDisturbed += window.pins > claim.pinnedPages ? 1 : 0;
    bytesRead = sum(bytesRead, window.read, 1);
    bytesWritten = sum(bytesWritten, window.written, 1);
  }

  /** Empty where one of the two could not be read. */
  private static OptionalLong sum(OptionalLong first, OptionalLong second, int sign) {
    return first.isPresent() && second.isPresent()
        ? OptionalLong.of(first.getAsLong() + sign * second.getAsLong())
        : OptionalLong.empty();
  }

  /**
   * Decides from what was seen of all rounds.
   *
   * @param bufferAddresses physical addresses of the buffers used, empty ones where hidden
   */
  public PathVerdict verdict(List<OptionalLong> bufferAddresses) {
    List<Evidence> evidence = new ArrayList<>();
    evidence.add(addresses(bufferAddresses));
    evidence.add(pins());
    if (claim.bytesRead > 0) {
      evidence.add(blocks(READ, claim.source, bytesRead, rounds * claim.bytesRead));
    }
    if (claim.bytesWritten > 0) {
      evidence.add(blocks(WRITTEN, claim.target, bytesWritten, rounds * claim.bytesWritten));
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
        "%s at 0x%x, in %s %s"
            .formatted(
                addresses.size() == 1 ? "1 buffer" : addresses.size() + " buffers, the first",
                first,
                what,
                where));
  }

  private static Optional<String> pinsHidden() {
    if (PinCounters.read().isEmpty()) {
      return Optional.of("this kernel does not count pins in /proc/vmstat");
    }
    return PinCounters.exact()
        ? Optional.empty()
        : Optional.of("exact pin counts need read permission on /proc/sys/vm/stat_refresh (root)");
  }

  private Evidence pins() {
    if (pinsHidden.isPresent()) {
      return Evidence.unavailable(PINS, pinsHidden.get());
    }
    String detail = "%d pins for %d expected".formatted(pins, rounds * claim.pinnedPages);
    if (roundsShort > 0) {
      String where = roundsDisturbed > 0 ? ", too few in %d rounds".formatted(roundsShort) : "";
      return Evidence.contradicts(
          PINS, detail + where + ": pages were copied, not handed to the device");
    }
    return roundsDisturbed > 0
        ? Evidence.unavailable(
            PINS, detail + ": another process pins pages at the same time; end it and run again")
        : Evidence.confirms(PINS, detail);
  }

  private static Evidence blocks(
      Direction direction, BlockCounters counters, OptionalLong seen, long bytes) {
    if (seen.isEmpty()) {
      return Evidence.unavailable(
          BLOCK_COUNTERS,
          counters.obstacle().orElse("the I/O statistics could not be read all the time"));
    }
    String detail =
        "%d bytes %s by the device, %d expected"
            .formatted(seen.getAsLong(), direction.verb(), bytes);
    return seen.getAsLong() >= bytes
        ? Evidence.confirms(BLOCK_COUNTERS, detail)
        : Evidence.contradicts(BLOCK_COUNTERS, detail);
  }

  private Evidence pageCache() {
    long pages = BasePage.spannedBy(0, rounds * claim.bytesWritten);
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
