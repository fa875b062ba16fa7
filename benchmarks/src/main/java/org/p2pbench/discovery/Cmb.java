// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.discovery;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A controller's memory buffer as the kernel offers it to user space. Immutable: availableBytes is
 * what was free when it was read.
 *
 * @param sizeBytes bytes that the kernel manages
 * @param availableBytes bytes that nobody had allocated, not necessarily in one piece
 * @param published the kernel lets its own users have it: the drive takes data in both directions
 *     (RDS and WDS)
 * @param allocateFile the file whose mapping is a chunk of the CMB
 * @param registers the drive's own statement, where it could be read
 * @param bars the controller's memory BARs, by number; free ones are empty
 */
public record Cmb(
    long sizeBytes,
    long availableBytes,
    boolean published,
    Path allocateFile,
    Optional<CmbRegisters> registers,
    List<Optional<AddressRange>> bars) {
  public Cmb {
    bars = List.copyOf(bars);
  }

  /** The same CMB, what is free read again now. */
  public Cmb refreshed() {
    Path file = allocateFile.resolveSibling("available");
    long now = KernelFiles.number(file).orElse(availableBytes);
    return new Cmb(sizeBytes, now, published, allocateFile, registers, bars);
  }

  /** Where the CMB lies, by its registers; empty where those are not known. */
  public Optional<AddressRange> physicalRange() {
    return registers.flatMap(
        found ->
            bar(found.bar())
                .map(bar -> window(bar, found))
                .filter(range -> Long.compareUnsigned(range.start(), range.end()) < 0));
  }

  /**
   * Ranges that a physical address of this memory must lie in: the CMB's own or, where its place is
   * not known, every BAR of the controller.
   */
  public List<AddressRange> possibleRanges() {
    return physicalRange()
        .map(List::of)
        .orElseGet(() -> bars.stream().flatMap(Optional::stream).toList());
  }

  private Optional<AddressRange> bar(int number) {
    return number < bars.size() ? bars.get(number) : Optional.empty();
  }

  private static AddressRange window(AddressRange bar, CmbRegisters found) {
    long start = bar.start() + found.offsetBytes();
    long end = start + found.sizeBytes() - 1;
    return new AddressRange(start, Long.compareUnsigned(end, bar.end()) < 0 ? end : bar.end());
  }
}
