// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;

class NumaTest {
  @Test
  void aNodeThatIsNotThereIsRefusedInWordsOfMemory() {
    TransferException refused =
        catchThrowableOfType(TransferException.class, () -> Numa.bindMemoryOfThisThread(1023));

    assertThat(refused)
        .hasMessage(
            "use of the memory of NUMA node 1023 failed: EINVAL (Invalid argument). Probable"
                + " cause: the machine has no such node, or this process may not use its memory."
                + " What to do: look at Mems_allowed_list in /proc/self/status, and use another"
                + " node.");
  }

  @Test
  void whatASandboxForbidsIsSaid() {
    TransferException refused =
        TransferException.failed(
            Attempt.of(Operation.LOCATE, "ram memory", 0), -Errno.EPERM.number());

    assertThat(refused)
        .hasMessage(
            "search for the NUMA nodes of ram memory failed: EPERM (Operation not permitted)."
                + " Probable cause: a sandbox, such as a container's seccomp filter, does not"
                + " allow it. What to do: allow set_mempolicy(2) and move_pages(2) there, or leave"
                + " --numa out.");
  }

  @Test
  void aThreadRunsOnSomeNode() {
    assertThat(Numa.nodeOfThisThread()).isNotNegative();
  }
}
