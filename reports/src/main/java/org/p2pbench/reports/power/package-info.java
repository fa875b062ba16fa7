// SPDX-License-Identifier: Apache-2.0
/**
 * The seeded simulation behind {@code power}: how often the procedures of {@link
 * org.p2pbench.reports.regression} raise a false alarm, and how often they find what is there, held
 * against bounds. Every repetition has its own generator, seeded from the seed of the program, the
 * experiment's name and its number: figures do not depend on the number of processors.
 */
package org.p2pbench.reports.power;
