// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.List;

/**
 * A figure that stands above all tables.
 *
 * @param label what it is
 * @param values the figures, such as "1.23× at 4 KiB"
 * @param how under what circumstances
 */
public record KeyFigure(String label, List<Value> values, String how) {

  /** One figure. {@code detail} is its interval, or "". */
  public record Value(String figure, String at, String detail) {}
}
