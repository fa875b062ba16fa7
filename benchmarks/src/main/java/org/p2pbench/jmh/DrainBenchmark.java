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
 * What does handing a block over cost, once a peer has delivered it? No fill, only the drain to the
 * target.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = ForkOptions.NATIVE_ACCESS)
public class DrainBenchmark {

  /** Transactions of one native call; {@code -opi} sets another number. */
  static final int BATCH = 16;

  /** One operation is one transaction. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void drain(TransferState.Worker worker) {
    worker.run();
  }
}
