// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.jmh;

import java.util.OptionalInt;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.p2pbench.load.LoadSpec;
import org.p2pbench.transaction.ForkSettings;
import org.p2pbench.transaction.LoadRig;
import org.p2pbench.transaction.Measurements;
import org.p2pbench.transfer.MemoryLoad;
import org.p2pbench.transfer.Pattern;

/** The busy neighbour of {@link BusyMemoryBenchmark}. */
@State(Scope.Benchmark)
public class LoadState {

  private static final String NONE = "none";

  /** read, write, copy, triad; none: the CPUs for it are left free. */
  @Param("triad")
  public String load;

  /** sequential or random addresses. */
  @Param("sequential")
  public String loadPattern;

  /** Threads, each on a CPU of its own. */
  @Param("1")
  public int loadThreads;

  /** Percent of the time in which each of them moves. */
  @Param("100")
  public int loadShare;

  LoadRig rig;

  /** Starts the load. */
  @Setup(Level.Trial)
  public void open() {
    rig = LoadRig.open(this::spec, ForkSettings.ofThisFork());
  }

  private LoadRig.Spec spec() {
    boolean running = !load.equals(NONE);
    LoadSpec wanted =
        new LoadSpec(
            running ? MemoryLoad.Kind.parse(load) : MemoryLoad.Kind.READ,
            OptionalInt.of(loadThreads),
            loadShare,
            Pattern.parse(loadPattern));
    return new LoadRig.Spec(wanted, running);
  }

  /** Ends it. */
  @TearDown(Level.Trial)
  public void close() {
    rig.close();
  }

  /** A thread that transfers. JMH may give it another thread of the system in each iteration. */
  @State(Scope.Thread)
  public static class Seat {

    /** Places the thread that calls. */
    @Setup(Level.Iteration)
    public void take(LoadState state) {
      state.rig.placeTransferThread();
    }
  }

  /** The thread that watches a load without transfers. */
  @State(Scope.Thread)
  public static class Watcher {

    private LoadRig rig;
    private int batch;

    /** Begins to watch. */
    @Setup(Level.Trial)
    public void open(LoadState state, BenchmarkParams params) {
      rig = state.rig;
      batch = params.getOpsPerInvocation();
      rig.measureAlone();
    }

    /** Leaves out what was moved between two iterations. */
    @Setup(Level.Iteration)
    public void catchUp() {
      rig.catchUp();
    }

    /** Ends the counters' window. */
    @TearDown(Level.Iteration)
    public void rest() {
      Measurements.ofThisFork().closeWindow();
    }

    void await() {
      rig.await(batch);
    }
  }
}
