// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.Callable;
import org.p2pbench.reports.compare.RunComparison;
import org.p2pbench.reports.gate.BadPolicyException;
import org.p2pbench.reports.gate.Gate;
import org.p2pbench.reports.gate.Policy;
import org.p2pbench.reports.gate.PolicyReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code gate BASELINE CANDIDATE}: passes or fails a candidate. */
@Command(
    name = "gate",
    description = {
      "Compares like `compare`, and passes or fails the candidate by a policy (the format is in"
          + " reports/gate-policy.md).",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  ${ROOT-COMMAND-NAME} gate results/main results/change",
      "  ${ROOT-COMMAND-NAME} gate --store p2pbench-history --branch main results/change",
      "  ${ROOT-COMMAND-NAME} gate --policy gate.yaml --markdown pr.md --annotations \\",
      "    results/main results/change",
      "",
      "Exit codes: 0 passed; 1 regressed (or a file could not be written); 2 bad input; 3 cannot be"
          + " judged: no baseline, too few forks, another machine, a required benchmark absent."
    })
final class GateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private ComparedRuns runs;

  @Mixin private ComparisonOutputs outputs;

  @Option(
      names = "--policy",
      paramLabel = "FILE",
      description = "YAML or JSON. Without it every metric counts, with its default change.")
  private Path policyFile;

  @Override
  public Integer call() {
    return outputs.guarded(this::judge);
  }

  private int judge() throws Exception {
    Policy policy;
    try {
      policy = policyFile == null ? Policy.standard() : PolicyReader.read(policyFile);
    } catch (BadPolicyException e) {
      ReportsMain.error(spec, e.getMessage());
      return ReportCommand.BAD_INPUT;
    }
    ComparedRuns.Sides sides = runs.sides();
    if (!Files.exists(sides.baseline()) && Files.exists(sides.candidate())) {
      outputs.cannotJudge(
          "there is no baseline at "
              + sides.baseline()
              + ": measure one, or take it from the history.",
          List.of());
      return ComparisonOutputs.CANNOT_JUDGE;
    }
    RunComparison comparison = outputs.compared(policy, sides);
    Gate gate = Gate.of(comparison, policy, LocalDate.now(clock()));
    outputs.print(gate.comparison());
    gate.remarks().forEach(spec.commandLine().getErr()::println);
    gate.problems().forEach(problem -> ReportsMain.error(spec, "cannot judge: " + problem));
    outputs.line(comparison.machineClass().label() + ": " + gate.summary().headline());
    return outputs.write(gate.comparison(), gate.summary(), code(gate.result()));
  }

  private Clock clock() {
    return ((ReportsMain) spec.root().userObject()).clock();
  }

  private static int code(Gate.Result result) {
    return switch (result) {
      case PASSED -> ReportCommand.DONE;
      case REGRESSED -> 1;
      case CANNOT_JUDGE -> ComparisonOutputs.CANNOT_JUDGE;
    };
  }
}
