// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.load;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.p2pbench.discovery.KernelFiles;
import org.p2pbench.load.LoadPlacement.Nearness;
import org.p2pbench.transfer.Cpus;

/**
 * Finds CPUs and memory for a load such that the transfers beside it keep cores of their own, as
 * long as there are any. The same question has the same answer in every process of a run.
 */
public final class LoadPlanner {

  /** STREAM's rule: arrays are at least four times the last-level cache. */
  private static final int CACHES = 4;

  private static final long LEAST_BYTES = 64L << 20;

  /** Where the machine does not say how large its cache is. */
  private static final long UNKNOWN_CACHE_BYTES = 32L << 20;

  private final Path sysRoot;
  private final Path procRoot;
  private final List<Integer> allowed;

  /**
   * Makes a planner.
   *
   * @param sysRoot where sysfs is
   * @param procRoot where procfs is
   * @param allowed CPUs that this process may use, ascending
   */
  public LoadPlanner(Path sysRoot, Path procRoot, List<Integer> allowed) {
    this.sysRoot = sysRoot;
    this.procRoot = procRoot;
    this.allowed = List.copyOf(allowed);
  }

  /** The planner of this machine, for what the calling thread may use. */
  public static LoadPlanner ofThisMachine() {
    return new LoadPlanner(Path.of("/sys"), Path.of("/proc"), Cpus.allowed());
  }

  /** The load with as many threads as the transfers leave CPUs, where nothing was said. */
  public LoadSpec complete(LoadSpec asked, int transferThreads) {
    return asked.orThreads(Math.max(1, allowed.size() - transferThreads));
  }

  /**
   * Places a load of a number of threads.
   *
   * @throws IllegalArgumentException one line: more threads than CPUs, or too little memory
   */
  public LoadPlacement place(LoadSpec spec) {
    int threads = spec.threads().orElseThrow();
    if (threads > allowed.size()) {
      throw new IllegalArgumentException(
          "memory load %s:%d needs a CPU for each of its %d threads, but this process may use %d (%s): ask for %d or fewer"
              .formatted(
                  spec.kind().label(),
                  threads,
                  threads,
                  allowed.size(),
                  LoadPlacement.list(allowed),
                  allowed.size()));
    }
    List<Integer> loadCpus = lastCores(threads);
    long threadBytes = threadBytes(loadCpus.get(0));
    checkMemory(spec, threads, threadBytes);
    List<Integer> apart = cpusOfCoresWithout(loadCpus);
    if (!apart.isEmpty()) {
      return new LoadPlacement(loadCpus, apart, Nearness.APART, threadBytes);
    }
    List<Integer> others = new ArrayList<>(allowed);
    others.removeAll(loadCpus);
    return others.isEmpty()
        ? new LoadPlacement(loadCpus, allowed, Nearness.SAME_CPUS, threadBytes)
        : new LoadPlacement(loadCpus, others, Nearness.SAME_CORES, threadBytes);
  }

  /** One CPU of each core from the last core on, then the second CPU of each, and so on. */
  private List<Integer> lastCores(int count) {
    List<List<Integer>> cores = new ArrayList<>(cores());
    List<Integer> chosen = new ArrayList<>();
    for (int sibling = 0; chosen.size() < count; sibling++) {
      for (int core = cores.size() - 1; core >= 0 && chosen.size() < count; core--) {
        if (sibling < cores.get(core).size()) {
          chosen.add(cores.get(core).get(sibling));
        }
      }
    }
    return List.copyOf(chosen);
  }

  private List<Integer> cpusOfCoresWithout(List<Integer> loadCpus) {
    return cores().stream()
        .filter(core -> core.stream().noneMatch(loadCpus::contains))
        .flatMap(Collection::stream)
        .sorted()
        .toList();
  }

  /** Allowed CPUs by core, in the order of their first ones. */
  private Collection<List<Integer>> cores() {
    Map<String, List<Integer>> cores = new LinkedHashMap<>();
    for (int cpu : allowed) {
      String siblings =
          KernelFiles.text(cpuDirectory(cpu).resolve("topology/thread_siblings_list"))
              .orElse("cpu " + cpu);
      cores.computeIfAbsent(siblings, s -> new ArrayList<>()).add(cpu);
    }
    return cores.values();
  }

  private long threadBytes(int cpu) {
    Path caches = cpuDirectory(cpu).resolve("cache");
    long largest =
        KernelFiles.names(caches).stream()
            .filter(name -> name.startsWith("index"))
            .mapToLong(
                name -> kibibytes(KernelFiles.text(caches.resolve(name + "/size")).orElse("")))
            .max()
            .orElse(0);
    return Math.max(LEAST_BYTES, CACHES * (largest > 0 ? largest : UNKNOWN_CACHE_BYTES));
  }

  /** A load that makes the machine swap would measure the disk. */
  private void checkMemory(LoadSpec spec, int threads, long threadBytes) {
    long needed = threads * (threadBytes + threadBytes / 4);
    long available =
        KernelFiles.lines(procRoot.resolve("meminfo")).stream()
            .filter(line -> line.startsWith("MemAvailable:"))
            .mapToLong(line -> kibibytes(line.replaceAll("\\D", "") + "K"))
            .findFirst()
            .orElse(Long.MAX_VALUE);
    if (needed > available / 2) {
      throw new IllegalArgumentException(
          "memory load %s:%d needs %d MiB, four times the last-level cache for each thread, but of the %d MiB available at most half may go there: ask for fewer threads"
              .formatted(spec.kind().label(), threads, needed >> 20, available >> 20));
    }
  }

  /** "32768K" in bytes; 0 for anything else. */
  private static long kibibytes(String text) {
    return text.matches("\\d{1,15}K") ? Long.parseLong(text.replace("K", "")) << 10 : 0;
  }

  private Path cpuDirectory(int cpu) {
    return sysRoot.resolve("devices/system/cpu/cpu" + cpu);
  }
}
