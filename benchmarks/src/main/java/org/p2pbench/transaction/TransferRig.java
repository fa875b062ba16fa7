// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.p2pbench.proof.PathVerdict;
import org.p2pbench.transfer.Endpoint;
import org.p2pbench.transfer.IoMemory;
import org.p2pbench.transfer.Pattern;
import org.p2pbench.transfer.Transactor;
import org.p2pbench.transfer.TransactorConfig;

/**
 * Everything that the transactions of one fork stand on: memory, endpoints, proofs, watchdog.
 * Opened before measuring, it returns only when the data and the path were proven; the workers of
 * the fork's threads come from it. {@link #newWorker} may be called by several threads at once.
 */
public final class TransferRig implements AutoCloseable {

  /** Slots start at such boundaries (p2p_memory_lease). */
  private static final long SLOT_ALIGNMENT_BYTES = 4096;

  private static final long HUGE_BYTES = 2L << 20;

  private static final long WORKER_POLL_MS = 100;

  /** An epoch is a time in ms above these bits, which a process's number fills. */
  private static final int EPOCH_SHIFT = 16;

  private static final long EPOCH_STEP = 1L << EPOCH_SHIFT;

  /** Exit code of a fork that the watchdog ended: EX_SOFTWARE of sysexits.h. */
  private static final int HUNG_EXIT = 70;

  private final TransferSpec spec;
  private final ForkSettings settings;
  private final ForkReporter reporter;
  private final int batch;
  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Watchdog watchdog;
  private NumaSeat seat;
  private TransferPlaces places;
  private IoMemory memory;
  private final Map<TransferPlaces.End, Endpoint> sources = new LinkedHashMap<>();
  private final Map<TransferPlaces.End, Endpoint> targets = new LinkedHashMap<>();
  private long spanBlocks;
  private int workers;
  private int resting;
  private int closed;

  private TransferRig(TransferSpec spec, ForkSettings settings, int batch, ForkReporter reporter) {
    this.spec = spec;
    this.settings = settings;
    this.reporter = reporter;
    this.batch = batch;
    this.watchdog = new Watchdog(settings.ioTimeout(), this::hung);
  }

  /**
   * Opens, proves and returns the rig of this fork.
   *
   * @param wanted what is measured; that it is nonsense is a failure of this fork too
   * @param settings where
   * @param batch most transactions of one native call
   * @throws RigException one line why not; it is in the fork's record too
   */
  public static TransferRig open(Supplier<TransferSpec> wanted, ForkSettings settings, int batch) {
    ForkReporter reporter = new ForkReporter(settings);
    TransferRig rig;
    try {
      rig = new TransferRig(wanted.get(), settings, batch, reporter);
    } catch (RuntimeException e) {
      throw reporter.failed(e, null);
    }
    try {
      rig.prepare();
      return rig;
    } catch (RuntimeException e) {
      RigException told = rig.failed(e);
      try {
        rig.close();
      } catch (RuntimeException alsoFailed) {
        told.addSuppressed(alsoFailed);
      }
      throw told;
    }
  }

  private void prepare() {
    open.push(watchdog.start());
    seat = NumaSeat.of(spec.layout());
    seat.take();
    PlaceResolver resolver = PlaceResolver.ofThisMachine();
    places = resolver.resolve(spec, settings);
    open.push(places.owned());
    openEndpoints();
    targets.forEach(resolver::checkOpened);
    memory = openMemory();
    open.push(memory);
    prove();
    seat.check(memory);
  }

  private void openEndpoints() {
    boolean direct = spec.memory().direct();
    places.sources().forEach(end -> open(sources, end, Endpoint.Access.READ, direct));
    places.targets().forEach(end -> open(targets, end, Endpoint.Access.READ_WRITE, direct));
    List<Endpoint> all =
        Stream.concat(targets.values().stream(), sources.values().stream()).toList();
    all.forEach(this::checkAlignment);
    Endpoint shortest =
        all.stream().min(Comparator.comparingLong(Endpoint::lengthBytes)).orElseThrow();
    spanBlocks = Math.min(places.spanBytes(), shortest.lengthBytes()) / spec.blockBytes();
    checkSpan(shortest);
  }

  private void open(
      Map<TransferPlaces.End, Endpoint> endpoints,
      TransferPlaces.End end,
      Endpoint.Access access,
      boolean direct) {
    Endpoint endpoint = Endpoint.open(end.path(), access, direct);
    open.push(endpoint);
    endpoints.put(end, endpoint);
  }

  /** Every transaction in flight needs a block of its own at both ends. */
  private void checkSpan(Endpoint shorter) {
    long needed = spec.blockBytes() * spec.depth() * spec.threads();
    if (spanBlocks * spec.blockBytes() >= needed) {
      return;
    }
    boolean tooShort = shorter.lengthBytes() < places.spanBytes();
    throw new RigException(
        RigException.Kind.BAD_INPUT,
        "%s, but %d threads with %d blocks of %d bytes in flight need %d: use %s, or a smaller --size, --depth or --threads"
            .formatted(
                tooShort
                    ? shorter.path() + " has " + shorter.lengthBytes() + " bytes"
                    : places.spanBytes() + " bytes of source and target are used",
                spec.threads(),
                spec.depth(),
                spec.blockBytes(),
                needed,
                tooShort ? "a longer one" : "a profile that uses more"));
  }

  private void checkAlignment(Endpoint endpoint) {
    if (spec.blockBytes() % endpoint.alignmentBytes() != 0) {
      throw new RigException(
          RigException.Kind.BAD_INPUT,
          "block size %d is not a multiple of the %d bytes that O_DIRECT needs on %s: choose a multiple, such as %d"
              .formatted(
                  spec.blockBytes(),
                  endpoint.alignmentBytes(),
                  endpoint.path(),
                  endpoint.alignmentBytes()));
    }
  }

  private IoMemory openMemory() {
    long alignment = spec.blockBytes() >= HUGE_BYTES ? HUGE_BYTES : SLOT_ALIGNMENT_BYTES;
    long slot = (spec.blockBytes() + SLOT_ALIGNMENT_BYTES - 1) / SLOT_ALIGNMENT_BYTES;
    long lease = slot * SLOT_ALIGNMENT_BYTES * spec.depth();
    long aligned = (lease + alignment - 1) / alignment * alignment;
    long bytes = aligned * spec.threads();
    return Memories.open(spec.memory(), bytes, spec.hugePages(), places.allocateFile());
  }

  private void prove() {
    // Time and process keep epochs of forks apart on one pair of files.
    long epoch = System.currentTimeMillis() << EPOCH_SHIFT | ProcessHandle.current().pid() & 0xFFFF;
    Map<TransferPlaces.Route, DataVerifier.Result> results = new LinkedHashMap<>();
    for (TransferPlaces.Route route : places.routes(spec.threads())) {
      // One more for each route: what one left at a shared end is stale to the next.
      results.put(route, verify(route, epoch + results.size() * EPOCH_STEP));
    }
    DataVerifier.Result result = DataVerifier.Result.together(results);
    // Where O_DIRECT copies, as on tmpfs, nothing is claimed of the path and no witness is heard.
    boolean claimed = spec.memory().direct() && places.pinsPages();
    ForkRecord.Witness witness =
        claimed ? ForkRecord.Witness.of(result.path()) : ForkRecord.Witness.notApplicable();
    reporter.update(new ForkRecord(memory.pages().label(), result.verification(), witness, null));
    if (claimed && result.path().outcome() == PathVerdict.Outcome.REFUTED) {
      throw new RigException(
          RigException.Kind.FAILED,
          "transactions did not use memory %s with pinning %s as asked: %s. Use a filesystem and mount options that do O_DIRECT, or --memory page-cache"
              .formatted(
                  spec.memory().label(), spec.pinning().label(), result.path().contradictions()));
    }
  }

  private DataVerifier.Result verify(TransferPlaces.Route route, long epoch) {
    DataVerifier verifier = new DataVerifier(spec, places, route, watchdog, spanBlocks, epoch);
    // In order, whatever the pattern: the verification must know which block is where.
    Transactor transactor = openTransactor(route, 0, spanBlocks, Pattern.SEQUENTIAL);
    try (Endpoint readBack =
        Endpoint.open(route.target().path(), Endpoint.Access.READ, spec.memory().direct())) {
      return verifier.run(transactor, memory, targets.get(route.target()), readBack);
    } finally {
      retire(transactor);
    }
  }

  private Transactor openTransactor(
      TransferPlaces.Route route, long firstBlock, long blocks, Pattern pattern) {
    TransactorConfig config =
        new TransactorConfig(
            spec.engine(),
            spec.pinning(),
            spec.staging(),
            spec.depth(),
            pattern,
            spec.blockBytes(),
            firstBlock,
            firstBlock,
            blocks,
            spec.blockBytes() + firstBlock);
    Transactor transactor =
        Transactor.open(
            config,
            memory,
            route.source().map(sources::get).orElse(null),
            targets.get(route.target()));
    watchdog.add(transactor);
    return transactor;
  }

  /** Makes the worker of one more thread, on blocks that no other thread touches. */
  public TransferWorker newWorker() {
    return newWorker(
        transactor -> {}, StageRecorder.ofTransactions(spec.fills(), spec.staging() > 0, true));
  }

  /**
   * The same for an open loop; each thread has an equal share of the rate.
   *
   * @param wanted how transactions arrive; that it is nonsense is a failure of this fork
   */
  public TransferWorker newPacedWorker(Supplier<Pace> wanted) {
    return newWorker(
        transactor -> {
          Pace pace = wanted.get();
          transactor.pace(
              pace.arrivals(), pace.ratePerSecond() / spec.threads(), pace.seedOf(workers));
        },
        StageRecorder.ofPacedTransactions(spec.fills(), spec.staging() > 0));
  }

  private synchronized TransferWorker newWorker(
      Consumer<Transactor> prepare, StageRecorder recorder) {
    try {
      seat.take();
      long share = spanBlocks / spec.threads();
      Transactor transactor =
          openTransactor(places.route(workers), share * workers, share, spec.pattern());
      prepare.accept(transactor);
      workers++;
      TransferWorker worker = new TransferWorker(this, transactor, recorder, batch);
      Measurements.ofThisFork().add(recorder, worker::completed, spec.blockBytes());
      if (workers == spec.threads()) {
        Measurements.ofThisFork().leaveOutSetUp();
      }
      return worker;
    } catch (RuntimeException e) {
      throw failed(e);
    }
  }

  /** Puts the calling thread where the row's threads belong. */
  void placeThread() {
    try {
      seat.take();
    } catch (RuntimeException e) {
      throw failed(e);
    }
  }

  /** A worker rests: the last one ends the window, which so holds whole transactions of all. */
  synchronized void rested() {
    resting++;
    if (resting == workers) {
      resting = 0;
      Measurements.ofThisFork().closeWindow();
    }
  }

  synchronized void closed() {
    closed++;
    notifyAll();
  }

  void retire(Transactor transactor) {
    watchdog.remove(transactor);
    transactor.close();
  }

  /** Puts a failure into the fork's record and returns it as one line for the user. */
  RigException failed(RuntimeException cause) {
    return reporter.failed(cause, spec.memory());
  }

  private void hung(String what) {
    reporter.failed(
        new RigException(
            RigException.Kind.FAILED,
            "%s did not complete within %d s: the device or the kernel does not answer; see dmesg"
                .formatted(what, settings.ioTimeout().toSeconds())),
        spec.memory());
    // The blocked thread cannot be woken; only the end of the process gives the I/O up.
    Runtime.getRuntime().halt(HUNG_EXIT);
  }

  /**
   * Threads close their workers while one of them is here already. A thread that failed never does.
   */
  private synchronized void awaitWorkers() {
    long end = System.nanoTime() + settings.ioTimeout().toNanos();
    try {
      while (closed < workers && reporter.record().failure() == null && System.nanoTime() < end) {
        wait(WORKER_POLL_MS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for the workers to be closed, then gives everything back. */
  @Override
  public void close() {
    awaitWorkers();
    RuntimeException first = null;
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        RuntimeException failure =
            e instanceof RuntimeException runtime ? runtime : new IllegalStateException(e);
        if (first == null) {
          first = failure;
        } else {
          first.addSuppressed(failure);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
