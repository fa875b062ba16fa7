// SPDX-License-Identifier: Apache-2.0
/** Which runs were made on the same class of machine, and how the machines of two runs differ. */
package org.p2pbench.reports.fingerprint;
