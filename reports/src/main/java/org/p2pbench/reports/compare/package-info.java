// SPDX-License-Identifier: Apache-2.0
/**
 * Compares a candidate run with a baseline: matches rows, asks {@code regression} about every
 * metric, holds the whole table against one share of false alarms, and writes the answer in the
 * formats that people and CI systems read.
 */
package org.p2pbench.reports.compare;
