// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.regression;

import java.util.List;

/**
 * What a series shows.
 *
 * @param changes oldest first
 * @param outliers runs more than 4 robust standard deviations from their neighbours' median, from 0
 *     for the first run; a single spike is one of these and no change
 * @param correlation lag-1 correlation of the runs that shuffled series were given, too; 0 where
 *     neighbouring runs were not alike beyond chance
 * @param p of the whole series: the smaller p of its first two scans, each divided by its share of
 *     the level; above the level where there is no change
 * @param weak whether the changes would not be called among all series that were analysed together
 */
public record SeriesAnalysis(
    String id,
    int runs,
    List<ChangePoint> changes,
    List<Integer> outliers,
    double correlation,
    double p,
    boolean weak) {

  /** Makes the lists immutable. */
  public SeriesAnalysis {
    changes = List.copyOf(changes);
    outliers = List.copyOf(outliers);
  }

  /** Whether neighbouring runs were alike beyond chance. */
  public boolean correlated() {
    return correlation > 0;
  }
}
