// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.function.ToDoubleBiFunction;
import org.p2pbench.reports.compare.Annotations;
import org.p2pbench.reports.compare.Comparer;
import org.p2pbench.reports.compare.ComparisonJUnit;
import org.p2pbench.reports.compare.ComparisonJson;
import org.p2pbench.reports.compare.ComparisonMarkdown;
import org.p2pbench.reports.compare.ComparisonPage;
import org.p2pbench.reports.compare.ComparisonText;
import org.p2pbench.reports.compare.GithubActionBenchmark;
import org.p2pbench.reports.compare.NoiseFloors;
import org.p2pbench.reports.compare.NotComparableException;
import org.p2pbench.reports.compare.OtavaCsv;
import org.p2pbench.reports.compare.Rules;
import org.p2pbench.reports.compare.RunComparison;
import org.p2pbench.reports.compare.Summary;
import org.p2pbench.reports.fingerprint.Difference;
import org.p2pbench.reports.history.StoreException;
import org.p2pbench.reports.metrics.RowKey;
import org.p2pbench.reports.metrics.TrackedMetric;
import org.p2pbench.reports.rundir.BadRunDirectoryException;
import org.p2pbench.reports.rundir.IoReason;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Options and files that compare and gate have in common. */
final class ComparisonOutputs {
  static final int CANNOT_JUDGE = 3;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "A page with charts: DIR/index.html, DIR/charts/.")
  private Path out;

  @Option(
      names = "--markdown",
      paramLabel = "FILE",
      description = "For a pull request: short, the table folded, below 64 KiB.")
  private Path markdown;

  @Option(
      names = "--junit",
      paramLabel = "FILE",
      description = "JUnit XML: a suite for each row, a case for each metric.")
  private Path junit;

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "Both runs as Apache Otava reads them.")
  private Path csv;

  @Option(
      names = "--github-action-benchmark",
      paramLabel = "FILE",
      description = "The candidate for github-action-benchmark (tool: customSmallerIsBetter).")
  private Path githubActionBenchmark;

  @Option(
      names = "--annotations",
      description = "Print GitHub workflow commands too, which annotate the job.")
  private boolean annotations;

  @Option(names = "--json", paramLabel = "FILE", description = "Everything, as JSON.")
  private Path json;

  @Option(
      names = "--noise-floor",
      paramLabel = "FILE",
      description = "What calibrate recorded of this machine: no smaller change counts.")
  private Path noiseFloor;

  @Option(names = "--timing", description = "Print how long reading and comparing took.")
  private boolean timing;

  /**
   * Compares by rules, over this machine's noise floor where one was given.
   *
   * @throws NotComparableException where runs or floor are of different machines
   */
  RunComparison compared(Rules rules, ComparedRuns.Sides sides) throws Exception {
    refuseToWriteInto(List.of(sides.baseline(), sides.candidate()));
    if (noiseFloor == null) {
      return timed(sides, new Comparer(rules, sides.past()));
    }
    NoiseFloors floors = NoiseFloors.read(noiseFloor);
    RunComparison comparison = timed(sides, new Comparer(floors.over(rules), sides.past()));
    String machine = comparison.candidate().fingerprint().hash();
    if (!machine.equals(floors.machine())) {
      throw new NotComparableException(
          List.of(new Difference("machine of " + noiseFloor, floors.machine(), machine)));
    }
    ToDoubleBiFunction<RowKey, TrackedMetric> byRow = floors.byRow();
    if (comparison.changes().stream()
        .noneMatch(c -> byRow.applyAsDouble(RowKey.of(c.rows().row()), c.metric()) > 0)) {
      spec.commandLine()
          .getErr()
          .println(
              "note: "
                  + noiseFloor
                  + " has a floor for nothing that both runs measured: calibrate with their"
                  + " options.");
    }
    return comparison;
  }

  /** A run is what was measured, and nobody can measure that again. */
  private void refuseToWriteInto(List<Path> runs) {
    Map<String, Path> outputs = new LinkedHashMap<>();
    outputs.put("--out", out);
    outputs.put("--markdown", markdown);
    outputs.put("--junit", junit);
    outputs.put("--csv", csv);
    outputs.put("--github-action-benchmark", githubActionBenchmark);
    outputs.put("--json", json);
    outputs.forEach(
        (option, file) -> {
          for (Path run : runs) {
            if (file != null && OutputFile.isIn(file, run)) {
              throw new ParameterException(
                  spec.commandLine(),
                  option
                      + ": "
                      + file
                      + " is in the run directory "
                      + run
                      + ", which is only read: give another path");
            }
          }
        });
  }

  private RunComparison timed(ComparedRuns.Sides sides, Comparer comparer) throws Exception {
    Comparer.Read runs = timed("read", () -> Comparer.read(sides.baseline(), sides.candidate()));
    return timed("compared", () -> comparer.compare(runs));
  }

  /** Runs a command; what goes wrong becomes one line and a code. */
  int guarded(Callable<Integer> command) {
    try {
      return command.call();
    } catch (BadRunDirectoryException e) {
      ReportsMain.error(spec, e.getMessage());
      return ReportCommand.BAD_INPUT;
    } catch (NotComparableException e) {
      cannotJudge(e.getMessage(), e.differences().stream().map(Difference::sentence).toList());
      return CANNOT_JUDGE;
    } catch (StoreException e) {
      if (e.kind() != StoreException.Kind.CANNOT) {
        ReportsMain.error(spec, e.getMessage());
        return ExitCode.of(e.kind());
      }
      cannotJudge(e.getMessage(), List.of());
      return CANNOT_JUDGE;
    } catch (FileSystemException e) {
      ReportsMain.error(
          spec,
          e.getFile()
              + ": cannot be written ("
              + IoReason.of(e)
              + "). The runs are untouched; make room or give permission, then try again.");
      return ReportCommand.NOT_WRITTEN;
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** Says why nothing is compared, also where GitHub shows it. */
  void cannotJudge(String reason, List<String> details) {
    PrintWriter err = spec.commandLine().getErr();
    ReportsMain.error(spec, "cannot judge: " + reason);
    details.forEach(detail -> err.println("  " + detail));
    if (annotations) {
      line(Annotations.problem(reason, details));
    }
  }

  /** Does something, and says how long that took where that was asked for. */
  <T> T timed(String done, Callable<T> work) throws Exception {
    long began = System.nanoTime();
    T result = work.call();
    if (timing) {
      spec.commandLine()
          .getErr()
          .printf(Locale.ROOT, "%s in %.3f s%n", done, (System.nanoTime() - began) / 1e9);
    }
    return result;
  }

  void print(RunComparison comparison) {
    ComparisonText.remarks(comparison).forEach(spec.commandLine().getErr()::println);
    TextTable table = new TextTable(ComparisonText.COLUMNS);
    ComparisonText.rows(comparison).forEach(row -> table.add(row.toArray(String[]::new)));
    table.print(spec.commandLine().getOut());
  }

  void line(String line) {
    spec.commandLine().getOut().println(line);
  }

  /** Writes what was asked for and returns the code. */
  int write(RunComparison comparison, Summary summary, int code) throws IOException {
    write(json, () -> ComparisonJson.of(comparison, summary));
    write(markdown, () -> ComparisonMarkdown.of(comparison, summary));
    write(junit, () -> ComparisonJUnit.of(comparison, summary));
    write(csv, () -> OtavaCsv.of(List.of(comparison.baseline(), comparison.candidate())));
    write(githubActionBenchmark, () -> GithubActionBenchmark.of(comparison.candidate()));
    if (out != null) {
      ComparisonPage.write(comparison, summary, out)
          .forEach(note -> spec.commandLine().getErr().println("note: " + note));
      line("page " + out.resolve("index.html"));
    }
    if (annotations) {
      Annotations.of(comparison, summary).forEach(this::line);
    }
    stepSummary(ComparisonMarkdown.of(comparison, summary));
    return code;
  }

  /** What GitHub shows on the page of the job; other steps may have written to it before. */
  private void stepSummary(String text) throws IOException {
    String file = spec.root().userObject() instanceof ReportsMain main ? main.stepSummary() : null;
    if (file != null && !file.isBlank()) {
      OutputFile.append(Path.of(file), text);
    }
  }

  private static void write(Path file, Supplier<String> text) throws IOException {
    if (file != null) {
      OutputFile.write(file, text.get());
    }
  }
}
