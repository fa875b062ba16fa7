// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.util.concurrent.locks.LockSupport;

/**
 * What is done where the JVM is asked to end (SIGINT, SIGTERM): something is kept, and then the
 * processes that this one started are ended, since none may outlive it and go on writing.
 * Thread-safe.
 */
final class Interruption implements AutoCloseable {

  private final Runnable keep;
  private final Thread hook = new Thread(this::interrupt, "p2pbench-interrupt");
  private volatile boolean begun;

  private Interruption(Runnable keep) {
    this.keep = keep;
  }

  /**
   * Is prepared for an interruption until closed.
   *
   * @param keep done first; whatever comes of it, the processes are ended
   */
  static Interruption expect(Runnable keep) {
    Interruption interruption = new Interruption(keep);
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  private void interrupt() {
    // First: the end of a process is then no failure.
    begun = true;
    try {
      keep.run();
    } finally {
      endProcesses();
    }
  }

  /** Ends all processes that this one started, and what those did. */
  static void endProcesses() {
    ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
  }

  /**
   * Called where something failed. In an interruption that is no wonder, and there is nothing more
   * to do or to say: the JVM ends as soon as its hooks are done, and this never returns.
   */
  void awaitEndIfBegun() {
    while (begun) {
      LockSupport.park();
    }
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      // The hook runs, or has run.
      return;
    }
  }
}
