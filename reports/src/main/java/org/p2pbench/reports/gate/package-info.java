// SPDX-License-Identifier: Apache-2.0
/** Passes or fails a candidate by a committed policy, or says why it cannot be judged. */
package org.p2pbench.reports.gate;
