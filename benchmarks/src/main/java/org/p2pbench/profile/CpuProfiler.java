// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.profile;

import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.results.IterationResult;
import org.p2pbench.transaction.Counters;
import org.p2pbench.transaction.Measurements;
import org.p2pbench.transfer.ProcessUsage;

/**
 * CPU time and context switches for each transaction and CPU time for each GiB: getrusage(2) of the
 * whole fork, the kernel's io_uring workers and the JVM's own threads included.
 */
public class CpuProfiler extends WindowProfiler {

  private static final double GIB = 1L << 30;

  /** Made by JMH in the launcher and in each fork. */
  public CpuProfiler() {}

  @Override
  public String getDescription() {
    return "CPU time and context switches for each transaction, CPU time for each GiB";
  }

  @Override
  void read(
      Measurements measurements, IterationParams iteration, IterationResult result, Sink sink) {
    Counters window = measurements.window();
    ProcessUsage usage = window.usage();
    double transactions = window.transactions();
    sink.average("cpu.user", usage.userNs() / transactions, "ns/tx");
    sink.average("cpu.system", usage.systemNs() / transactions, "ns/tx");
    double bytes = transactions * measurements.bytesPerTransaction();
    if (bytes > 0) {
      double seconds = (usage.userNs() + usage.systemNs()) / 1e9;
      sink.average("cpu.gib", seconds / (bytes / GIB), "s/GiB");
    }
    double switches = usage.voluntarySwitches() + usage.involuntarySwitches();
    sink.average("switches", switches / transactions, "1/tx");
    sink.sum(Labels.TRANSACTIONS, transactions, "tx");
    sink.sum(Labels.CPU_USER, usage.userNs(), "ns");
    sink.sum(Labels.CPU_SYSTEM, usage.systemNs(), "ns");
    sink.sum(Labels.VOLUNTARY, usage.voluntarySwitches(), "switches");
    sink.sum(Labels.INVOLUNTARY, usage.involuntarySwitches(), "switches");
  }
}
