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
import org.p2pbench.transaction.ForkSettings;
import org.p2pbench.transaction.MemoryChoice;
import org.p2pbench.transaction.PinRig;
import org.p2pbench.transfer.Pinner;

/** What do pinning and unpinning alone cost, by size, page size and mechanism? */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = ForkOptions.NATIVE_ACCESS)
public class PinBenchmark {

  /** Pins of one native call; {@code -opi} sets another number. */
  static final int BATCH = 16;

  /** A buffer, and what pins it. */
  @State(Scope.Thread)
  public static class Buffer {

    /** ram, cmb-emulated or cmb (of which the kernel refuses a long-term pin: the row says so). */
    @Param("ram")
    public String memory;

    /**
     * io_uring-register: a long-term pin. mlock: a lock on the mapping, which pins nothing.
     * gup-test: the kernel's own benchmark, where it was built with CONFIG_GUP_TEST; it pins 8 MiB
     * at once, so that {@code -opi} has to be a multiple of the blocks in there.
     */
    @Param({"io_uring-register", "mlock"})
    public String mechanism;

    /** Bytes pinned at once. */
    @Param({"4096", "65536", "1048576"})
    public long blockBytes;

    /** 4KiB or 2MiB. */
    @Param({"4KiB", "2MiB"})
    public String pages;

    private PinRig rig;
    private int batch;

    /** Maps the buffer. */
    @Setup(Level.Trial)
    public void open(BenchmarkParams params) {
      batch = params.getOpsPerInvocation();
      rig =
          PinRig.open(
              () ->
                  new PinRig.Spec(
                      MemoryChoice.parse(memory),
                      Pinner.Mechanism.parse(mechanism),
                      blockBytes,
                      Pages.huge(pages)),
              ForkSettings.ofThisFork(),
              batch);
    }

    /** Unmaps the buffer. */
    @TearDown(Level.Trial)
    public void close() {
      rig.close();
    }
  }

  /** One operation pins the buffer and unpins it. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void pinAndUnpin(Buffer buffer) {
    buffer.rig.run(buffer.batch);
  }
}
