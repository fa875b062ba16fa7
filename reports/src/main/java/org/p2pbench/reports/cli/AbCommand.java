// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.p2pbench.reports.compare.AbVerdict;
import org.p2pbench.reports.compare.ComparisonText;
import org.p2pbench.reports.compare.RunComparison;
import org.p2pbench.reports.compare.Summary;
import org.p2pbench.reports.regression.Verdict;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ab DIR}: what {@code ./run.sh ab} measured, judged; that command calls it. */
@Command(
    name = "ab",
    hidden = true,
    description = "Judges what `ab` measured.",
    mixinStandardHelpOptions = true)
final class AbCommand implements Callable<Integer> {
  private static final int REGRESSED = 1;

  @Mixin private ComparisonOutputs outputs;

  @Parameters(paramLabel = "DIR", description = "What `ab --out DIR` left.")
  private Path root;

  @Option(
      names = "--stage",
      paramLabel = "NAME",
      description = "screen: only say what fresh forks are needed of, into screen/screened.txt.")
  private String stage = "";

  @Override
  public Integer call() {
    return outputs.guarded(() -> stage.equals("screen") ? screen() : verdict());
  }

  private int screen() throws Exception {
    AbVerdict verdict = AbVerdict.of(root);
    Set<String> rows = verdict.rowsToConfirm();
    write(rows);
    outputs.line(
        rows.isEmpty()
            ? "no row looks worse"
            : "%d of %d rows look worse in something: measured again on fresh forks"
                .formatted(rows.size(), verdict.screen().baseline().rows().size()));
    return ReportCommand.DONE;
  }

  private void write(Set<String> rows) throws IOException {
    String lines = rows.stream().map(row -> row + "\n").collect(Collectors.joining());
    OutputFile.write(root.resolve("screen").resolve("screened.txt"), lines);
  }

  private int verdict() throws Exception {
    AbVerdict verdict = AbVerdict.of(root);
    RunComparison comparison = outputs.timed("compared", verdict::confirmed);
    outputs.print(comparison);
    int code = code(comparison, verdict.nullControlPasses());
    String headline =
        switch (code) {
          case ReportCommand.DONE -> "ab: b is not slower in anything that was measured";
          case REGRESSED -> "ab: b is worse";
          default ->
              "ab: cannot be judged: a differs from itself on this machine, so something other than"
                  + " b tells the sides apart; end other work, or raise --screen-forks";
        };
    outputs.line(ComparisonText.counts(comparison));
    outputs.line(headline);
    return outputs.write(comparison, Summary.of(comparison), code);
  }

  private static int code(RunComparison comparison, boolean nullControlPasses) {
    if (comparison.facts().stream().anyMatch(fact -> fact.verdict() == Verdict.REGRESSED)) {
      return REGRESSED;
    }
    if (!nullControlPasses) {
      return ComparisonOutputs.CANNOT_JUDGE;
    }
    return comparison.regressed() ? REGRESSED : ReportCommand.DONE;
  }
}
