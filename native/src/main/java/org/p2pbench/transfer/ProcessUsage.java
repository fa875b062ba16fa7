// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

/**
 * What the process has used so far, all of its threads and the kernel's workers for its io_urings
 * included. Times have a resolution of microseconds.
 *
 * @param userNs CPU time in user mode
 * @param systemNs CPU time in the kernel
 * @param voluntarySwitches context switches to wait
 * @param involuntarySwitches context switches forced by the scheduler
 */
public record ProcessUsage(
    long userNs, long systemNs, long voluntarySwitches, long involuntarySwitches) {
  /** Usage until now. */
  public static ProcessUsage read() {
    NativeLoader.load();
    long[] fields = new long[LibP2pbench.USAGE_FIELDS];
    int error = LibP2pbench.p2p_usage(fields);
    if (error != 0) {
      throw TransferException.failed(Attempt.of(Operation.USAGE, null, 0), error);
    }
    return new ProcessUsage(fields[0], fields[1], fields[2], fields[3]);
  }

  /** Usage since an earlier reading. */
  public ProcessUsage minus(ProcessUsage earlier) {
    return new ProcessUsage(
        userNs - earlier.userNs,
        systemNs - earlier.systemNs,
        voluntarySwitches - earlier.voluntarySwitches,
        involuntarySwitches - earlier.involuntarySwitches);
  }
}
