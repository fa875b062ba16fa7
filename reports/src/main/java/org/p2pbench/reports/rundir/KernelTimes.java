// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.rundir;

import java.util.List;

/**
 * Where the kernel spent the transactions of a fork's traced warm-up iteration, or why it was not
 * traced. Times are means in ns for each transaction.
 *
 * @param tracer how functions were timed
 * @param transactions that were traced
 * @param userNs latency that user space saw in that iteration
 * @param kernelNs sum of the stages
 * @param slowdown that latency divided by the one in the iterations that were not traced, or null
 * @param unavailable why there is nothing, or null
 */
public record KernelTimes(
    String tracer,
    Long transactions,
    Double userNs,
    Double kernelNs,
    Double slowdown,
    List<KernelStage> stages,
    String unavailable) {

  /** Checks that figures are figures. */
  public KernelTimes {
    stages = Members.list(stages);
    Members.notNegative(transactions, "transactions");
    Members.notNegative(userNs, "userNs");
    Members.notNegative(kernelNs, "kernelNs");
    Members.notNegative(slowdown, "slowdown");
  }

  /**
   * One stage.
   *
   * @param stage its name; a reader shows one that it does not know as it stands
   * @param functions of the kernel that were timed, none for what lies between functions
   */
  public record KernelStage(
      String stage, List<String> functions, Double callsPerTransaction, Double nsPerTransaction) {

    /** Checks name and figures. */
    public KernelStage {
      Members.text(stage, "stage");
      functions = Members.list(functions);
      Members.notNegative(callsPerTransaction, "callsPerTransaction");
      Members.notNegative(
          Members.present(nsPerTransaction, "nsPerTransaction"), "nsPerTransaction");
    }
  }
}
