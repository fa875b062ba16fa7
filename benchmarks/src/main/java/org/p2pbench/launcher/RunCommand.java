// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code run}: measures and reports. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    usageHelpAutoWidth = true,
    description = {
      "Verifies each path, measures it, and leaves a run directory with a report.",
      "",
      "Without --memory, --size and the like, the profile says what is measured. With one of them,"
          + " every combination of the values given is measured, each with its twins."
    },
    footer = {
      "",
      "Examples:",
      "  Everything that a first look needs, on fresh files below /mnt/nvme:",
      "    @|bold ${ROOT-COMMAND-NAME} run --profile smoke --dir /mnt/nvme|@",
      "  CMB-direct against system memory at three sizes and two depths:",
      "    @|bold ${ROOT-COMMAND-NAME} run --memory cmb,ram --size 4k,64k,1M --depth 1,32|@",
      "  From one drive into the CMB of another and out to it, on the raw devices:",
      "    @|bold ${ROOT-COMMAND-NAME} run --source /dev/nvme0n1 --target /dev/nvme1n1 \\|@",
      "      @|bold --destroy /dev/nvme1n1|@",
      "  JMH's own options after --: five iterations of two seconds:",
      "    @|bold ${ROOT-COMMAND-NAME} run --profile smoke -- -i 5 -r 2s|@"
    })
final class RunCommand implements Callable<Integer> {

  @Option(
      names = "--profile",
      paramLabel = "NAME",
      description =
          "How much and how long: smoke (under a minute), standard, full. Default: smoke.")
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
      names = "--cmb",
      paramLabel = "WHERE",
      description =
          "Whose CMB: a PCI address, controller, serial, block device or file on it. Default: the"
              + " target's own, else the source's, else the only one.")
  private String cmb;

  @Option(
      names = "--source",
      paramLabel = "PATH",
      description = "File or block device to read. Default: a fresh file below --dir.")
  private Path source;

  @Option(
      names = "--target",
      paramLabel = "PATH",
      description =
          "Block device to overwrite (see --destroy), or a new file, removed at the end. Default: a"
              + " fresh file below --dir.")
  private Path target;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "Where fresh files go. Default: where --out lies.")
  private Path dir;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The run directory, new or empty. Default: results/TIME-PROFILE.")
  private Path out;

  @Option(
      names = "--destroy",
      paramLabel = "DEVICE",
      description = "Allows exactly this block device to be overwritten. Its data is lost.")
  private String destroy;

  @Option(
      names = "--destroy-signature",
      paramLabel = "TEXT",
      description = "Names what was found on that device, in the words of the refusal.")
  private String destroySignature;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description =
          "Forks of each row; every other round runs in reverse order. Default: the profile's."
              + " Intervals need 3 or more.")
  private Integer rounds;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "An I/O that takes longer ends the run. Default: ${DEFAULT-VALUE}.")
  private int timeoutSeconds = 30;

  @Parameters(
      paramLabel = "JMH-OPTION",
      description = "After --: options for JMH, such as -i, -r, -wi, -jvmArgs.")
  private List<String> jmhArguments = new ArrayList<>();

  @Spec private CommandSpec spec;

  RunCommand() {}

  @Override
  public Integer call() {
    Profile chosen = Profile.parse(profile);
    if (timeoutSeconds < 1) {
      throw new CommandFailure(
          CommandFailure.BAD_INPUT,
          "timeout %d is out of range: at least 1 second".formatted(timeoutSeconds));
    }
    RunRequest request =
        new RunRequest(
            chosen,
            selection(),
            new RunRequest.Places(
                Optional.ofNullable(cmb),
                Optional.ofNullable(source),
                Optional.ofNullable(target),
                Optional.ofNullable(dir),
                Optional.ofNullable(destroy),
                Optional.ofNullable(destroySignature)),
            out == null ? freshName(chosen) : out,
            java.time.Duration.ofSeconds(timeoutSeconds),
            Optional.ofNullable(rounds),
            jmhArguments,
            spec.root().commandLine().getParseResult().originalArgs());
    return new RunJob(request, System.out, System.err).run();
  }

  private RunRequest.Asked selection() {
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
        drainOnly);
  }

  /** A run directory that is not there yet. */
  static Path freshName(Profile profile) {
    String time = LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss"));
    return Path.of("results", time + "-" + profile.label());
  }
}
