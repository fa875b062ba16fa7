// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.jmh;

import java.util.Optional;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.p2pbench.transaction.ForkSettings;
import org.p2pbench.transaction.Layout;
import org.p2pbench.transaction.MemoryChoice;
import org.p2pbench.transaction.TransferRig;
import org.p2pbench.transaction.TransferSpec;
import org.p2pbench.transfer.Engine;
import org.p2pbench.transfer.Pattern;
import org.p2pbench.transfer.Pinning;

/**
 * The parameters of {@link TransferBenchmark} and {@link DrainBenchmark} and the rig made from
 * them. Where to measure is not a parameter: see {@link ForkSettings}.
 */
@State(Scope.Benchmark)
public class TransferState {

  /** cmb, cmb-emulated, ram or page-cache. */
  @Param({"cmb-emulated", "ram"})
  public String memory;

  /** per-transaction, registered (io_uring) or none (page-cache). */
  @Param("per-transaction")
  public String pinning;

  /** sync or io_uring. */
  @Param("sync")
  public String engine;

  /** Bytes of one transaction. */
  @Param({"4096", "65536", "1048576"})
  public long blockBytes;

  /** Transactions in flight for each thread. */
  @Param("1")
  public int depth;

  /** Extra CPU copies into the I/O buffer: 0 or 1. */
  @Param("0")
  public int staging;

  /** sequential or random. */
  @Param("sequential")
  public String pattern;

  /** 4KiB or 2MiB: pages asked for; the row says which were got. */
  @Param("4KiB")
  public String pages;

  /** Sources that the threads take turns on, of those that the settings name. */
  @Param("1")
  public int sources;

  /** Targets, likewise. */
  @Param("1")
  public int targets;

  /** Number of the NUMA node of threads and system memory; any: wherever the kernel puts them. */
  @Param("any")
  public String numa;

  TransferRig rig;
  int batch;

  /** Opens and proves the rig. */
  @Setup(Level.Trial)
  public void open(BenchmarkParams params) {
    batch = params.getOpsPerInvocation();
    boolean fills = !params.getBenchmark().startsWith(DrainBenchmark.class.getName() + ".");
    rig =
        TransferRig.open(() -> spec(params.getThreads(), fills), ForkSettings.ofThisFork(), batch);
  }

  private TransferSpec spec(int threads, boolean fills) {
    return new TransferSpec(
        MemoryChoice.parse(memory),
        Pinning.parse(pinning),
        Engine.parse(engine),
        blockBytes,
        depth,
        threads,
        staging,
        Pattern.parse(pattern),
        Pages.huge(pages),
        fills,
        new Layout(sources, targets, node()));
  }

  private Optional<Layout.Node> node() {
    if (numa.equals("any")) {
      return Optional.empty();
    }
    if (!numa.matches("\\d{1,9}")) {
      throw new IllegalArgumentException(
          "unknown NUMA node '%s': a number, or any (near and far are words of run)"
              .formatted(numa));
    }
    return Optional.of(new Layout.Node(numa, Integer.parseInt(numa)));
  }

  /** Closes the rig. */
  @TearDown(Level.Trial)
  public void close() {
    rig.close();
  }

  /** One measuring thread. */
  @State(Scope.Thread)
  public static class Worker extends WorkerState {

    /** Takes slots and blocks for this thread. */
    @Setup(Level.Trial)
    public void open(TransferState state) {
      begin(state.rig.newWorker(), state.batch);
    }
  }
}
