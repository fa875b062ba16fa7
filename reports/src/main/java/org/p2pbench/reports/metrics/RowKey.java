// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.metrics;

import org.p2pbench.reports.rundir.Parameters;
import org.p2pbench.reports.rundir.Row;

/** What makes rows of two runs the same benchmark: its name and all of its parameters. */
public record RowKey(String benchmark, Parameters parameters) {

  /** The key of a row. */
  public static RowKey of(Row row) {
    return new RowKey(row.benchmark(), row.parameters());
  }
}
