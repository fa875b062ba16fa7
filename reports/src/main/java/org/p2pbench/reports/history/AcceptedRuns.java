// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.history;

import java.util.List;
import org.p2pbench.reports.compare.PastRuns;
import org.p2pbench.reports.metrics.RowKey;
import org.p2pbench.reports.metrics.TrackedMetric;
import org.p2pbench.reports.regression.RunSeries;
import org.p2pbench.reports.rundir.MachineClass;

/**
 * Stored runs that may be baselines of a candidate.
 *
 * @param name of the store
 * @param runs accepted runs of one branch and machine, oldest first
 */
public record AcceptedRuns(String name, List<StoredRun> runs) implements PastRuns {

  /** Makes the list immutable. */
  public AcceptedRuns {
    runs = List.copyOf(runs);
  }

  /** The newest, whose forks a candidate's are shown beside. */
  public StoredRun newest() {
    return runs.get(runs.size() - 1);
  }

  @Override
  public int count() {
    return runs.size();
  }

  @Override
  public RunSeries series(RowKey row, MachineClass machineClass, TrackedMetric metric) {
    double[] values =
        runs.stream()
            .flatMap(run -> run.rows().stream())
            .filter(r -> r.key().equals(row) && r.machineClass() == machineClass)
            .filter(r -> r.metrics().containsKey(metric.name()))
            .mapToDouble(r -> r.metrics().get(metric.name()).value())
            .toArray();
    return new RunSeries(row + "/" + metric.name(), values);
  }
}
