// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.p2pbench.transfer.IoMemory;
import org.p2pbench.transfer.Pinner;
import org.p2pbench.transfer.StampBuffer;

/** Pinning and unpinning of one buffer, nothing else. Used by one thread. */
public final class PinRig implements AutoCloseable {

  /**
   * What is pinned and how.
   *
   * @param memory where the buffer is
   * @param mechanism what pins it
   * @param blockBytes pinned at once
   * @param hugePages whether 2 MiB pages are asked for
   */
  public record Spec(
      MemoryChoice memory, Pinner.Mechanism mechanism, long blockBytes, boolean hugePages) {

    /**
     * Checks the memory.
     *
     * @throws IllegalArgumentException one line: what, why, what to do
     */
    public Spec {
      if (memory == MemoryChoice.PAGE_CACHE) {
        throw new IllegalArgumentException(
            "memory page-cache is the kernel's: pin ram, cmb-emulated or cmb");
      }
    }

    private int pinsAtOnce() {
      return mechanism.pinsAtOnce(blockBytes);
    }

    private void checkBatch(int batch) {
      if (batch % pinsAtOnce() != 0) {
        throw new IllegalArgumentException(
            "%s pins %d blocks of %d bytes at once, and %d operations of one call are no multiple of that: give JMH -opi %d"
                .formatted(mechanism.label(), pinsAtOnce(), blockBytes, batch, pinsAtOnce()));
      }
    }
  }

  private final ForkReporter reporter;
  private final Spec spec;
  private final IoMemory memory;
  private final Pinner pinner;
  private final StampBuffer stamps;
  private final StageRecorder recorder = StageRecorder.ofPins();
  private final AtomicLong completed = new AtomicLong();

  private PinRig(
      ForkReporter reporter, Spec spec, IoMemory memory, Pinner pinner, StampBuffer stamps) {
    this.reporter = reporter;
    this.spec = spec;
    this.memory = memory;
    this.pinner = pinner;
    this.stamps = stamps;
  }

  /**
   * Opens the rig of this fork and pins once to see that the kernel allows it.
   *
   * @param batch most pins of one native call, a multiple of those that its mechanism makes at once
   * @throws RigException one line why not; it is in the fork's record too
   */
  public static PinRig open(Supplier<Spec> wanted, ForkSettings settings, int batch) {
    ForkReporter reporter = new ForkReporter(settings);
    MemoryChoice choice = null;
    IoMemory memory = null;
    Pinner pinner = null;
    try {
      Spec spec = wanted.get();
      spec.checkBatch(batch);
      choice = spec.memory;
      memory =
          Memories.open(
              choice,
              spec.mechanism.mappedBytes(spec.blockBytes),
              spec.hugePages,
              PlaceResolver.ofThisMachine().allocateFile(choice, settings));
      pinner = Pinner.open(memory, 0, spec.blockBytes, spec.mechanism);
      pinner.run(1, null);
      reporter.update(
          new ForkRecord(
              memory.pages().label(),
              ForkRecord.Verification.NOT_APPLICABLE,
              ForkRecord.Witness.notApplicable(),
              null));
      PinRig rig =
          new PinRig(reporter, spec, memory, pinner, new StampBuffer(batch / spec.pinsAtOnce()));
      Measurements.ofThisFork().add(rig.recorder, rig.completed::get, 0);
      Measurements.ofThisFork().openWindow();
      return rig;
    } catch (RuntimeException e) {
      Optional.ofNullable(pinner).ifPresent(Pinner::close);
      Optional.ofNullable(memory).ifPresent(IoMemory::close);
      throw reporter.failed(e, choice);
    }
  }

  /** Pins and unpins a block so many times in one native call; as many as {@link #open} says. */
  public void run(int count) {
    try {
      // The kernel's benchmark tells one mean of many pins: that is recorded once.
      int runs = count / spec.pinsAtOnce();
      pinner.run(runs, stamps);
      completed.lazySet(completed.getPlain() + count);
      if (Measurements.ofThisFork().recording()) {
        recorder.record(stamps, runs);
      }
    } catch (RuntimeException e) {
      throw reporter.failed(e, spec.memory);
    }
  }

  @Override
  public void close() {
    Measurements.ofThisFork().closeWindow();
    stamps.close();
    pinner.close();
    memory.close();
  }
}
