// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.statistics;

/** Two measured twins and the question that they answer: a is divided by b. */
public record Contrast(Comparison comparison, RowFigures a, RowFigures b) {

  /** The ratio of a metric. */
  public Ratio ratio(Metric metric) {
    return a.ratioTo(b, metric);
  }

  /** Bytes of a block, the same on both sides. */
  public long blockBytes() {
    return a.parameters().blockBytes() == null ? 0 : a.parameters().blockBytes();
  }
}
