// SPDX-License-Identifier: Apache-2.0
/**
 * From runs to figures. The unit is the fork: its value is the median over its iterations (for a
 * percentile, the percentile of its merged interval histograms), a row's value the median over its
 * forks, and a ratio comes from the forks of two twins that ran in the same round.
 */
package org.p2pbench.reports.statistics;
