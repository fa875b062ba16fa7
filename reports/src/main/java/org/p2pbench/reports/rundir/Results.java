// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.rundir;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * rows.json: what was measured so far. {@code ab} is null where the run is not one side of a
 * comparison in alternating forks.
 */
public record Results(RunStatus status, Failure failure, Plan plan, Ab ab, List<Row> rows) {

  /** Checks that the status is there. */
  public Results {
    Members.present(status, "status");
    plan = plan == null ? new Plan(null, null, null, null, null, null) : plan;
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

  /**
   * What was to be measured. All members may be null. {@code p99BoundNs} is what p99 shall stay
   * below in an open loop.
   */
  public record Plan(
      String profile,
      Integer rounds,
      String order,
      Integer forksPlanned,
      Integer forksDone,
      Long p99BoundNs) {
    /** Checks the counts. */
    public Plan {
      Members.notNegative(rounds, "rounds");
      Members.notNegative(forksPlanned, "forksPlanned");
      Members.notNegative(forksDone, "forksDone");
      Members.positive(p99BoundNs, "p99BoundNs");
    }
  }

  /** Which side of which comparison in alternating forks (`ab`) the run is. */
  public record Ab(String id, Side side, Phase stage) {
    /** Checks that all is there. */
    public Ab {
      Members.text(id, "ab.id");
      Members.present(side, "ab.side");
      Members.present(stage, "ab.stage");
    }

    /** A is the baseline. */
    public enum Side {
      /** The baseline. */
      @JsonProperty("a")
      A,
      /** The candidate. */
      @JsonProperty("b")
      B
    }

    /** What the forks were measured for. */
    public enum Phase {
      /** Few forks of every row, to see which ones look worse. */
      @JsonProperty("screen")
      SCREEN,
      /** Fresh forks of the rows that did. */
      @JsonProperty("confirm")
      CONFIRM,
      /** The baseline on both sides: what the machine alone does. */
      @JsonProperty("null")
      NULL
    }
  }
}
