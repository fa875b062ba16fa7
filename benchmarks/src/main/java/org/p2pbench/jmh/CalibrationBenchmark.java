// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.jmh;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.p2pbench.transaction.Pace;
import org.p2pbench.transaction.SpinRig;
import org.p2pbench.transfer.Arrivals;
import org.p2pbench.transfer.SpinServer;

/**
 * Does the harness measure what it should? A server that spins for a known time and moves nothing:
 * no figure of it says anything of storage. With Poisson arrivals it is an M/D/1 queue, whose
 * latencies theory gives; with a stall it shows what a closed loop leaves out. Use {@code -prof
 * stages}.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 1, time = 1)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = ForkOptions.NATIVE_ACCESS)
public class CalibrationBenchmark {

  private static final int BATCH = 16;

  /** The server and what arrives at it. */
  @State(Scope.Thread)
  public static class Server {

    /** closed, fixed or poisson. */
    @Param("poisson")
    public String arrivals;

    /** Rate offered, as a share of what the server can do; a closed loop ignores it. */
    @Param({"0.3", "0.6", "0.8"})
    public double load;

    /** Time that each transaction takes. */
    @Param("100000")
    public long serviceNs;

    /** How much longer one transaction of the fork takes: the one numbered {@code stalled}. */
    @Param("0")
    public long stallNs;

    /** Counted from 1, warm-up included; 0 for none. */
    @Param("0")
    public long stalled;

    private SpinRig rig;
    private int batch;

    /** Opens the server. */
    @Setup(Level.Trial)
    public void open(BenchmarkParams params) {
      batch = params.getOpsPerInvocation();
      Optional<Pace> pace =
          arrivals.equals("closed")
              ? Optional.empty()
              : Optional.of(new Pace(Arrivals.parse(arrivals), load * 1e9 / serviceNs, 1));
      rig = SpinRig.open(SpinServer.spinning(serviceNs).stalling(stalled, stallNs), pace, batch);
    }

    /** Ends the arrivals. */
    @TearDown(Level.Iteration)
    public void rest() {
      rig.rest();
    }

    /** Closes the server. */
    @TearDown(Level.Trial)
    public void close() {
      rig.close();
    }
  }

  /** One operation is one transaction that takes the known time. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void spin(Server server) {
    server.rig.run(server.batch);
  }
}
