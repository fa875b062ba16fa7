// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.load;

import java.util.List;
import java.util.Locale;

/**
 * Where a load and the transfers beside it run.
 *
 * @param loadCpus of each load thread
 * @param transferCpus that all transfer threads share
 * @param nearness how close the two come
 * @param threadBytes arrays of one load thread
 */
public record LoadPlacement(
    List<Integer> loadCpus, List<Integer> transferCpus, Nearness nearness, long threadBytes) {

  /** How close transfers come to the load. */
  public enum Nearness {
    /** On other cores: they share nothing but caches and memory. */
    APART,
    /** On other CPUs of the same cores, for there are too few cores. */
    SAME_CORES,
    /** On the same CPUs, for there are too few: they share CPU time, too. */
    SAME_CPUS;

    /** The word for it in results. */
    public String label() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** CPUs as the kernel lists them: 0-2,5. */
  public static String list(List<Integer> cpus) {
    StringBuilder list = new StringBuilder();
    List<Integer> sorted = cpus.stream().sorted().toList();
    for (int i = 0; i < sorted.size(); ) {
      int last = i;
      while (last + 1 < sorted.size() && sorted.get(last + 1) == sorted.get(last) + 1) {
        last++;
      }
      list.append(list.isEmpty() ? "" : ",").append(sorted.get(i));
      if (last > i) {
        list.append('-').append(sorted.get(last));
      }
      i = last + 1;
    }
    return list.toString();
  }
}
