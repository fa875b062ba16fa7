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

/** {@code ab}: which of two is slower, with fresh forks before it is said. */
@Command(
    name = "ab",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Compares two jars, places or JVM configurations on this machine, in alternating forks: the"
          + " baseline against itself (null control), a few forks of every row, then fresh forks of"
          + " the rows that look worse. The verdict rests on the fresh forks alone.",
      "",
      "A side is a jar, options of run, or both, in quotes. What both have in common stands beside"
          + " --a and --b. Quotes and backslashes in it count as in a shell."
    },
    footer = {
      "",
      "Examples:",
      "  Last week's build against today's:",
      "    @|bold ${ROOT-COMMAND-NAME} ab --a old/benchmarks.jar --b new/benchmarks.jar|@",
      "  One drive against another:",
      "    @|bold ${ROOT-COMMAND-NAME} ab --a '--dir /mnt/one' --b '--dir /mnt/two' --size 4k,1M|@",
      "  A flag of the JVM:",
      "    @|bold ${ROOT-COMMAND-NAME} ab --a '' --b '-- -jvmArgs -XX:+UseSerialGC' --memory ram|@",
      "",
      "Exit codes: 0 no slowdown was confirmed; 1 b is slower, or a fork failed; 2 bad input; 3"
          + " cannot be judged here."
    })
final class AbCommand implements Callable<Integer> {

  @Option(names = "--a", required = true, paramLabel = "SIDE", description = "The baseline.")
  private String a;

  @Option(
      names = "--b",
      required = true,
      paramLabel = "SIDE",
      description = "What is compared with it.")
  private String b;

  @Option(
      names = "--screen-forks",
      paramLabel = "N",
      description = "Forks of each side and row at first. Default: ${DEFAULT-VALUE}.")
  private int screenForks = 5;

  @Option(
      names = "--confirm-forks",
      paramLabel = "N",
      description = "Fresh forks of each side where a row looks worse. Default: ${DEFAULT-VALUE}.")
  private int confirmForks = 10;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Where everything goes, new or empty. Default: results/TIME-ab.")
  private Path out;

  @Mixin private RunOptions common = new RunOptions();

  @Spec private CommandSpec spec;

  AbCommand() {}

  @Override
  public Integer call() {
    if (screenForks < 4 || confirmForks < 4) {
      throw new CommandFailure(
          CommandFailure.BAD_INPUT,
          "fewer than 4 forks of each side can never tell two sides apart: raise --screen-forks and --confirm-forks");
    }
    Path root = out == null ? RunCommand.freshName("ab") : out;
    List<String> typed = spec.commandLine().getParseResult().originalArgs();
    List<String> after = typed.subList(1, typed.size());
    PreparedRun sideA = RunPreparation.check(AbOptions.request("--a", a, after, root), System.err);
    PreparedRun sideB = RunPreparation.check(AbOptions.request("--b", b, after, root), System.err);
    AbJob.requireKnownRates(sideA);
    AbJob.requireSameRows(sideA, sideB);
    requireReporting();
    return new AbJob(sideA, sideB, root, System.out, System.err).compare(screenForks, confirmForks);
  }

  /** Before hours of measuring for a verdict that nobody can give. */
  static void requireReporting() {
    if (!Reporting.available()) {
      throw new CommandFailure(
          CommandFailure.CANNOT,
          "the verdict is given by reports.jar, which is not here: use ./run.sh, or -Dp2pbench.reports.jar=PATH");
    }
  }
}
