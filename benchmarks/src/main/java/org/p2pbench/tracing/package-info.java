// SPDX-License-Identifier: Apache-2.0
/**
 * Times functions of the kernel through tracefs, in a trace of our own that disturbs nobody else's:
 * {@link org.p2pbench.tracing.KernelTrace} records, {@link org.p2pbench.tracing.StageTimes} says
 * where the time of an I/O went.
 */
package org.p2pbench.tracing;
