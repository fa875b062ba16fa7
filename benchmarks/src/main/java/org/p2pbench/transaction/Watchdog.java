// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.p2pbench.transfer.Transactor;

/**
 * Notices an I/O that never completes. A thread blocked in the kernel cannot be called back, so the
 * remedy is to report the failure and end the JVM. Thread-safe.
 */
final class Watchdog implements AutoCloseable {

  private static final long PERIOD_MS = 200;

  private final Duration limit;
  private final Consumer<String> onHang;
  private final Map<Transactor, Progress> watched = new ConcurrentHashMap<>();
  private final Thread thread;

  /** The count last seen and when it was first seen. */
  private record Progress(long completed, long sinceNs) {}

  /**
   * Starts watching.
   *
   * @param limit how long a transactor with I/O in flight may go without completing any
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
    watched.put(transactor, new Progress(-1, System.nanoTime()));
  }

  void remove(Transactor transactor) {
    watched.remove(transactor);
  }

  private void watch() {
    try {
      while (!Thread.currentThread().isInterrupted()) {
        Thread.sleep(PERIOD_MS);
        for (Transactor transactor : watched.keySet()) {
          if (hangs(transactor)) {
            onHang.accept(transactor.inFlight().orElse("an I/O"));
            return;
          }
        }
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean hangs(Transactor transactor) {
    long now = System.nanoTime();
    long completed = transactor.completed();
    boolean idle = transactor.inFlight().isEmpty();
    Progress last = watched.get(transactor);
    if (last == null || idle || completed != last.completed) {
      watched.computeIfPresent(transactor, (t, p) -> new Progress(completed, now));
      return false;
    }
    return now - last.sinceNs > limit.toNanos();
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
