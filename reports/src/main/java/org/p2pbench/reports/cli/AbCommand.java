// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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

  private static final String NULL_CONTROL_FAILS =
      "a differs from itself on this machine, so something other than b tells the sides apart; end"
          + " other work, or raise --screen-forks";

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
    AbVerdict.Outcome outcome = outputs.timed("compared", verdict::outcome);
    RunComparison comparison = outcome.comparison();
    outputs.print(comparison);
    boolean nullControlPasses = verdict.nullControlPasses();
    int code = code(outcome, nullControlPasses);
    String headline =
        switch (code) {
          case ReportCommand.DONE -> "ab: no slowdown was confirmed; " + outcome.tally();
          case REGRESSED -> "ab: b is worse";
          default ->
              "ab: cannot be judged: "
                  + (nullControlPasses ? undecided(outcome.undecided()) : NULL_CONTROL_FAILS);
        };
    outputs.line(ComparisonText.counts(comparison));
    outputs.line(headline);
    List<String> problems =
        code == ComparisonOutputs.CANNOT_JUDGE ? List.of(headline + ".") : List.of();
    return outputs.write(
        comparison, new Summary(Summary.of(comparison).headline(), problems), code);
  }

  private static String undecided(List<String> undecided) {
    int count = undecided.size();
    return "%s %s; measure again with more or longer forks (--confirm-forks, --screen-forks, -- -r 2s)"
        .formatted(
            count == 1 ? "1 stays undecided:" : count + " stay undecided, the first is",
            undecided.get(0));
  }

  private static int code(AbVerdict.Outcome outcome, boolean nullControlPasses) {
    RunComparison comparison = outcome.comparison();
    if (comparison.facts().stream().anyMatch(fact -> fact.verdict() == Verdict.REGRESSED)) {
      return REGRESSED;
    }
    if (!nullControlPasses) {
      return ComparisonOutputs.CANNOT_JUDGE;
    }
    if (comparison.regressed()) {
      return REGRESSED;
    }
    return outcome.undecided().isEmpty() ? ReportCommand.DONE : ComparisonOutputs.CANNOT_JUDGE;
  }
}
