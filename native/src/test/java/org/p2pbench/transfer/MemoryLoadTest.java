// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The busy neighbour and the placement of threads. */
class MemoryLoadTest {
  private static final long MIB = 1 << 20;

  @ParameterizedTest
  @EnumSource
  void aLoadMovesAndSaysWhatItSaw(MemoryLoad.Kind kind) {
    List<Integer> cpus = Cpus.allowed();
    MemoryLoad load = MemoryLoad.open(kind, Pattern.SEQUENTIAL, 100, 4 * MIB, List.of(cpus.get(0)));
    MemoryLoad.Counters before = load.counters();
    load.await(before.bytes() + 64 * MIB);
    MemoryLoad.Counters moved = load.counters().minus(before);
    assertThat(moved.bytes()).isGreaterThanOrEqualTo(64 * MIB);
    assertThat(moved.atNs()).isPositive();
    assertThat(moved.cpuNs()).isBetween(1L, moved.atNs() * 2);
    long[] chains = new long[4];
    assertThat(load.takeChains(chains)).isEqualTo(4);
    assertThat(chains).doesNotContain(0L);
    load.close();
    load.close();
    assertThatIllegalStateException()
        .isThrownBy(load::counters)
        .withMessage("the memory load is closed");
  }

  @Test
  void aCpuThatMayNotBeUsedIsRefusedInWords() {
    assertThat(
            catchThrowableOfType(
                TransferException.class,
                () ->
                    MemoryLoad.open(
                        MemoryLoad.Kind.TRIAD, Pattern.RANDOM, 100, 4 * MIB, List.of(8191))))
        .hasMessage(
            "start of the memory load of 4194304 bytes of triad load on CPU 8191 failed: EINVAL"
                + " (Invalid argument). Probable cause: a CPU that this process may not use. What"
                + " to do: look at Cpus_allowed_list in /proc/self/status, and use fewer threads.");
  }

  @Test
  void aThreadIsPlacedAndTheOthersStay() throws InterruptedException {
    List<Integer> before = Cpus.allowed();
    Integer last = before.get(before.size() - 1);
    AtomicReference<List<Integer>> placed = new AtomicReference<>();
    Thread thread =
        new Thread(
            () -> {
              Cpus.restrictThisThread(List.of(last));
              placed.set(Cpus.allowed());
            });
    thread.start();
    thread.join();
    assertThat(placed.get()).containsExactly(last);
    assertThat(Cpus.allowed()).isEqualTo(before);
  }
}
