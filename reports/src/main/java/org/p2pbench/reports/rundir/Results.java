// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.rundir;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/** rows.json: what was measured so far. */
public record Results(RunStatus status, Failure failure, Plan plan, List<Row> rows) {

  /** Checks that the status is there. */
  public Results {
    Members.present(status, "status");
    plan = plan == null ? new Plan(null, null, null, null, null) : plan;
    rows = Members.list(rows);
  }

  /** How far the run came. */
  public enum RunStatus {
    /** Still going, or killed. */
    @JsonProperty("running")
    RUNNING,
    /** Everything that was planned is here. */
    @JsonProperty("complete")
    COMPLETE,
    /** Ended by a failure; what was measured before it is here. */
    @JsonProperty("failed")
    FAILED,
    /** Ended by a signal. */
    @JsonProperty("interrupted")
    INTERRUPTED
  }

  /** Why the run failed; {@code row} is null where it belongs to none. */
  public record Failure(String row, String message) {}

  /** What was to be measured. All members may be null. */
  public record Plan(
      String profile, Integer rounds, String order, Integer forksPlanned, Integer forksDone) {
    /** Checks the counts. */
    public Plan {
      Members.notNegative(rounds, "rounds");
      Members.notNegative(forksPlanned, "forksPlanned");
      Members.notNegative(forksDone, "forksDone");
    }
  }
}
