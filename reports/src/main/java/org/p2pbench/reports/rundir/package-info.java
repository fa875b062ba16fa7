// SPDX-License-Identifier: Apache-2.0
/** Reads run directories (the format is in run-directory.md) into immutable records. */
package org.p2pbench.reports.rundir;
