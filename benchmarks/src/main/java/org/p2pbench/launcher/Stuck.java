// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.io.PrintStream;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * What the launcher itself asks of a device, with an end to its patience. A thread blocked in the
 * kernel cannot be called back, and whatever is done at the end, such as removing files, would hang
 * as well: so the JVM is halted after one line. Thread-safe.
 */
final class Stuck {

  /** A device slower than this is as good as dead, bytes a second. */
  private static final long SLOWEST_BYTES_PER_SECOND = 8L << 20;

  /** On a busy machine a look at a device takes seconds, whatever a single I/O may take. */
  private static final Duration LEAST_PATIENCE = Duration.ofSeconds(30);

  private final Duration limit;
  private final PrintStream err;

  /**
   * Makes one.
   *
   * @param limit how long a single I/O may take
   * @param err where the last line goes
   */
  Stuck(Duration limit, PrintStream err) {
    this.limit = limit;
    this.err = err;
  }

  /** Does something that is over soon, or ends the JVM. What it throws is thrown. */
  <T> T unless(String what, Supplier<T> task) {
    return within(limit, what, task);
  }

  /** The same for something that also writes so many bytes. */
  <T> T unlessWriting(long bytes, String what, Supplier<T> task) {
    return within(limit.plusSeconds(bytes / SLOWEST_BYTES_PER_SECOND), what, task);
  }

  private <T> T within(Duration needed, String what, Supplier<T> task) {
    Duration patience = needed.compareTo(LEAST_PATIENCE) < 0 ? LEAST_PATIENCE : needed;
    FutureTask<T> running = new FutureTask<>(task::get);
    Thread thread = new Thread(running, "p2pbench-patience");
    thread.setDaemon(true);
    thread.start();
    try {
      return running.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw halt(
          err,
          "%s did not end within %d s: the device or the kernel does not answer, see dmesg; process %d cannot end before that, and what was made stays until a later run"
              .formatted(what, patience.toSeconds(), ProcessHandle.current().pid()));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException refusal) {
        throw refusal;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure(CommandFailure.FAILED, "interrupted");
    }
  }

  /**
   * Ends the JVM without its hooks.
   *
   * @return never
   */
  static IllegalStateException halt(PrintStream err, String message) {
    err.println("p2pbench: " + message);
    err.flush();
    Interruption.endProcesses();
    Runtime.getRuntime().halt(CommandFailure.FAILED);
    return new IllegalStateException("halted");
  }
}
