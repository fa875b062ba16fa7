// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import java.util.Optional;
import org.p2pbench.transfer.SpinServer;
import org.p2pbench.transfer.StampBuffer;
import org.p2pbench.transfer.Transactor;

/**
 * Transactions of a server of known service time: a calibration of the harness, no storage. Used by
 * one thread.
 */
public final class SpinRig implements AutoCloseable {

  private final Transactor transactor;
  private final boolean paced;
  private final StampBuffer stamps;
  private final StageRecorder recorder;

  private SpinRig(Transactor transactor, boolean paced, int batch) {
    this.transactor = transactor;
    this.paced = paced;
    this.stamps = new StampBuffer(batch);
    this.recorder =
        paced
            ? StageRecorder.ofPacedTransactions(false, false)
            : StageRecorder.ofTransactions(false, false, false);
  }

  /**
   * Opens one and announces it to the profilers.
   *
   * @param pace empty for a closed loop
   * @param batch most transactions of one native call
   */
  public static SpinRig open(SpinServer server, Optional<Pace> pace, int batch) {
    Transactor transactor = Transactor.spinning(server);
    pace.ifPresent(p -> transactor.pace(p.arrivals(), p.ratePerSecond(), p.seed()));
    SpinRig rig = new SpinRig(transactor, pace.isPresent(), batch);
    Measurements.ofThisFork().add(rig.recorder, transactor::completed, 0);
    return rig;
  }

  /** Completes so many, and records them. */
  public void run(int count) {
    if (paced) {
      transactor.runPaced(count, stamps);
    } else {
      transactor.run(count, stamps);
    }
    recorder.record(stamps, count);
  }

  /** Ends the arrivals: the next run begins them anew, with none waiting. */
  public void rest() {
    transactor.quiesce();
    Measurements.ofThisFork().closeWindow();
  }

  @Override
  public void close() {
    transactor.close();
    stamps.close();
  }
}
