// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
import org.p2pbench.proof.BlockCounters;
import org.p2pbench.proof.BlockStamp;
import org.p2pbench.proof.Mismatch;
import org.p2pbench.proof.PathVerdict;
import org.p2pbench.proof.PathWitness;
import org.p2pbench.transfer.BasePage;
import org.p2pbench.transfer.Endpoint;
import org.p2pbench.transfer.IoMemory;
import org.p2pbench.transfer.Transactor;
import org.p2pbench.transfer.TransferException;

/**
 * Sends blocks of known content through the path that is to be measured and reads them back from
 * the target by another descriptor, while the witnesses watch. Used by one thread, once.
 *
 * <p>Slots, staging buffers and target are poisoned before each try. A source of our own gets fresh
 * stamps; of one that is not ours the content is read beforehand by another descriptor.
 */
final class DataVerifier {

  /** About how much data one verification moves, in bytes. */
  private static final long TARGET_BYTES = 16L << 20;

  /** The same for device memory, which the CPU poisons through an uncached mapping. */
  private static final long TARGET_BYTES_OF_DEVICE = 1L << 20;

  /** What kernels say when one device's memory cannot be the other's DMA target. */
  private static final Set<String> UNREACHABLE = Set.of("EINVAL", "EREMOTEIO", "EOPNOTSUPP");

  private static final int LEAST_BLOCKS = 4;
  private static final int MOST_BLOCKS = 32;

  private final TransferSpec spec;
  private final TransferPlaces places;
  private final TransferPlaces.Route route;
  private final Watchdog watchdog;
  private final long epoch;
  private final long blocks;

  /** How it went. */
  record Result(ForkRecord.Verification verification, PathVerdict path) {

    /** Several as one, each told apart by its route. */
    static Result together(Map<TransferPlaces.Route, Result> results) {
      if (results.size() == 1) {
        return results.values().iterator().next();
      }
      Map<String, PathVerdict> paths = new LinkedHashMap<>();
      List<String> details = new ArrayList<>();
      long blocks = 0;
      long bytes = 0;
      for (Map.Entry<TransferPlaces.Route, Result> entry : results.entrySet()) {
        ForkRecord.Verification each = entry.getValue().verification;
        paths.put(entry.getKey().toString(), entry.getValue().path);
        details.add(entry.getKey() + ": " + each.detail());
        blocks += each.blocks();
        bytes += each.bytes();
      }
      return new Result(
          new ForkRecord.Verification("verified", blocks, bytes, String.join("; ", details)),
          PathVerdict.together(paths));
    }
  }

  /**
   * Plans a verification.
   *
   * @param route of the places' routes, the one to verify
   * @param watchdog over every I/O
   * @param spanBlocks blocks that there are at each end
   * @param epoch a number that no other verification on these endpoints used
   */
  DataVerifier(
      TransferSpec spec,
      TransferPlaces places,
      TransferPlaces.Route route,
      Watchdog watchdog,
      long spanBlocks,
      long epoch) {
    this.spec = spec;
    this.places = places;
    this.route = route;
    this.watchdog = watchdog;
    this.epoch = epoch;
    long targetBytes = spec.memory() == MemoryChoice.CMB ? TARGET_BYTES_OF_DEVICE : TARGET_BYTES;
    long wanted = Math.max(LEAST_BLOCKS, Math.min(MOST_BLOCKS, targetBytes / spec.blockBytes()));
    long rounds = Math.max(1, Math.min(wanted, spanBlocks) / spec.depth());
    this.blocks = rounds * spec.depth();
  }

  /**
   * Runs it.
   *
   * @param transactor of the path to be measured, quiescent
   * @param memory that its slots are in
   * @param target open for writing
   * @param readBack the target, opened once more for reading
   * @throws RigException FAILED: data came back wrong
   */
  Result run(Transactor transactor, IoMemory memory, Endpoint target, Endpoint readBack) {
    List<ByteBuffer> expected = prepareSource();
    PathWitness witness = new PathWitness(claim(transactor));
    try (BlockAccess access = BlockAccess.writing(target, spec.blockBytes(), blocks, watchdog)) {
      witness.watch(rounds(), new Moves(transactor, access, expected));
    }
    PathVerdict path = witness.verdict(addresses(transactor, memory));
    watchdog.sync(target);
    checkTarget(readBack, expected);
    String detail =
        stamps()
            ? "%d blocks stamped with epoch %x came back whole from the target"
                .formatted(blocks, epoch)
            : "%d blocks came back from the target as the source has them".formatted(blocks);
    return new Result(
        new ForkRecord.Verification("verified", blocks, blocks * spec.blockBytes(), detail), path);
  }

  /** Whether the content is ours to choose; a source that the user named is only read. */
  private boolean stamps() {
    return route.source().map(TransferPlaces.End::own).orElse(true);
  }

  private List<ByteBuffer> prepareSource() {
    if (stamps()) {
      List<ByteBuffer> stamped = new ArrayList<>();
      for (long block = 0; block < blocks; block++) {
        ByteBuffer content = ByteBuffer.allocate(Math.toIntExact(spec.blockBytes()));
        BlockStamp.write(content, block, epoch, spec.blockBytes());
        stamped.add(content);
      }
      if (spec.fills()) {
        writeSource(stamped);
      }
      return stamped;
    }
    return readSource();
  }

  private void writeSource(List<ByteBuffer> stamped) {
    try (Endpoint source = open(sourcePath(), Endpoint.Access.READ_WRITE);
        BlockAccess access = BlockAccess.writing(source, spec.blockBytes(), blocks, watchdog)) {
      for (int block = 0; block < blocks; block++) {
        access.write(block, stamped.get(block));
      }
      watchdog.sync(source);
    }
  }

  private List<ByteBuffer> readSource() {
    List<ByteBuffer> contents = new ArrayList<>();
    try (Endpoint source = open(sourcePath(), Endpoint.Access.READ);
        BlockAccess access = BlockAccess.reading(source, spec.blockBytes(), blocks, watchdog)) {
      for (int block = 0; block < blocks; block++) {
        ByteBuffer copy = ByteBuffer.allocate(Math.toIntExact(spec.blockBytes()));
        copy.put(access.read(block)).flip();
        contents.add(copy);
      }
    }
    return contents;
  }

  private Path sourcePath() {
    return route.source().orElseThrow().path();
  }

  private Endpoint open(Path path, Endpoint.Access access) {
    return Endpoint.open(path, access, spec.memory().direct());
  }

  /** As many blocks at a time as may be in flight. */
  private int rounds() {
    return Math.toIntExact(blocks / spec.depth());
  }

  /** The blocks' way through the path, round by round. */
  private final class Moves implements PathWitness.Rounds {

    private final Transactor transactor;
    private final BlockAccess target;
    private final List<ByteBuffer> expected;

    private Moves(Transactor transactor, BlockAccess target, List<ByteBuffer> expected) {
      this.transactor = transactor;
      this.target = target;
      this.expected = expected;
    }

    /** Of what an earlier try of the round left, nothing must pass for this one's. */
    @Override
    public void prepare(int round) {
      ByteBuffer poison = ByteBuffer.allocate(Math.toIntExact(spec.blockBytes()));
      BlockStamp.poison(poison);
      for (int slot = 0; slot < spec.depth(); slot++) {
        int block = round * spec.depth() + slot;
        target.write(block, poison);
        prepareSlot(transactor, slot, expected.get(block));
      }
    }

    /**
     * That two devices cannot reach each other shows at the first I/O only, by an errno that
     * differs between kernels and may mean many things; but here the same I/O through system memory
     * has just worked at both ends.
     */
    @Override
    public void move(int round) {
      try {
        moveOnce((long) round * spec.depth());
      } catch (TransferException e) {
        if (spec.memory() != MemoryChoice.CMB || !UNREACHABLE.contains(e.errnoName())) {
          throw e;
        }
        throw new RigException(
            RigException.Kind.CANNOT,
            "%s of '%s' through memory cmb failed with %s, while the same I/O through system memory works: that device and the CMB's controller probably cannot reach each other (dmesg: 'peer-to-peer DMA'). Use devices below one PCIe switch, another --cmb, or --memory ram"
                .formatted(e.operation(), e.path(), e.errnoName()),
            e);
      }
    }

    private void moveOnce(long firstBlock) {
      final long before = transactor.completed();
      transactor.seek(firstBlock);
      // Completing one starts as many as may be in flight; quiescing completes exactly those.
      transactor.run(1);
      transactor.quiesce();
      long moved = transactor.completed() - before;
      if (moved != spec.depth()) {
        throw new IllegalStateException(
            "completed %d transactions instead of %d".formatted(moved, spec.depth()));
      }
    }
  }

  private void prepareSlot(Transactor transactor, int slot, ByteBuffer content) {
    ByteBuffer staging = transactor.staging(slot);
    ByteBuffer entry = staging != null ? staging : transactor.slot(slot);
    if (spec.fills() || staging != null) {
      BlockStamp.poison(transactor.slot(slot));
    }
    if (spec.fills() && staging != null) {
      BlockStamp.poison(staging);
    }
    if (!spec.fills()) {
      entry.duplicate().put(content.duplicate());
    }
  }

  private PathWitness.Claim claim(Transactor transactor) {
    long bytes = spec.depth() * spec.blockBytes();
    long pages = pages(transactor) * (spec.fills() ? 2 : 1);
    boolean pins =
        spec.pinning() == org.p2pbench.transfer.Pinning.PER_TRANSACTION && places.pinsPages();
    return new PathWitness.Claim(
        places.deviceMemory(),
        pins ? pages : 0,
        route.source().map(TransferPlaces.End::counters).orElse(new BlockCounters(List.of())),
        route.target().counters(),
        spec.fills() ? bytes : 0,
        bytes,
        route.target().path());
  }

  /** Pages under all slots: where pages are larger than a block, a slot may lie across two. */
  private long pages(Transactor transactor) {
    return IntStream.range(0, spec.depth())
        .mapToLong(slot -> BasePage.spannedBy(transactor.slotOffset(slot), spec.blockBytes()))
        .sum();
  }

  private List<OptionalLong> addresses(Transactor transactor, IoMemory memory) {
    List<OptionalLong> addresses = new ArrayList<>();
    for (int slot = 0; slot < spec.depth(); slot++) {
      addresses.add(memory.physicalAddress(transactor.slotOffset(slot)));
    }
    return addresses;
  }

  private void checkTarget(Endpoint readBack, List<ByteBuffer> expected) {
    try (BlockAccess access = BlockAccess.reading(readBack, spec.blockBytes(), blocks, watchdog)) {
      for (int block = 0; block < blocks; block++) {
        Optional<Mismatch> mismatch =
            Mismatch.between(block, expected.get(block), access.read(block));
        if (mismatch.isPresent()) {
          throw new RigException(
              RigException.Kind.FAILED,
              "data came back wrong through memory %s to %s: %s. Nothing is measured on a path that damages data: check IOMMU and ACS settings and device firmware"
                  .formatted(spec.memory().label(), route.target().path(), mismatch.get()));
        }
      }
    }
  }
}
