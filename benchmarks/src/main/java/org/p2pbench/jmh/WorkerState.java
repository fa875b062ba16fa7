// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.jmh;

import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.p2pbench.transaction.TransferWorker;

/** What measuring threads have in common, however their transactions begin. */
public abstract class WorkerState {

  private TransferWorker worker;
  private int batch;

  /** Takes over the worker of this thread. */
  void begin(TransferWorker ofThisThread, int transactionsOfOneCall) {
    worker = ofThisThread;
    batch = transactionsOfOneCall;
  }

  /** JMH may give a worker another thread of the system in each iteration. */
  @Setup(Level.Iteration)
  public void place() {
    worker.place();
  }

  /**
   * Lets what is in flight complete, so that an iteration holds whole transactions, and ends the
   * arrivals of an open loop, so that the next one begins with none waiting.
   */
  @TearDown(Level.Iteration)
  public void rest() {
    worker.rest();
  }

  /** Gives slots back. */
  @TearDown(Level.Trial)
  public void close() {
    worker.close();
  }

  void run() {
    worker.run(batch);
  }
}
