// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.p2pbench.proof.BlockStamp;
import org.p2pbench.proof.Mismatch;
import org.p2pbench.transfer.CpuCopy;
import org.p2pbench.transfer.IoMemory;
import org.p2pbench.transfer.StampBuffer;

/** A CPU copy between two memories, nothing else. Used by one thread. */
public final class CopyRig implements AutoCloseable {

  /**
   * What is copied.
   *
   * @param from memory copied from
   * @param to memory copied to
   * @param blockBytes of one copy
   */
  public record Spec(MemoryChoice from, MemoryChoice to, long blockBytes) {

    /**
     * Checks the memories.
     *
     * @throws IllegalArgumentException one line: what, why, what to do
     */
    public Spec {
      if (from == MemoryChoice.PAGE_CACHE || to == MemoryChoice.PAGE_CACHE) {
        throw new IllegalArgumentException(
            "memory page-cache is the kernel's: copy between ram, cmb-emulated and cmb");
      }
    }
  }

  private final ForkReporter reporter;
  private final Spec spec;
  private final IoMemory from;
  private final IoMemory to;
  private final StampBuffer stamps;
  private final StageRecorder recorder = StageRecorder.ofCopies();
  private final AtomicLong completed = new AtomicLong();

  private CopyRig(
      ForkReporter reporter, Spec spec, IoMemory from, IoMemory to, StampBuffer stamps) {
    this.reporter = reporter;
    this.spec = spec;
    this.from = from;
    this.to = to;
    this.stamps = stamps;
  }

  /**
   * Opens the rig of this fork and checks that a copy arrives.
   *
   * @param batch most copies of one native call
   * @throws RigException one line why not; it is in the fork's record too
   */
  public static CopyRig open(Supplier<Spec> wanted, ForkSettings settings, int batch) {
    ForkReporter reporter = new ForkReporter(settings);
    IoMemory from = null;
    IoMemory to = null;
    try {
      Spec spec = wanted.get();
      from = memory(spec.from, spec, settings);
      to = memory(spec.to, spec, settings);
      reporter.update(
          new ForkRecord(
              to.pages().label(),
              verify(spec, from, to),
              ForkRecord.Witness.notApplicable(),
              null));
      CopyRig rig = new CopyRig(reporter, spec, from, to, new StampBuffer(batch));
      Measurements.ofThisFork().add(rig.recorder, rig.completed::get, spec.blockBytes);
      Measurements.ofThisFork().openWindow();
      return rig;
    } catch (RuntimeException e) {
      Optional.ofNullable(from).ifPresent(IoMemory::close);
      Optional.ofNullable(to).ifPresent(IoMemory::close);
      throw reporter.failed(e, null);
    }
  }

  private static IoMemory memory(MemoryChoice choice, Spec spec, ForkSettings settings) {
    return Memories.open(
        choice,
        spec.blockBytes,
        false,
        PlaceResolver.ofThisMachine().allocateFile(choice, settings));
  }

  private static ForkRecord.Verification verify(Spec spec, IoMemory from, IoMemory to) {
    int length = Math.toIntExact(spec.blockBytes);
    ByteBuffer sent = ByteBuffer.allocate(length);
    BlockStamp.write(sent, 0, System.nanoTime(), spec.blockBytes);
    from.buffer(0, length).put(sent.duplicate());
    BlockStamp.poison(to.buffer(0, length));
    CpuCopy.run(to, 0, from, 0, length, 1, null);
    Optional<Mismatch> mismatch = Mismatch.between(0, sent, to.buffer(0, length));
    if (mismatch.isPresent()) {
      throw new RigException(
          RigException.Kind.FAILED,
          "a CPU copy from %s to %s came out wrong: %s"
              .formatted(spec.from, spec.to, mismatch.get()));
    }
    return new ForkRecord.Verification("verified", 1, length, "one stamped block was copied whole");
  }

  /** Copies so many times in one native call. */
  public void run(int count) {
    try {
      CpuCopy.run(to, 0, from, 0, spec.blockBytes, count, stamps);
      completed.lazySet(completed.getPlain() + count);
      if (Measurements.ofThisFork().recording()) {
        recorder.record(stamps, count);
      }
    } catch (RuntimeException e) {
      throw reporter.failed(e, null);
    }
  }

  @Override
  public void close() {
    Measurements.ofThisFork().closeWindow();
    stamps.close();
    from.close();
    to.close();
  }
}
