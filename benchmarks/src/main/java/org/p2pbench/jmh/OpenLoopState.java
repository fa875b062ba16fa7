// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.jmh;

import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.p2pbench.transaction.Pace;
import org.p2pbench.transfer.Arrivals;

/** The parameters of {@link OpenLoopBenchmark}: a transfer's, and how transactions arrive. */
@State(Scope.Benchmark)
public class OpenLoopState extends TransferState {

  /** Poisson arrivals of forks with the same number are the same; {@code run} gives the round. */
  private static final long SEED = Long.getLong("p2pbench.seed", 0);

  /** Transactions per second that all threads together are offered. */
  @Param("1000")
  public double ratePerSecond;

  /** fixed or poisson. */
  @Param("poisson")
  public String arrivals;

  /** One measuring thread. */
  @State(Scope.Thread)
  public static class PacedWorker extends WorkerState {

    /** Takes slots and blocks for this thread, and its share of the arrivals. */
    @Setup(Level.Trial)
    public void open(OpenLoopState state) {
      begin(
          state.rig.newPacedWorker(
              () -> new Pace(Arrivals.parse(state.arrivals), state.ratePerSecond, SEED)),
          state.batch);
    }
  }
}
