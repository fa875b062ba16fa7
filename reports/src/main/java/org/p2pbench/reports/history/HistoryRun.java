// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.history;

import java.util.Comparator;

/** A stored run and what it may be used for. */
public record HistoryRun(StoredRun run, State state) {
  /** Oldest first; runs of the same second by their ids. */
  static final Comparator<HistoryRun> OLDEST_FIRST =
      Comparator.<HistoryRun, java.time.Instant>comparing(r -> r.run().time())
          .thenComparing(r -> r.run().id());

  /** What a run may be used for. */
  public enum State {
    /** As a baseline and in trends. */
    ACCEPTED,
    /** In trends alone. */
    PENDING,
    /** For nothing. */
    REJECTED;

    /** The word in tables. */
    public String label() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** The state that follows from the run's own flag and the latest decision, which may be null. */
  static State state(StoredRun run, Decision latest) {
    if (latest == null) {
      return run.accepted() ? State.ACCEPTED : State.PENDING;
    }
    return latest.verdict() == Decision.Verdict.ACCEPTED ? State.ACCEPTED : State.REJECTED;
  }
}
