// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Runs transactions: fill from the source, copy where there is staging, drain to the target.
 * Without a source the blocks are taken as delivered already, without a target they go nowhere. One
 * thread runs it at a time; {@link #completed}, {@link #inFlight} and {@link #close} may be called
 * by others, {@code close} not while one runs.
 */
public final class Transactor implements AutoCloseable {
  /** A spinning server serves one at a time; the block is what it says it moved. */
  private static final TransactorConfig SPINNING =
      new TransactorConfig(
          Engine.SYNC, Pinning.PER_TRANSACTION, 0, 1, Pattern.SEQUENTIAL, 4096, 0, 0, 1, 0);

  private final TransactorConfig config;
  private final IoMemory memory;
  private final Endpoint source;
  private final Endpoint target;

  /** 0 once closed. Changes under the monitor, so that a watchdog never uses one that was freed. */
  private long handle;

  private long completedAtClose;

  private Transactor(
      TransactorConfig config, IoMemory memory, Endpoint source, Endpoint target, long handle) {
    this.config = config;
    this.memory = memory;
    this.source = source;
    this.target = target;
    this.handle = handle;
  }

  /**
   * Leases slots, sets up the engine. Memory and endpoints are borrowed: they stay the caller's to
   * close, after the transactor.
   *
   * @param sourceOrNull null for a generator
   * @param targetOrNull null for a sink
   * @throws IllegalArgumentException the endpoints do not fit the configuration
   * @throws TransferException no room for the slots; the kernel refuses io_uring or the buffers'
   *     registration
   */
  public static Transactor open(
      TransactorConfig config, IoMemory memory, Endpoint sourceOrNull, Endpoint targetOrNull) {
    EndpointCheck.check(config, sourceOrNull, targetOrNull);
    long source = sourceOrNull == null ? 0 : sourceOrNull.use();
    long target = 0;
    try {
      target = targetOrNull == null ? 0 : targetOrNull.use();
      long handle = openNative(config, memory, source, target, sourceOrNull, targetOrNull);
      return new Transactor(config, memory, sourceOrNull, targetOrNull, handle);
    } catch (RuntimeException e) {
      endUse(source == 0 ? null : sourceOrNull, target == 0 ? null : targetOrNull);
      throw e;
    }
  }

  /**
   * Opens a transactor around a server of known service time: a calibration, at depth 1, without
   * slots or endpoints.
   */
  public static Transactor spinning(SpinServer server) {
    NativeLoader.load();
    long[] out = new long[1];
    int error =
        LibP2pbench.p2p_transactor_open_spin(
            server.serviceNs(),
            server.stalled(),
            server.stallNs(),
            server.virtualTime() ? 1 : 0,
            out);
    if (error != 0) {
      throw TransferException.failed(
          Attempt.of(Operation.OPEN_TRANSACTOR, "a spinning server", 0), error);
    }
    return new Transactor(SPINNING, null, null, null, out[0]);
  }

  private static long openNative(
      TransactorConfig config,
      IoMemory memory,
      long source,
      long target,
      Endpoint sourceOrNull,
      Endpoint targetOrNull) {
    long[] out = new long[1];
    byte[] failure = new byte[LibP2pbench.FAILURE_BYTES];
    int error =
        LibP2pbench.p2p_transactor_open(
            config.pack(), memory.handle(), source, target, out, failure);
    if (error != 0) {
      Attempt attempt = Failure.unpack(failure).attempt(sourceOrNull, targetOrNull);
      throw TransferException.failed(attempt, error);
    }
    return out[0];
  }

  private static void endUse(Endpoint sourceOrNull, Endpoint targetOrNull) {
    if (sourceOrNull != null) {
      sourceOrNull.endUse();
    }
    if (targetOrNull != null) {
      targetOrNull.endUse();
    }
  }

  /**
   * Completes transactions, without stamps. Up to depth - 1 remain in flight.
   *
   * @throws TransferException an I/O failed or fell short; after that it can only be closed
   */
  public void run(int count) {
    finish(count, LibP2pbench.p2p_transactor_run(runnable(count), count, 0));
  }

  /**
   * Completes transactions, and leaves their stamps in records 0 to {@code count} - 1, in order of
   * completion. Up to depth - 1 remain in flight; the next call sees them complete, so what the
   * caller does in between is in their time.
   *
   * @throws TransferException an I/O failed or fell short; after that it can only be closed
   */
  public void run(int count, StampBuffer stamps) {
    long address = stamps.addressFor(count);
    finish(count, LibP2pbench.p2p_transactor_run(runnable(count), count, address));
  }

  /**
   * Says how transactions arrive in {@link #runPaced}. Only when nothing is in flight.
   *
   * @param ratePerSecond arrivals, 0.001 to 1e9
   * @param seed of Poisson arrivals
   * @throws IllegalArgumentException a rate out of range
   * @throws IllegalStateException while transactions are in flight
   */
  public void pace(Arrivals arrivals, double ratePerSecond, long seed) {
    if (!(ratePerSecond >= 1e-3 && ratePerSecond <= 1e9)) {
      throw new IllegalArgumentException(
          "ratePerSecond=" + ratePerSecond + " must be from 0.001 to 1e9");
    }
    int error = LibP2pbench.p2p_transactor_pace(open(), arrivals.ordinal(), ratePerSecond, seed);
    if (error != 0) {
      throw misused(error);
    }
  }

  /**
   * Completes transactions that begin when they arrive, whatever the device does: an open loop. Up
   * to depth of them are in flight, what arrives beyond that waits. Leaves arrivals and stamps as
   * {@link #run(int, StampBuffer)} does. The first call after {@link #pace}, {@link #quiesce} or
   * {@link #run(int)} begins the arrivals anew, with none waiting; between calls they go on.
   *
   * @throws TransferException as {@link #run(int)}
   * @throws IllegalStateException before {@link #pace}; while transactions of a closed loop are in
   *     flight
   */
  public void runPaced(int count, StampBuffer stamps) {
    long address = stamps.addressFor(count);
    long result =
        LibP2pbench.p2p_transactor_run_paced(
            runnable(count), count, address, stamps.arrivalsAddressFor(count));
    if (result != count) {
      boolean misuse = result == -Errno.EINVAL.number() || result == -Errno.EBUSY.number();
      boolean failed = lastFailure().filter(f -> f.errno() == -result).isPresent();
      throw misuse && !failed ? misused((int) result) : failure((int) result);
    }
  }

  private static IllegalStateException misused(int error) {
    return new IllegalStateException(
        error == -Errno.EBUSY.number()
            ? "transactions are in flight: quiesce first"
            : "how transactions arrive was not said: pace first");
  }

  private long runnable(int count) {
    if (count < 0) {
      throw new IllegalArgumentException("count=" + count + " must be at least 0");
    }
    return open();
  }

  private void finish(int count, long result) {
    if (result != count) {
      throw failure((int) result);
    }
  }

  /** Completes what is in flight. Then slot i serves the i-th next transaction. */
  public void quiesce() {
    int error = LibP2pbench.p2p_transactor_quiesce(open());
    if (error != 0) {
      throw failure(error);
    }
  }

  /**
   * Lets the sequential pattern go on at a block of the span.
   *
   * @throws IllegalArgumentException a block beyond the span
   * @throws TransferException EBUSY while transactions are in flight
   */
  public void seek(long block) {
    if (block < 0 || block >= config.blocks()) {
      throw new IllegalArgumentException(
          "block=" + block + " must be from 0 to " + (config.blocks() - 1));
    }
    int error = LibP2pbench.p2p_transactor_seek(open(), block);
    if (error != 0) {
      throw TransferException.failed(
          Attempt.of(Operation.SEEK, "the pattern to block " + block, 0), error);
    }
  }

  /** View of slot i, as {@link IoMemory#buffer}. */
  public ByteBuffer slot(int i) {
    return memory.buffer(slotOffset(i), (int) config.blockBytes());
  }

  /** Where slot i lies in the memory. */
  public long slotOffset(int i) {
    checkSlot(i);
    return LibP2pbench.p2p_transactor_slot(open(), i);
  }

  /** View of staging buffer i, null without staging. Not to be touched after close. */
  public ByteBuffer staging(int i) {
    checkSlot(i);
    long address = LibP2pbench.p2p_transactor_staging(open(), i);
    return address == 0 ? null : IoMemory.view(address, config.blockBytes());
  }

  private void checkSlot(int i) {
    if (i < 0 || i >= config.depth()) {
      throw new IllegalArgumentException(
          "slot=" + i + " must be from 0 to " + (config.depth() - 1));
    }
  }

  /** Transactions completed since open. Thread-safe. */
  public synchronized long completed() {
    return handle == 0 ? completedAtClose : LibP2pbench.p2p_transactor_completed(handle);
  }

  /**
   * The oldest I/O in flight, or the one that failed, in words: "drain of 4096 bytes at offset 8192
   * of /x". Thread-safe.
   */
  public Optional<String> inFlight() {
    return lastFailure()
        .filter(failure -> failure.operation() != Operation.OPEN_TRANSACTOR)
        .map(failure -> failure.attempt(source, target).toString());
  }

  /** Empty once closed. */
  private synchronized Optional<Failure> lastFailure() {
    if (handle == 0) {
      return Optional.empty();
    }
    byte[] bytes = new byte[LibP2pbench.FAILURE_BYTES];
    LibP2pbench.p2p_transactor_failure(handle, bytes);
    return Optional.of(Failure.unpack(bytes));
  }

  private TransferException failure(int error) {
    Failure failure = lastFailure().orElseThrow();
    Attempt attempt = failure.attempt(source, target);
    if (error == -Errno.ECANCELED.number()) {
      return TransferException.failed(attempt, error);
    }
    return failure.errno() == 0
        ? TransferException.fellShort(attempt, failure.movedBytes())
        : TransferException.failed(attempt, failure.errno());
  }

  /**
   * Waits for the I/O in flight, then gives back slots and engine. A second call does nothing.
   *
   * @throws TransferException ETIMEDOUT an I/O did not end within 5 seconds: its slots stay leased,
   *     so that the memory is not unmapped under the device
   */
  @Override
  public void close() {
    long closing = takeHandle();
    if (closing == 0) {
      return;
    }
    int error = LibP2pbench.p2p_transactor_close(closing);
    endUse(source, target);
    if (error != 0) {
      throw TransferException.failed(Attempt.of(Operation.CLOSE, "the transactor", 0), error);
    }
  }

  private synchronized long takeHandle() {
    long taken = handle;
    if (taken != 0) {
      completedAtClose = LibP2pbench.p2p_transactor_completed(taken);
    }
    handle = 0;
    return taken;
  }

  private long open() {
    long used = handle;
    if (used == 0) {
      throw new IllegalStateException("the transactor is closed");
    }
    return used;
  }
}
