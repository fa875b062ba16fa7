// SPDX-License-Identifier: Apache-2.0
/** The command line of the reporting side; run.sh hands its commands over. */
package org.p2pbench.reports.cli;
