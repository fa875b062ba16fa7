// SPDX-License-Identifier: Apache-2.0
/**
 * Whether a candidate differs from its baseline, by how much, and how sure that is. Pure functions
 * of fork values (or of one value per run, for series): no files, no clock, no state. The unit is
 * the fork; transactions and iterations of one fork share what the fork happened to get (layout,
 * addresses, placement of files) and are not independent samples.
 *
 * <p>Chance enters by seeds alone ({@link Seeds}), so that the same runs give the same verdict. All
 * classes here may be used by several threads at once.
 */
package org.p2pbench.reports.regression;
