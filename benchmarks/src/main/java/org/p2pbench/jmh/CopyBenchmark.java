// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.jmh;

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
import org.p2pbench.transaction.CopyRig;
import org.p2pbench.transaction.ForkSettings;
import org.p2pbench.transaction.MemoryChoice;

/** What does a CPU copy alone cost, RAM to RAM, RAM to CMB, CMB to RAM? */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = ForkOptions.NATIVE_ACCESS)
public class CopyBenchmark {

  /** Copies of one native call; {@code -opi} sets another number. */
  static final int BATCH = 16;

  /** The two buffers. */
  @State(Scope.Thread)
  public static class Buffers {

    /** Memory copied from: ram, cmb-emulated or cmb. */
    @Param("ram")
    public String from;

    /** Memory copied to: ram, cmb-emulated or cmb. */
    @Param({"ram", "cmb-emulated"})
    public String to;

    /** Bytes of one copy. */
    @Param({"4096", "65536", "1048576"})
    public long blockBytes;

    private CopyRig rig;
    private int batch;

    /** Maps the buffers. */
    @Setup(Level.Trial)
    public void open(BenchmarkParams params) {
      batch = params.getOpsPerInvocation();
      rig =
          CopyRig.open(
              () -> new CopyRig.Spec(MemoryChoice.parse(from), MemoryChoice.parse(to), blockBytes),
              ForkSettings.ofThisFork(),
              batch);
    }

    /** Unmaps the buffers. */
    @TearDown(Level.Trial)
    public void close() {
      rig.close();
    }
  }

  /** One operation is one copy. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void copy(Buffers buffers) {
    buffers.rig.run(buffers.batch);
  }
}
