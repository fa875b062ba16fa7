// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.statistics;

import org.p2pbench.reports.rundir.Parameters;
import org.p2pbench.reports.rundir.Row;

/**
 * How transactions were driven: what is the same for a table or a chart over block sizes.
 *
 * @param layout how threads are spread over devices and nodes, "" the usual way
 */
public record Setting(
    String benchmark, String engine, int depth, int threads, String pattern, String layout) {

  /** The setting of a row; what its benchmark does not have is "" or 1. */
  public static Setting of(Row row) {
    Parameters p = row.parameters();
    return new Setting(
        row.benchmark(),
        p.engine() == null ? "" : p.engine(),
        p.depth() == null ? 1 : p.depth(),
        p.threads() == null ? 1 : p.threads(),
        p.pattern() == null ? "" : p.pattern(),
        p.layout());
  }
}
