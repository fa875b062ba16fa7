// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.compare;

import java.util.Optional;
import org.p2pbench.reports.metrics.RowValues;
import org.p2pbench.reports.rundir.Row;

/** The same benchmark in both runs; at least one side is there. */
public record RowPair(Optional<RowValues> baseline, Optional<RowValues> candidate) {

  /** The row, the candidate's where there is one. */
  public Row row() {
    return candidate.or(() -> baseline).orElseThrow().row();
  }

  /** Its id. */
  public String id() {
    return row().id();
  }

  /** Whether both runs have it. */
  public boolean both() {
    return baseline.isPresent() && candidate.isPresent();
  }
}
