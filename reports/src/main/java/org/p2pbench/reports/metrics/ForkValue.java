// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.metrics;

/**
 * A metric in one fork.
 *
 * @param round of the run, from 0
 * @param value in the metric's unit
 * @param samples what it was taken from: recorded transactions for a percentile, else iterations
 */
public record ForkValue(int round, double value, long samples) {}
