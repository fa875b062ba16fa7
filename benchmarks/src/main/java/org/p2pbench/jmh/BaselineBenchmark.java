// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.jmh;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.p2pbench.transaction.EmptyRig;
import org.p2pbench.transaction.StageRecorder;
import org.p2pbench.transfer.NativeClock;
import org.p2pbench.transfer.StampBuffer;

/** What does the measuring itself cost? Every other figure stands on these. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = ForkOptions.NATIVE_ACCESS)
public class BaselineBenchmark {

  private static final int BATCH = 256;

  /** What the baselines are taken around. */
  @State(Scope.Thread)
  public static class Rig {

    private EmptyRig empty;
    private StampBuffer stamps;
    private StageRecorder recorder;
    private Histogram histogram;
    private long value;

    /** Opens a transactor around nothing. */
    @Setup(Level.Trial)
    public void open() {
      empty = EmptyRig.open();
      stamps = new StampBuffer(BATCH);
      recorder = StageRecorder.ofTransactions(true, false, true);
      histogram = new Histogram(1, StageRecorder.HIGHEST_NS, StageRecorder.DIGITS);
    }

    /** Closes it. */
    @TearDown(Level.Trial)
    public void close() {
      stamps.close();
      empty.close();
    }
  }

  /** A JNA call that does nothing: what one crossing costs. */
  @Benchmark
  public void emptyCall() {
    NativeClock.noop();
  }

  /** The native loop around nothing, without stamps: per transaction, crossing shared by 256. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void emptyTransaction(Rig rig) {
    rig.empty.run(BATCH);
  }

  /** One time stamp in native code. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void timeStamp(Rig rig) {
    NativeClock.stamp(rig.stamps, BATCH);
  }

  /** One value recorded in a histogram. */
  @Benchmark
  public void histogramRecord(Rig rig) {
    // Spreads over the buckets that latencies of 1 to 65 microseconds fall into.
    rig.value = (rig.value * 25 + 11) & 0xFFFF;
    rig.histogram.recordValue(rig.value + 1);
  }

  /** One empty transaction stamped and its stages recorded: all that measuring adds to one. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public void stampAndRecord(Rig rig) {
    rig.empty.run(BATCH, rig.stamps);
    rig.recorder.record(rig.stamps, BATCH);
  }
}
