// SPDX-License-Identifier: Apache-2.0
/** A run as comparisons and histories need it: one value per fork, by row and metric. */
package org.p2pbench.reports.metrics;
