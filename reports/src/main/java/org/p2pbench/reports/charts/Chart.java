// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.charts;

import java.util.List;
import org.p2pbench.reports.rundir.MachineClass;

/**
 * A chart as data.
 *
 * @param id file name without ending: lower case, digits and dashes
 * @param title what it shows; the machine class is added when it is drawn
 * @param caption how to read it and what it says, one or two sentences
 */
public record Chart(
    String id,
    String title,
    String caption,
    MachineClass machineClass,
    ChartAxis x,
    ChartAxis y,
    List<Series> series) {

  /** Makes the list immutable. */
  public Chart {
    series = List.copyOf(series);
  }
}
