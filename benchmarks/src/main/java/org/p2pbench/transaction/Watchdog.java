// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.p2pbench.transfer.Endpoint;
import org.p2pbench.transfer.Transactor;

/**
 * Notices an I/O that never completes. A thread blocked in the kernel cannot be called back, so the
 * remedy is to report the failure and end the JVM. Thread-safe.
 */
final class Watchdog implements AutoCloseable {

  private static final long PERIOD_MS = 200;

  private final Duration limit;
  private final Consumer<String> onHang;
  private final Map<Work, Progress> watched = new ConcurrentHashMap<>();
  private final Thread thread;

  /** What may block in the kernel. */
  private interface Work {
    long completed();

    Optional<String> inFlight();
  }

  /** The transactions of a transactor; the same transactor is the same work. */
  private record Transactions(Transactor transactor) implements Work {
    @Override
    public long completed() {
      return transactor.completed();
    }

    @Override
    public Optional<String> inFlight() {
      return transactor.inFlight();
    }
  }

  /** A single call, in flight as long as it is watched; each is a work of its own. */
  private static final class Call implements Work {
    private final String what;

    private Call(String what) {
      this.what = what;
    }

    @Override
    public long completed() {
      return 0;
    }

    @Override
    public Optional<String> inFlight() {
      return Optional.of(what);
    }
  }

  /** The count last seen and when it was first seen. */
  private record Progress(long completed, long sinceNs) {}

  /**
   * Starts watching.
   *
   * @param limit how long work with I/O in flight may go without completing any
   * @param onHang told once, on the watchdog's thread, what is in flight
   */
  Watchdog(Duration limit, Consumer<String> onHang) {
    this.limit = limit;
    this.onHang = onHang;
    this.thread = new Thread(this::watch, "p2pbench-watchdog");
    thread.setDaemon(true);
  }

  Watchdog start() {
    thread.start();
    return this;
  }

  void add(Transactor transactor) {
    watched.put(new Transactions(transactor), new Progress(-1, System.nanoTime()));
  }

  void remove(Transactor transactor) {
    watched.remove(new Transactions(transactor));
  }

  /** Waits until an endpoint's data is on stable storage. */
  void sync(Endpoint endpoint) {
    Call call = new Call("fsync of " + endpoint.path());
    watched.put(call, new Progress(0, System.nanoTime()));
    try {
      endpoint.sync();
    } finally {
      watched.remove(call);
    }
  }

  private void watch() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        Thread.sleep(PERIOD_MS);
        for (Work work : watched.keySet()) {
          if (hangs(work)) {
            onHang.accept(work.inFlight().orElse("an I/O"));
            return;
          }
        }
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean hangs(Work work) {
    long now = System.nanoTime();
    long completed = work.completed();
    boolean idle = work.inFlight().isEmpty();
    Progress last = watched.get(work);
    if (last == null || idle || completed != last.completed) {
      watched.computeIfPresent(work, (t, p) -> new Progress(completed, now));
      return false;
    }
    return now - last.sinceNs > limit.toNanos();
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
