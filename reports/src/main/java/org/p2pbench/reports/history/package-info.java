// SPDX-License-Identifier: Apache-2.0
/**
 * Stored runs (history-store.md has the formats), what they add up to over time, and the one that a
 * candidate is to be held against. All statistics are those of {@code regression}.
 */
package org.p2pbench.reports.history;
