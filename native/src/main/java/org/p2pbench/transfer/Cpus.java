// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import java.util.Arrays;
import java.util.List;

/** The CPUs that the calling thread runs on. Stateless. */
public final class Cpus {
  private Cpus() {}

  /** Numbers of the CPUs that it may run on, ascending. */
  public static List<Integer> allowed() {
    NativeLoader.load();
    int[] cpus = new int[count(0, new int[0])];
    count(cpus.length, cpus);
    return Arrays.stream(cpus).boxed().toList();
  }

  private static int count(int size, int[] out) {
    long count = LibP2pbench.p2p_cpus_allowed(out, size);
    if (count < 0) {
      throw TransferException.failed(Attempt.of(Operation.PLACE, null, 0), (int) count);
    }
    return (int) count;
  }

  /**
   * Lets the calling thread, and those that it starts from now on, run on these CPUs alone.
   *
   * @throws TransferException EINVAL: none of them may be used
   */
  public static void restrictThisThread(List<Integer> cpus) {
    NativeLoader.load();
    int error = LibP2pbench.p2p_cpus_restrict(array(cpus), cpus.size());
    if (error != 0) {
      throw TransferException.failed(Attempt.of(Operation.PLACE, "CPUs " + cpus, 0), error);
    }
  }

  static int[] array(List<Integer> cpus) {
    return cpus.stream().mapToInt(Integer::intValue).toArray();
  }
}
