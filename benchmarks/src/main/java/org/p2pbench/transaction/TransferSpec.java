// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import java.util.function.Consumer;
import org.p2pbench.transfer.Engine;
import org.p2pbench.transfer.Pattern;
import org.p2pbench.transfer.Pinning;

/**
 * What a row measures: everything that its twin may differ in, and nothing of where. Checked as a
 * whole at construction, so that nonsense is refused before any I/O.
 *
 * @param memory where blocks rest
 * @param pinning when pages are pinned
 * @param engine what issues the I/O
 * @param blockBytes bytes of one transaction, a multiple of 512
 * @param depth transactions in flight for each thread, 1 to 256
 * @param threads threads, each with transactions of its own
 * @param staging extra CPU copies into the I/O buffer, 0 or 1
 * @param pattern order of the blocks
 * @param hugePages whether 2 MiB pages are asked for
 * @param fills false where the source is a generator, so that the drain alone is measured
 * @param layout on how many sources and targets the threads take turns
 */
public record TransferSpec(
    MemoryChoice memory,
    Pinning pinning,
    Engine engine,
    long blockBytes,
    int depth,
    int threads,
    int staging,
    Pattern pattern,
    boolean hugePages,
    boolean fills,
    Layout layout) {

  private static final int MAX_DEPTH = 256;
  private static final int MAX_THREADS = 1024;
  private static final long MAX_BLOCK_BYTES = 1L << 30;

  /**
   * Checks the combination.
   *
   * @throws IllegalArgumentException one line: what, why, what to do
   */
  public TransferSpec {
    require(
        blockBytes > 0 && blockBytes % 512 == 0 && blockBytes <= MAX_BLOCK_BYTES,
        "block size %d is not a multiple of 512 bytes between 512 and 1 GiB: choose one such as 4096",
        blockBytes);
    require(
        depth >= 1 && depth <= MAX_DEPTH,
        "depth %d is out of range: 1 to %d transactions in flight",
        depth,
        MAX_DEPTH);
    require(
        threads >= 1 && threads <= MAX_THREADS,
        "threads %d is out of range: 1 to %d",
        threads,
        MAX_THREADS);
    require(
        threads >= layout.leastThreads(),
        "threads %d is too few for %s, each of which has a thread at least: use --threads %d or more,"
            + " or name fewer",
        threads,
        layout.ends(),
        layout.leastThreads());
    require(
        fills || layout.sources() == 1,
        "a drain alone reads no source, but %d are named: name none, or leave out --drain-only",
        layout.sources());
    require(staging == 0 || staging == 1, "staging %d is out of range: 0 or 1 copies", staging);
    require(
        engine != Engine.SYNC || depth == 1,
        "engine sync has one transaction in flight, not depth %d: use --engine io_uring, or --threads"
            + " %d",
        depth,
        depth);
    require(
        engine != Engine.SYNC || pinning != Pinning.REGISTERED,
        "pinning registered needs --engine io_uring: pread and pwrite have no registered buffers");
    require(
        memory != MemoryChoice.PAGE_CACHE || pinning == Pinning.NONE,
        "memory page-cache pins nothing of the caller's: use --pinning none, not %s",
        pinning.label());
    require(
        memory == MemoryChoice.PAGE_CACHE || pinning != Pinning.NONE,
        "pinning none is for --memory page-cache: O_DIRECT to %s pins pages",
        memory.label());
    require(
        !hugePages || memory == MemoryChoice.RAM || memory == MemoryChoice.CMB_EMULATED,
        "2 MiB pages are for memory ram and cmb-emulated: %s has pages of its own",
        memory.label());
  }

  /** The same on one source and one target. */
  public TransferSpec(
      MemoryChoice memory,
      Pinning pinning,
      Engine engine,
      long blockBytes,
      int depth,
      int threads,
      int staging,
      Pattern pattern,
      boolean hugePages,
      boolean fills) {
    this(
        memory,
        pinning,
        engine,
        blockBytes,
        depth,
        threads,
        staging,
        pattern,
        hugePages,
        fills,
        Layout.PLAIN);
  }

  /** The plainest transfer: one transaction in flight, pinned as the memory asks, no copy. */
  public static TransferSpec of(MemoryChoice memory, Engine engine, long blockBytes) {
    Pinning pinning = memory.direct() ? Pinning.PER_TRANSACTION : Pinning.NONE;
    return new TransferSpec(
        memory, pinning, engine, blockBytes, 1, 1, 0, Pattern.SEQUENTIAL, false, true);
  }

  /** The same with so many transactions in flight on each of so many threads. */
  public TransferSpec scaled(int newDepth, int newThreads) {
    return with(
        draft -> {
          draft.depth = newDepth;
          draft.threads = newThreads;
        });
  }

  /** The same with buffers registered once. */
  public TransferSpec registered() {
    return with(draft -> draft.pinning = Pinning.REGISTERED);
  }

  /** The same with one extra CPU copy into the I/O buffer. */
  public TransferSpec staged() {
    return with(draft -> draft.staging = 1);
  }

  /** The same on 2 MiB pages. */
  public TransferSpec onHugePages() {
    return with(draft -> draft.hugePages = true);
  }

  /** The same on so many sources and targets. */
  public TransferSpec laidOut(Layout other) {
    return with(draft -> draft.layout = other);
  }

  /** The same without fills: the drain alone. */
  public TransferSpec drainOnly() {
    return with(draft -> draft.fills = false);
  }

  /** What a variant may differ in. */
  private static final class Draft {
    private Pinning pinning;
    private int depth;
    private int threads;
    private int staging;
    private boolean hugePages;
    private boolean fills;
    private Layout layout;
  }

  private TransferSpec with(Consumer<Draft> change) {
    Draft draft = new Draft();
    draft.pinning = pinning;
    draft.depth = depth;
    draft.threads = threads;
    draft.staging = staging;
    draft.hugePages = hugePages;
    draft.fills = fills;
    draft.layout = layout;
    change.accept(draft);
    return new TransferSpec(
        memory,
        draft.pinning,
        engine,
        blockBytes,
        draft.depth,
        draft.threads,
        draft.staging,
        pattern,
        draft.hugePages,
        draft.fills,
        draft.layout);
  }

  private static void require(boolean holds, String message, Object... values) {
    if (!holds) {
      throw new IllegalArgumentException(message.formatted(values));
    }
  }
}
