// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.p2pbench.safety.Consent;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * What is measured and where, in the domain's words: the options of every command that measures.
 */
final class RunOptions {

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      description =
          "How much and how long: smoke (about a minute), standard (under ten minutes), full (an"
              + " hour and a half). lab (half a minute) shows that every path works and counts"
              + " exactly, in one short fork of each row without warm-up: its timings are rough."
              + " Default: smoke.")
  private String profile = "smoke";

  @Option(
      names = "--memory",
      split = ",",
      paramLabel = "KIND",
      description =
          "Where blocks rest: cmb, cmb-emulated, ram, page-cache. Default: the best that is here,"
              + " against ram.")
  private List<String> memory = new ArrayList<>();

  @Option(
      names = "--pinning",
      split = ",",
      paramLabel = "WHEN",
      description = "When pages are pinned: per-transaction, registered, none (page-cache).")
  private List<String> pinning = new ArrayList<>();

  @Option(
      names = "--engine",
      split = ",",
      paramLabel = "NAME",
      description = "What issues the I/O: sync, io_uring. Default: io_uring where it is allowed.")
  private List<String> engine = new ArrayList<>();

  @Option(
      names = "--size",
      split = ",",
      paramLabel = "BYTES",
      description = "Block of one transaction, such as 4k,64k,1M.")
  private List<String> size = new ArrayList<>();

  @Option(
      names = "--depth",
      split = ",",
      paramLabel = "N",
      description = "Transactions in flight for each thread, 1 to 256 (io_uring).")
  private List<Integer> depth = new ArrayList<>();

  @Option(
      names = "--threads",
      split = ",",
      paramLabel = "N",
      description = "Measuring threads, each with blocks of its own.")
  private List<Integer> threads = new ArrayList<>();

  @Option(
      names = "--staging",
      split = ",",
      paramLabel = "N",
      description = "Extra CPU copies into the I/O buffer: 0, 1.")
  private List<Integer> staging = new ArrayList<>();

  @Option(
      names = "--pattern",
      paramLabel = "ORDER",
      description = "Order of the blocks: sequential (default), random.")
  private String pattern;

  @Option(
      names = "--pages",
      paramLabel = "SIZE",
      description = "Pages asked for: 4KiB (default), 2MiB. The row says which were got.")
  private String pages;

  @Option(
      names = "--drain-only",
      description = "The source is a generator: measures the drain alone.")
  private boolean drainOnly;

  @Option(
      names = "--busy-memory",
      split = ",",
      paramLabel = "LOAD",
      description =
          "Loads the memory beside the transfers, and measures each of both alone, too:"
              + " KIND[:THREADS[:PERCENT[:ORDER]]], where KIND is read, write, copy or triad,"
              + " PERCENT the share of the time, ORDER sequential or random. Default: on every CPU"
              + " that the transfers leave free, 100 %%, sequential.")
  private List<String> busyMemory = new ArrayList<>();

  @Option(
      names = "--numa",
      split = ",",
      paramLabel = "NODE",
      description =
          "Places measuring threads and system memory on a NUMA node: near (that of the CMB's"
              + " controller, or of the target where no CMB is used), far (the farthest from it), or"
              + " a number. Several values, such as near,far, are measured in turn.")
  private List<String> numa = new ArrayList<>();

  @Option(
      names = "--rate",
      split = ",",
      paramLabel = "RATE",
      description =
          "Open loop: transactions arrive at these rates, whatever the device does, and latency"
              + " counts from the intended start. Per second, such as 2000,8000, or of the closed"
              + " loop in RAM, which is then measured first, such as 30%%,60%%,90%%.")
  private List<String> rate = new ArrayList<>();

  @Option(
      names = "--arrivals",
      paramLabel = "HOW",
      description = "How they arrive: poisson (default), fixed.")
  private String arrivals;

  @Option(
      names = "--p99-bound",
      paramLabel = "TIME",
      description = "The report says up to which rate p99 stays below this, such as 500us or 2ms.")
  private String p99Bound;

  @Option(
      names = "--overhead",
      description =
          "Measures what profilers cost: the same transaction with each of them off and on. Default"
              + " for the transaction: 4 KiB, sync, through the page cache and through ram.")
  private boolean overhead;

  @Option(
      names = "--cmb",
      paramLabel = "WHERE",
      description =
          "Whose CMB: a PCI address, controller, serial, block device or file on it. Default: the"
              + " target's own, else the source's, else the only one.")
  private String cmb;

  @Option(
      names = "--source",
      paramLabel = "PATH",
      description =
          "File or block device to read. Default: a fresh file below --dir. Repeatable: thread i"
              + " (from 0) reads source i modulo their number.")
  private List<Path> sources = new ArrayList<>();

  @Option(
      names = "--target",
      paramLabel = "PATH",
      description =
          "Block device to overwrite (see --destroy), or a new file, removed at the end. Default: a"
              + " fresh file below --dir. Repeatable, in turn as sources are. With several of either,"
              + " rows on all of them stand beside rows of as many threads on the first ones.")
  private List<Path> targets = new ArrayList<>();

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "Where fresh files go. Default: where --out lies.")
  private Path dir;

  /** The signature belongs to the device beside it. */
  static final class Destroy {
    @Option(
        names = "--destroy",
        paramLabel = "DEVICE",
        description =
            "Allows exactly this block device to be overwritten. Its data is lost. Once for each"
                + " target that is a device.")
    private String device;

    @Option(
        names = "--destroy-signature",
        paramLabel = "TEXT",
        description =
            "Names what was found on the --destroy before it, in the words of the refusal.")
    private String signature;

    private Consent consent() {
      return new Consent(Optional.ofNullable(device), Optional.ofNullable(signature));
    }
  }

  @ArgGroup(exclusive = false, multiplicity = "0..*")
  private List<Destroy> destroys = new ArrayList<>();

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "An I/O that takes longer ends the run. Default: ${DEFAULT-VALUE}.")
  private int timeoutSeconds = 30;

  @Option(
      names = "--profiler",
      split = ",",
      paramLabel = "NAME",
      description =
          "Also profile: cpu (perf events: cycles, instructions, cache misses, migrations),"
              + " dram (system-memory traffic), kernel (where the kernel spends a transaction, traced in a warm-up iteration).")
  private List<String> profilers = new ArrayList<>();

  @Parameters(
      paramLabel = "JMH-OPTION",
      description = "After --: options for JMH, such as -i, -r, -wi, -jvmArgs.")
  private List<String> jmhArguments = new ArrayList<>();

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  RunOptions() {}

  /** The profile named. */
  Profile profile() {
    return Profile.parse(profile);
  }

  /**
   * The request that these options make.
   *
   * @param out the run directory
   * @param rounds forks of each row; empty: the profile's
   * @param commandLine as typed, for the record
   */
  RunRequest request(Path out, Optional<Integer> rounds, List<String> commandLine) {
    if (timeoutSeconds < 1) {
      throw new CommandFailure(
          CommandFailure.BAD_INPUT,
          "timeout %d is out of range: at least 1 second".formatted(timeoutSeconds));
    }
    refuseWhatStandsBeforeJmhs();
    return new RunRequest(
        profile(),
        asked(),
        new RunRequest.Places(
            Optional.ofNullable(cmb),
            sources,
            targets,
            Optional.ofNullable(dir),
            destroys.stream().map(Destroy::consent).toList()),
        out,
        Duration.ofSeconds(timeoutSeconds),
        rounds,
        profilers,
        jmhArguments,
        commandLine,
        Optional.empty());
  }

  /** To picocli what stands before -- is a parameter like what stands after it. */
  private void refuseWhatStandsBeforeJmhs() {
    List<String> line = spec.commandLine().getParseResult().originalArgs();
    int jmh = line.indexOf("--");
    int after = jmh < 0 ? 0 : line.size() - jmh - 1;
    if (jmhArguments.size() > after) {
      throw new CommandFailure(
          CommandFailure.BAD_INPUT,
          "unknown argument '%s': options begin with --, and what is for JMH stands after a -- of its own: see 'run --help'"
              .formatted(jmhArguments.get(0)));
    }
  }

  private RunRequest.Asked asked() {
    return new RunRequest.Asked(
        memory,
        pinning,
        engine,
        size,
        depth,
        threads,
        staging,
        Optional.ofNullable(pattern),
        Optional.ofNullable(pages),
        drainOnly,
        busyMemory,
        numa,
        new RunRequest.OpenLoop(rate, Optional.ofNullable(arrivals), Optional.ofNullable(p99Bound)),
        overhead);
  }
}
