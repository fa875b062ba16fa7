// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.p2pbench.load.LoadPlacement;
import org.p2pbench.load.LoadPlanner;
import org.p2pbench.load.LoadSpec;
import org.p2pbench.transfer.Cpus;
import org.p2pbench.transfer.MemoryLoad;

/**
 * The busy neighbour of this fork, from {@link #open} to {@link #close}, or the room left for one:
 * beside a load and without it the transfers run on the same CPUs. What the neighbour sees goes to
 * {@link Measurements}.
 */
public final class LoadRig implements AutoCloseable {

  /** Bytes that the neighbour moves in one operation of a load that is measured alone. */
  public static final long OPERATION_BYTES = 1L << 20;

  /**
   * What is wanted.
   *
   * @param load the load, or what room is left for
   * @param running false: only its room is left
   */
  public record Spec(LoadSpec load, boolean running) {}

  private final ForkReporter reporter;
  private final LoadPlacement placement;
  private final Optional<MemoryLoad> load;
  private long awaitedBytes;
  private final AtomicLong operations = new AtomicLong();

  private LoadRig(ForkReporter reporter, LoadPlacement placement, Optional<MemoryLoad> load) {
    this.reporter = reporter;
    this.placement = placement;
    this.load = load;
  }

  /**
   * Starts the load.
   *
   * @throws RigException one line why not; it is in the fork's record too
   */
  public static LoadRig open(Supplier<Spec> wanted, ForkSettings settings) {
    ForkReporter reporter = new ForkReporter(settings);
    try {
      Spec spec = wanted.get();
      LoadPlacement placement = LoadPlanner.ofThisMachine().place(spec.load);
      Optional<MemoryLoad> load = Optional.empty();
      if (spec.running) {
        load =
            Optional.of(
                MemoryLoad.open(
                    spec.load.kind(),
                    spec.load.pattern(),
                    spec.load.sharePercent(),
                    placement.threadBytes(),
                    placement.loadCpus()));
        Measurements.ofThisFork().neighbour(load.get());
      }
      return new LoadRig(reporter, placement, load);
    } catch (RuntimeException e) {
      throw reporter.failed(e, null);
    }
  }

  /** Places the calling thread where transfers run. */
  public void placeTransferThread() {
    try {
      Cpus.restrictThisThread(placement.transferCpus());
    } catch (RuntimeException e) {
      throw reporter.failed(e, null);
    }
  }

  /** Makes this the measured thread of a load alone: what {@link #await} sees counts. */
  public void measureAlone() {
    if (load.isEmpty()) {
      throw reporter.failed(
          new IllegalArgumentException(
              "load none leaves nothing to watch: use read, write, copy or triad"),
          null);
    }
    Measurements.ofThisFork().add(StageRecorder.none(), operations::get, OPERATION_BYTES);
    Measurements.ofThisFork().openWindow();
  }

  /** What the load moved until now was not waited for. */
  public void catchUp() {
    awaitedBytes = load.orElseThrow().counters().bytes();
  }

  /** Waits until the load has moved so many operations more. Called by one thread. */
  public void await(int count) {
    awaitedBytes += count * OPERATION_BYTES;
    load.orElseThrow().await(awaitedBytes);
    operations.lazySet(operations.getPlain() + count);
  }

  /** Ends the load, and the window of the counters with it. */
  @Override
  public void close() {
    Measurements.ofThisFork().retireNeighbour();
    load.ifPresent(MemoryLoad::close);
  }
}
