// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.metrics;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.p2pbench.reports.fingerprint.Fingerprint;
import org.p2pbench.reports.rundir.BadRunDirectoryException;
import org.p2pbench.reports.rundir.RunDirectory;
import org.p2pbench.reports.rundir.RunDirectoryReader;
import org.p2pbench.reports.statistics.Analysis;
import org.p2pbench.reports.statistics.RowFigures;

/**
 * A run directory with the values of its forks. Rows without a fork are in it, without values, and
 * for each path of an open loop one row more, of all its rates: see {@link Knees}.
 */
public record MeasuredRun(Analysis analysis, Fingerprint fingerprint, Map<RowKey, RowValues> rows) {

  /** Makes the map immutable. */
  public MeasuredRun {
    rows = Collections.unmodifiableMap(new LinkedHashMap<>(rows));
  }

  /**
   * Reads a run directory and its latency logs.
   *
   * @throws BadRunDirectoryException where it is none, or is damaged
   */
  public static MeasuredRun read(Path directory) throws BadRunDirectoryException {
    Analysis analysis = Analysis.of(new RunDirectoryReader().read(directory));
    Map<RowKey, RowValues> rows = new LinkedHashMap<>();
    for (RowFigures figures : analysis.rows()) {
      RowValues values = RowValues.of(figures, analysis.loadAlone(figures));
      RowValues earlier = rows.put(RowKey.of(figures.row()), values);
      if (earlier != null) {
        throw new BadRunDirectoryException(
            directory.resolve("rows.json")
                + ": rows "
                + earlier.row().id()
                + " and "
                + figures.row().id()
                + " are the same benchmark with the same parameters. Restore the file from a copy,"
                + " or measure again into a new directory.");
      }
    }
    Knees.of(analysis).forEach(knee -> rows.put(RowKey.of(knee.row()), knee));
    return new MeasuredRun(analysis, Fingerprint.of(analysis.run().environment()), rows);
  }

  /** The run directory. */
  public RunDirectory run() {
    return analysis.run();
  }
}
