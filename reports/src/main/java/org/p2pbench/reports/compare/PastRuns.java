// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.compare;

import org.p2pbench.reports.metrics.RowKey;
import org.p2pbench.reports.metrics.TrackedMetric;
import org.p2pbench.reports.regression.RunSeries;
import org.p2pbench.reports.rundir.MachineClass;

/** Runs of the candidate's machine that were accepted before it. */
public interface PastRuns {

  /** How many there are. */
  int count();

  /** The store that they are in. */
  String name();

  /** One value per run that has this metric of this row, oldest first. */
  RunSeries series(RowKey row, MachineClass machineClass, TrackedMetric metric);
}
