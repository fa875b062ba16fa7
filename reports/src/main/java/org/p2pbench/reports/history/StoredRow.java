// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.history;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.p2pbench.reports.metrics.RowKey;
import org.p2pbench.reports.rundir.MachineClass;
import org.p2pbench.reports.rundir.Parameters;

/**
 * A row of a stored run.
 *
 * @param metrics by name of a tracked metric; names that this version does not know are kept
 */
public record StoredRow(
    String benchmark,
    MachineClass machineClass,
    Parameters parameters,
    Map<String, StoredValue> metrics) {

  /** Checks the members. */
  public StoredRow {
    Checks.text(benchmark, "benchmark");
    Checks.present(machineClass, "machineClass");
    Checks.present(parameters, "parameters");
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(Checks.present(metrics, "metrics")));
    metrics.forEach((key, value) -> Checks.present(value, "metrics." + key));
  }

  /** What makes it the same row as one of another run. */
  @JsonIgnore
  public RowKey key() {
    return new RowKey(benchmark, parameters);
  }
}
