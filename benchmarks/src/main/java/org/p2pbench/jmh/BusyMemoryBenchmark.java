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
 * What does busy memory do to a transfer, and what does the transfer do to its neighbour? {@code
 * -prof neighbour} tells the latter.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = ForkOptions.NATIVE_ACCESS)
public class BusyMemoryBenchmark {

  /** Operations of one native call; {@code -opi} sets another number. */
  static final int BATCH = 16;

  /** One operation is one transaction, beside the load. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void transfer(LoadState.Seat seat, TransferState.Worker worker) {
    worker.run();
  }

  /** One operation is a MiB that the load moves while nothing is transferred. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void load(LoadState.Seat seat, LoadState.Watcher watcher) {
    watcher.await();
  }
}
