// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import org.p2pbench.transfer.StampBuffer;
import org.p2pbench.transfer.Transactor;

/** The transactions of one measuring thread. Used by that thread; {@link #completed} by any. */
public final class TransferWorker implements AutoCloseable {

  private final TransferRig rig;
  private final Transactor transactor;
  private final StageRecorder recorder;
  private final StampBuffer stamps;
  private final Measurements measurements;
  private volatile long completedAtClose = -1;

  TransferWorker(TransferRig rig, Transactor transactor, StageRecorder recorder, int batch) {
    this.rig = rig;
    this.transactor = transactor;
    this.recorder = recorder;
    this.stamps = new StampBuffer(batch);
    this.measurements = Measurements.ofThisFork();
  }

  /**
   * Completes a batch in one native call and records its stamps where a profiler asked for them;
   * those of an open loop always.
   *
   * @param count transactions, at most the batch that the worker was made for
   */
  public void run(int count) {
    try {
      if (recorder.paced()) {
        transactor.runPaced(count, stamps);
        recorder.record(stamps, count);
      } else if (measurements.recording()) {
        transactor.run(count, stamps);
        recorder.record(stamps, count);
      } else {
        transactor.run(count);
      }
    } catch (RuntimeException e) {
      throw rig.failed(e);
    }
  }

  /** Puts the calling thread, which is to run it from now on, where the row's threads belong. */
  public void place() {
    rig.placeThread();
  }

  /**
   * Waits for what is in flight. Where all workers of the rig rest the counters' window is over, so
   * that it holds whole transactions and nothing that comes after them.
   */
  public void rest() {
    try {
      transactor.quiesce();
      rig.rested();
    } catch (RuntimeException e) {
      throw rig.failed(e);
    }
  }

  /** Transactions completed since the worker was made. */
  public long completed() {
    long last = completedAtClose;
    return last >= 0 ? last : transactor.completed();
  }

  @Override
  public void close() {
    if (completedAtClose < 0) {
      completedAtClose = transactor.completed();
      try {
        rig.retire(transactor);
      } finally {
        stamps.close();
        rig.closed();
      }
    }
  }
}
