// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.regression;

/** Which way a metric gets better. */
public enum Better {
  /** Such as latency. */
  LOWER,
  /** Such as throughput. */
  HIGHER;

  /** How much worse a ratio candidate / baseline is, on the log scale: positive is worse. */
  public double worsening(double ratio) {
    return this == LOWER ? Math.log(ratio) : -Math.log(ratio);
  }
}
