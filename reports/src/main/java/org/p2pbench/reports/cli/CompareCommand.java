// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.cli;

import java.util.concurrent.Callable;
import org.p2pbench.reports.compare.ComparisonText;
import org.p2pbench.reports.compare.Rules;
import org.p2pbench.reports.compare.RunComparison;
import org.p2pbench.reports.compare.Summary;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code compare BASELINE CANDIDATE}: what changed between two runs. */
@Command(
    name = "compare",
    description = {
      "Says of each benchmark and metric whether the candidate regressed, improved, is equivalent,"
          + " or that the forks cannot tell.",
      ""
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "One fork is one sample; false alarms are controlled over the whole table. `gate` does the"
          + " same under a policy and fails on regressions.",
      "",
      "Examples:",
      "  ${ROOT-COMMAND-NAME} compare results/before results/after",
      "  ${ROOT-COMMAND-NAME} compare --store p2pbench-history results/after",
      "  ${ROOT-COMMAND-NAME} compare --out cmp --markdown pr.md results/before results/after",
      "",
      "Exit codes: 0 compared; 1 a file could not be written; 2 bad input; 3 the runs cannot be"
          + " compared: they belong to different machines."
    })
final class CompareCommand implements Callable<Integer> {
  @Mixin private ComparedRuns runs;

  @Mixin private ComparisonOutputs outputs;

  @Override
  public Integer call() {
    return outputs.guarded(
        () -> {
          RunComparison comparison = outputs.compared(Rules.DEFAULT, runs.sides());
          outputs.print(comparison);
          outputs.line(ComparisonText.counts(comparison));
          return outputs.write(comparison, Summary.of(comparison), ReportCommand.DONE);
        });
  }
}
