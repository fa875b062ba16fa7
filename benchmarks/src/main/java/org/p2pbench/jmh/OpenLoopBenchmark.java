// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.jmh;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long does a block take when blocks arrive at a rate of their own? The score is the rate that
 * was achieved; latency counts from the intended start, so that a stall delays all that arrive
 * meanwhile and is not left out, as it is in a closed loop. A device that cannot keep up achieves
 * less than it is offered, and its latency grows for as long as the iteration lasts.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 2)
@Fork(value = 3, jvmArgsAppend = ForkOptions.NATIVE_ACCESS)
public class OpenLoopBenchmark {

  /** Transactions of one native call; {@code -opi} sets another number. */
  static final int BATCH = 8;

  /** One operation is one transaction. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void transfer(OpenLoopState.PacedWorker worker) {
    worker.run();
  }
}
