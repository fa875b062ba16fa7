// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.compare;

import java.util.List;
import org.p2pbench.reports.fingerprint.Difference;
import org.p2pbench.reports.metrics.MeasuredRun;
import org.p2pbench.reports.regression.Design;
import org.p2pbench.reports.regression.Verdict;
import org.p2pbench.reports.rundir.MachineClass;

/**
 * A candidate held against a baseline.
 *
 * @param facts of each row of the baseline, what matters first
 * @param changes of each metric that both have, what matters first
 * @param added rows that the candidate alone has
 * @param environment differences that do not forbid comparing
 * @param notes what else belongs beside the figures, whole sentences
 */
public record RunComparison(
    MeasuredRun baseline,
    MeasuredRun candidate,
    Design design,
    List<Fact> facts,
    List<MetricChange> changes,
    List<RowPair> added,
    List<Difference> environment,
    List<String> notes) {

  /** Makes the lists immutable. */
  public RunComparison {
    facts = List.copyOf(facts);
    changes = List.copyOf(changes);
    added = List.copyOf(added);
    environment = List.copyOf(environment);
    notes = List.copyOf(notes);
  }

  /** Of both runs. */
  public MachineClass machineClass() {
    return baseline.analysis().machineClass();
  }

  /** Facts and metrics of a verdict. */
  public long count(Verdict verdict) {
    return facts.stream().filter(fact -> fact.verdict() == verdict).count()
        + changes.stream().filter(change -> change.verdict() == verdict).count();
  }

  /** What was let pass. */
  public long waived() {
    return facts.stream().filter(fact -> fact.waiver().isPresent()).count()
        + changes.stream().filter(change -> change.waiver().isPresent()).count();
  }

  /** Whether anything got worse that nobody lets pass. */
  public boolean regressed() {
    return facts.stream().anyMatch(Fact::regressed)
        || changes.stream().anyMatch(MetricChange::regressed);
  }
}
