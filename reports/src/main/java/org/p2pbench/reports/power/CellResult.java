// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.power;

import java.util.Locale;

/**
 * One measured cell.
 *
 * @param group heading
 * @param experiment what was simulated
 * @param outcome what was counted
 * @param repetitions how often
 * @param measured mean over the repetitions
 * @param standardError of that mean (Monte Carlo)
 * @param bound what it has to lie in
 */
public record CellResult(
    String group,
    String experiment,
    String outcome,
    int repetitions,
    double measured,
    double standardError,
    Bound bound) {

  /** First line of a CSV of results. */
  public static final String CSV_HEADER =
      "group,experiment,outcome,repetitions,measured,standard_error,low,high,ok";

  /** Whether the bound holds. */
  public boolean ok() {
    return bound.holds(measured);
  }

  /** A line of the table. */
  public String line() {
    return String.format(
        Locale.ROOT,
        "%-13s %-48s %-30s %6d %7.4f +-%.4f  %-12s %s",
        group,
        experiment,
        outcome,
        repetitions,
        measured,
        standardError,
        bound.text(),
        ok() ? "ok" : "FAIL");
  }

  /** A line of the CSV; a bound that is not there is empty. */
  public String csv() {
    return String.format(
        Locale.ROOT,
        "%s,\"%s\",\"%s\",%d,%.5f,%.5f,%s,%s,%s",
        group,
        experiment,
        outcome,
        repetitions,
        measured,
        standardError,
        number(bound.low()),
        number(bound.high()),
        ok());
  }

  private static String number(double value) {
    return Double.isInfinite(value) ? "" : String.format(Locale.ROOT, "%.4f", value);
  }
}
