// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.p2pbench.reports.compare.NoiseFloors;
import org.p2pbench.reports.fingerprint.Difference;
import org.p2pbench.reports.history.HistoryRun;
import org.p2pbench.reports.history.MachineTrend;
import org.p2pbench.reports.history.Store;
import org.p2pbench.reports.history.StoreException;
import org.p2pbench.reports.history.Trend;
import org.p2pbench.reports.history.TrendJson;
import org.p2pbench.reports.history.TrendPage;
import org.p2pbench.reports.history.TrendSeries;
import org.p2pbench.reports.history.TrendText;
import org.p2pbench.reports.metrics.TrackedMetric;
import org.p2pbench.reports.rundir.BadRunDirectoryException;
import org.p2pbench.reports.rundir.IoReason;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code trend}: where stored series moved. */
@Command(
    name = "trend",
    description = "Says where and by how much the stored series of a branch moved.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "A change is called where a series of runs moves to another level beyond its scatter, and"
          + " alerts when it is for the worse, large enough to matter, and was seen after each of"
          + " the last three runs. A lone spike is no change. Series are kept apart by machine and"
          + " class.",
      "",
      "Examples:",
      "  ${ROOT-COMMAND-NAME} trend --out results/trend",
      "  ${ROOT-COMMAND-NAME} trend --benchmark transfer --metric throughput --fail-on-alert",
      "  ${ROOT-COMMAND-NAME} trend --noise-floor results/calibration/noise-floor.json",
      "",
      "Exit codes: 0 done; 1 an alert with --fail-on-alert, or a file could not be written;"
          + " 2 bad input; 3 too few runs, or a noise floor of another machine."
    })
final class TrendCommand extends StoreCommand {
  @Option(
      names = "--branch",
      paramLabel = "NAME",
      description = "Default: main, or the only one that there is.")
  private String branch;

  @Option(
      names = "--benchmark",
      split = ",",
      paramLabel = "NAME",
      description = "Only these: transfer, drain, pin, copy, baseline.")
  private Set<String> benchmarks = Set.of();

  @Option(
      names = "--metric",
      split = ",",
      paramLabel = "NAME",
      description = "Only these, such as throughput or drain-p99.")
  private Set<String> metrics = Set.of();

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Also draw: DIR/index.html, and the charts one by one.")
  private Path out;

  @Option(
      names = "--charts",
      paramLabel = "NUMBER",
      defaultValue = "36",
      description =
          "Draw at most so many series of a machine, those that moved first"
              + " (default: ${DEFAULT-VALUE}).")
  private int mostCharts;

  @Option(names = "--json", paramLabel = "FILE", description = "Everything, as JSON.")
  private Path json;

  @Option(
      names = "--fail-on-alert",
      description = "Exit with 1 where there is an alert at the end of a series.")
  private boolean failOnAlert;

  @Option(
      names = "--recent",
      paramLabel = "RUNS",
      defaultValue = "20",
      description = "So many last runs are the end of a series (default: ${DEFAULT-VALUE}).")
  private int recentRuns;

  @Option(
      names = "--noise-floor",
      split = ",",
      paramLabel = "FILE",
      description =
          "What calibrate recorded of a machine: no smaller change of its series alerts. For"
              + " several machines, several files.")
  private List<Path> noiseFloors = List.of();

  @Option(names = "--timing", description = "Print how long reading and analysing took.")
  private boolean timing;

  @Override
  int run(Store store, PrintWriter terminal) throws BadRunDirectoryException, StoreException {
    checkMetrics();
    checkNumber("--charts", mostCharts, 0);
    checkNumber("--recent", recentRuns, 1);
    List<NoiseFloors> floors = new ArrayList<>();
    for (Path file : noiseFloors) {
      floors.add(NoiseFloors.read(file));
    }
    long began = System.nanoTime();
    List<HistoryRun> runs = store.runs();
    long read = System.nanoTime();
    Trend trend =
        Trend.of(
            store.name(),
            runs,
            new Trend.Question(branch, benchmarks, metrics, recentRuns, floors));
    long analysed = System.nanoTime();
    checkMachines(floors, trend);
    trend.machines().forEach(machine -> print(machine, trend.branch(), terminal));
    if (timing) {
      spec.commandLine()
          .getErr()
          .printf(
              Locale.ROOT,
              "read in %.3f s, analysed in %.3f s%n",
              (read - began) / 1e9,
              (analysed - read) / 1e9);
    }
    try {
      write(trend);
    } catch (IOException e) {
      ReportsMain.error(spec, notWritten(e));
      return ExitCode.FAILED;
    }
    return failOnAlert && trend.alertAtTheEnd() ? ExitCode.FAILED : ExitCode.DONE;
  }

  private void checkMetrics() throws StoreException {
    for (String metric : metrics) {
      if (TrackedMetric.named(metric).isEmpty()) {
        throw new StoreException(
            StoreException.Kind.BAD_INPUT,
            "--metric: there is no \""
                + metric
                + "\"; there are "
                + String.join(", ", TrackedMetric.all().stream().map(TrackedMetric::name).toList())
                + ".");
      }
    }
  }

  private void checkNumber(String option, int value, int least) {
    if (value < least) {
      throw new ParameterException(
          spec.commandLine(), "%s is %d, not a number from %d up".formatted(option, value, least));
    }
  }

  /** A floor that fits no machine is a mistake: without it, every change would count. */
  private void checkMachines(List<NoiseFloors> floors, Trend trend) throws StoreException {
    List<String> machines = trend.machines().stream().map(MachineTrend::fingerprint).toList();
    for (int i = 0; i < floors.size(); i++) {
      if (!machines.contains(floors.get(i).machine())) {
        throw new StoreException(
            StoreException.Kind.CANNOT,
            noiseFloors.get(i)
                + ": recorded on machine "
                + floors.get(i).machine()
                + ", and the runs of "
                + trend.branch()
                + " are of "
                + String.join(", ", machines)
                + ". Run calibrate on the machine of the runs, or leave this --noise-floor out.");
      }
    }
  }

  private static void print(MachineTrend machine, String branch, PrintWriter out) {
    out.println(TrendText.machine(machine, branch));
    out.println(TrendText.counts(machine.series()));
    machine.events().stream()
        .filter(event -> event.members().size() > 1)
        .forEach(event -> out.println(TrendText.event(machine, event)));
    TextTable table = new TextTable(TrendText.HEADS.toArray(String[]::new));
    for (TrendSeries series : machine.series()) {
      for (TrendSeries.Shift shift : series.shifts()) {
        table.add(TrendText.cells(series, shift).toArray(String[]::new));
        List<Difference> there = machine.environmentChanges(series, shift);
        if (!there.isEmpty()) {
          table.note("the environment changed there: " + TrendText.differences(there));
        }
      }
    }
    table.print(out);
    for (MachineTrend.EnvironmentChange change : machine.environmentChanges()) {
      out.println(
          "environment changed before "
              + machine.runs().get(change.run()).id()
              + ": "
              + TrendText.differences(change.differences()));
    }
  }

  private void write(Trend trend) throws IOException {
    if (out != null) {
      for (String note : TrendPage.write(trend, mostCharts, out)) {
        spec.commandLine().getErr().println("note: " + note);
      }
      spec.commandLine().getOut().println("page " + out.resolve("index.html"));
    }
    if (json != null) {
      OutputFile.write(json, TrendJson.of(trend));
    }
  }

  private static String notWritten(IOException e) {
    String place =
        e instanceof FileSystemException fs && fs.getFile() != null ? fs.getFile() : "the output";
    return place
        + ": cannot be written ("
        + IoReason.of(e)
        + "). The store is untouched; make room or give permission, then try again.";
  }
}
