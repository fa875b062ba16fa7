// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

/**
 * Which side of a comparison a run directory holds; forks of both sides with the same stage, row
 * and round ran one after the other.
 *
 * @param id names the comparison
 * @param side {@code a}, the baseline, or {@code b}
 * @param stage {@code null} (a against itself), {@code screen} or {@code confirm}
 */
record AbSide(String id, String side, String stage) {}
