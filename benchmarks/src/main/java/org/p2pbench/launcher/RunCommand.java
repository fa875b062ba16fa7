// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code run}: measures and reports. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    sortOptions = false,
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
      "  Beside a neighbour that keeps the memory busy:",
      "    @|bold ${ROOT-COMMAND-NAME} run --busy-memory triad --size 64k,1M --rounds 6|@",
      "  Latency against load, and up to which rate p99 stays below 2 ms:",
      "    @|bold ${ROOT-COMMAND-NAME} run --size 4k --rate 30%%,60%%,90%% --p99-bound 2ms|@",
      "  What each profiler costs a transaction, and what those of every run do:",
      "    @|bold ${ROOT-COMMAND-NAME} run --overhead --profile standard --rounds 6|@",
      "  JMH's own options after --: five iterations of two seconds:",
      "    @|bold ${ROOT-COMMAND-NAME} run --profile smoke -- -i 5 -r 2s|@",
      "",
      "Exit codes: 0 done; 1 the run failed, results so far are kept; 2 bad input; 3 cannot be done"
          + " on this machine."
    })
final class RunCommand implements Callable<Integer> {

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The run directory, new or empty. Default: results/TIME-PROFILE.")
  private Path out;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description =
          "Forks of each row that is compared with others; every other round runs in reverse order."
              + " Of pinning alone half as many, of copying alone and of baselines one. Default: the"
              + " profile's (lab 1, smoke 3, standard 4, full 10). Intervals need 3 or more.")
  private Integer rounds;

  @Mixin private RunOptions options = new RunOptions();

  @Spec private CommandSpec spec;

  RunCommand() {}

  @Override
  public Integer call() {
    Path directory = out == null ? freshName(options.profile().label()) : out;
    List<String> typed = spec.root().commandLine().getParseResult().originalArgs();
    return new RunJob(
            options.request(directory, Optional.ofNullable(rounds), typed), System.out, System.err)
        .run();
  }

  /** A run directory that is not there yet. */
  static Path freshName(String what) {
    String time = LocalDateTime.now().format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss"));
    return Path.of("results", time + "-" + what);
  }
}
