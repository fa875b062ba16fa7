// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.p2pbench.discovery.AddressRange;
import org.p2pbench.proof.BlockCounters;

/**
 * Where the transactions of a fork run, resolved and allowed.
 *
 * @param sources filled from; empty for a generator
 * @param targets drained to, at least one
 * @param pinsPages whether O_DIRECT I/O there pins pages (not on tmpfs, which copies)
 * @param allocateFile {@code p2pmem/allocate} of the CMB's controller; empty without a CMB
 * @param deviceMemory physical ranges of that controller's BARs
 * @param spanBytes bytes used at each end
 * @param owned given back when the fork ends
 */
public record TransferPlaces(
    List<End> sources,
    List<End> targets,
    boolean pinsPages,
    Optional<Path> allocateFile,
    List<AddressRange> deviceMemory,
    long spanBytes,
    AutoCloseable owned) {

  /**
   * A source or a target.
   *
   * @param path its file or block device
   * @param identity of the block device that was judged; empty for a file
   * @param own whether it is a fresh file of our own, so that it may be stamped
   * @param counters of the block devices behind it
   */
  public record End(Path path, Optional<String> identity, boolean own, BlockCounters counters) {}

  /**
   * From where to where a thread moves.
   *
   * @param source empty for a generator
   */
  public record Route(Optional<End> source, End target) {

    /** "A to B", or "to B". */
    @Override
    public String toString() {
      return source.map(s -> s.path() + " ").orElse("") + "to " + target.path();
    }
  }

  /** The route of a thread, counted from 0: threads take turns on both. */
  Route route(int thread) {
    return new Route(
        sources.isEmpty() ? Optional.empty() : Optional.of(sources.get(thread % sources.size())),
        targets.get(thread % targets.size()));
  }

  /** The routes that so many threads take, each once. */
  List<Route> routes(int threads) {
    return IntStream.range(0, threads).mapToObj(this::route).distinct().toList();
  }
}
