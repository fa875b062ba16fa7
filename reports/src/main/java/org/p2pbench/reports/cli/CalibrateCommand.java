// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.p2pbench.reports.compare.NoiseFloors;
import org.p2pbench.reports.rundir.BadRunDirectoryException;
import org.p2pbench.reports.rundir.IoReason;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code calibrate DIR}: the noise floor of what {@code ./run.sh calibrate} measured. */
@Command(
    name = "calibrate",
    hidden = true,
    description = "Records the noise floor of what `calibrate` measured.",
    mixinStandardHelpOptions = true)
final class CalibrateCommand implements Callable<Integer> {
  private static final double PERCENT = 100;

  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "DIR", description = "What `calibrate --out DIR` left.")
  private Path root;

  @Override
  public Integer call() {
    Path file = root.resolve("noise-floor.json");
    try {
      NoiseFloors floors = NoiseFloors.of(root);
      Files.writeString(file, floors.json());
      print(floors, file);
      return ReportCommand.DONE;
    } catch (BadRunDirectoryException e) {
      ReportsMain.error(spec, e.getMessage());
      return ReportCommand.BAD_INPUT;
    } catch (IOException e) {
      ReportsMain.error(
          spec,
          file
              + ": cannot be written ("
              + IoReason.of(e)
              + "). What was measured is untouched; make room or give permission, then: "
              + spec.root().name()
              + " calibrate "
              + root);
      return ReportCommand.NOT_WRITTEN;
    }
  }

  private void print(NoiseFloors floors, Path file) {
    PrintWriter out = spec.commandLine().getOut();
    TextTable table = new TextTable("row", "metric", "noise floor", "smallest change that is seen");
    for (NoiseFloors.Floor floor : floors.floors()) {
      table.add(floor.row(), floor.metric(), percent(floor.floor()), percent(floor.visible()));
    }
    table.print(out);
    out.printf(
        "Comparisons of %d forks with %d of the same: 95 %% stay below the floor; what is seen is"
            + " seen in 80 %%.%n",
        floors.forks(), floors.forks());
    out.println("noise floor " + file);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%5.1f %%", share * PERCENT);
  }
}
