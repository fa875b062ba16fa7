// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.regression;

/**
 * A place where a series moves to another level.
 *
 * @param index first run of the new level, from 0 for the first run of the series
 * @param from earliest run that fits about as well: 90 % of the best t statistic
 * @param to latest such run
 * @param before median of the runs since the change before it
 * @param after median of the runs until the change after it
 * @param ratio after / before, of means of clipped logarithms
 * @param low lower end of the ratio's 95 % interval (Welch), the place taken as given
 * @param high upper end
 * @param p of its own scan between its neighbours
 */
public record ChangePoint(
    int index,
    int from,
    int to,
    double before,
    double after,
    double ratio,
    double low,
    double high,
    double p) {}
