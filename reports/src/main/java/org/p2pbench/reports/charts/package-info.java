// SPDX-License-Identifier: Apache-2.0
/**
 * Charts as data ({@link org.p2pbench.reports.charts.Chart}) and the one place that draws them with
 * XChart ({@link org.p2pbench.reports.charts.ChartRenderer}).
 */
package org.p2pbench.reports.charts;
