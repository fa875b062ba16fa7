// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.compare;

import java.util.Optional;
import org.p2pbench.reports.metrics.TrackedMetric;
import org.p2pbench.reports.regression.Judgement.Criteria;
import org.p2pbench.reports.rundir.Row;

/** What of a row is compared, and what is asked of it. */
@FunctionalInterface
public interface Rules {
  /** Every metric, with the changes that matter by default and 5 % of false alarms. */
  Rules DEFAULT =
      (row, metric) -> Optional.of(Criteria.of(metric.better(), metric.smallestChange()));

  /** What is asked of a row's metric; empty where it is not compared. */
  Optional<Criteria> criteria(Row row, TrackedMetric metric);
}
