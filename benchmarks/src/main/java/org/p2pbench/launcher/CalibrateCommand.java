// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code calibrate}: what this machine cannot tell apart. */
@Command(
    name = "calibrate",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures A against A in alternating forks, and records this machine's noise floor for each"
          + " row and metric: the change that it shows where nothing has changed. gate and compare"
          + " take no smaller one for real."
    },
    footer = {
      "",
      "Examples:",
      "  @|bold ${ROOT-COMMAND-NAME} calibrate --profile smoke|@",
      "  @|bold ${ROOT-COMMAND-NAME} calibrate --memory ram --size 4k --dir /mnt/nvme|@",
      "",
      "Exit codes: 0 recorded; 1 a fork failed, or the file could not be written; 2 bad input;"
          + " 3 cannot be done on this machine."
    })
final class CalibrateCommand implements Callable<Integer> {

  /** Fewer comparisons of a side with itself do not give a 95 % quantile. */
  private static final int FEWEST_FORKS = 10;

  @Option(
      names = "--forks",
      paramLabel = "N",
      description = "Forks of each side and row. Default: ${DEFAULT-VALUE}, the fewest.")
  private int forks = FEWEST_FORKS;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where everything goes, new or empty. Default: results/TIME-calibration.")
  private Path out;

  @Mixin private RunOptions common = new RunOptions();

  @Spec private CommandSpec spec;

  CalibrateCommand() {}

  @Override
  public Integer call() {
    if (forks < FEWEST_FORKS) {
      throw new CommandFailure(
          CommandFailure.BAD_INPUT,
          "--forks %d is too few for a noise floor: at least %d".formatted(forks, FEWEST_FORKS));
    }
    Path root = out == null ? RunCommand.freshName("calibration") : out;
    List<String> typed = spec.commandLine().getParseResult().originalArgs();
    RunRequest request = AbOptions.request("calibrate", "", typed.subList(1, typed.size()), root);
    PreparedRun side = RunPreparation.check(request, System.err);
    AbJob.requireKnownRates(side);
    AbCommand.requireReporting();
    return new AbJob(side, side, root, System.out, System.err).calibrate(forks);
  }
}
