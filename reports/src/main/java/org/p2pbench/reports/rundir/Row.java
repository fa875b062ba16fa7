// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.rundir;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * One combination of parameters and its forks. Rows of one {@code group} are twins. {@code reason}
 * says why a row was refused or failed, and is null where it was measured.
 */
public record Row(
    String id,
    String benchmark,
    String group,
    Parameters parameters,
    MachineClass machineClass,
    RowStatus status,
    String reason,
    List<Fork> forks) {

  /** Checks the members that every row has, and that no round occurs twice. */
  public Row {
    Members.text(id, "id");
    Members.text(benchmark, "benchmark");
    Members.text(group, "group");
    Members.present(parameters, "parameters");
    Members.present(machineClass, "machineClass");
    Members.present(status, "status");
    forks = Members.list(forks);
    Set<Integer> rounds = new HashSet<>();
    for (Fork fork : forks) {
      if (!rounds.add(fork.round())) {
        throw new IllegalArgumentException("row " + id + " has two forks of round " + fork.round());
      }
    }
  }

  /** What became of a row. */
  public enum RowStatus {
    /** Measured. */
    @JsonProperty("measured")
    MEASURED,
    /** The kernel or the machine does not allow it. */
    @JsonProperty("refused")
    REFUSED,
    /** Failed while it was measured. */
    @JsonProperty("failed")
    FAILED
  }
}
