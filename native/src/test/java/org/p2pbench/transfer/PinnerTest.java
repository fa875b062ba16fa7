// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PinnerTest {
  @ParameterizedTest
  @EnumSource(names = {"IO_URING", "MLOCK"})
  void pinsAndUnpinsWithStampsAndWithout(Pinner.Mechanism mechanism) {
    try (IoMemory memory = IoMemory.openRam(1 << 20, false);
        StampBuffer stamps = new StampBuffer(4)) {
      Pinner pinner = Pinner.open(memory, 4096, 64 << 10, mechanism);
      pinner.run(2, null);
      pinner.run(4, stamps);
      for (int i = 0; i < 4; i++) {
        assertThat(stamps.filledNs(i)).isGreaterThan(stamps.startNs(i));
        assertThat(stamps.copiedNs(i)).isGreaterThan(stamps.filledNs(i));
        assertThat(stamps.drainedNs(i)).isZero();
      }
      assertThat(catchThrowableOfType(TransferException.class, memory::close).errnoName())
          .isEqualTo("EBUSY");
      pinner.close();
      assertThatIllegalStateException()
          .isThrownBy(() -> pinner.run(1, null))
          .withMessage("the pinner is closed");
    }
  }

  @ParameterizedTest
  @EnumSource
  void refusesWhatIsNotWithinTheMemory(Pinner.Mechanism mechanism) {
    try (IoMemory memory = IoMemory.openRam(4096, false)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Pinner.open(memory, 4096, 1, mechanism));
    }
  }

  @Test
  void theKernelsOwnBenchmarkIsSaidToBeMissingWhereItIs() {
    assumeTrue(Files.notExists(Path.of("/sys/kernel/debug/gup_test")), "this kernel has gup_test");
    try (IoMemory memory = IoMemory.openRam(8 << 20, false)) {
      TransferException refused =
          catchThrowableOfType(
              TransferException.class,
              () -> Pinner.open(memory, 0, 4096, Pinner.Mechanism.GUP_TEST));

      assertThat(refused)
          .hasMessage(
              "pin by the kernel's benchmark failed: ENOENT (No such file or directory). Probable"
                  + " cause: the kernel was built without CONFIG_GUP_TEST, or debugfs is not"
                  + " mounted. What to do: boot a kernel that has it: './run.sh lab --gup-test'"
                  + " does.");
    }
  }

  @Test
  void theKernelsOwnBenchmarkIsGivenWholeBlocksOfAFewMebibytes() {
    assertThat(Pinner.Mechanism.GUP_TEST.mappedBytes(4096)).isEqualTo(8 << 20);
    assertThat(Pinner.Mechanism.GUP_TEST.mappedBytes(3 << 20)).isEqualTo(6 << 20);
    assertThat(Pinner.Mechanism.GUP_TEST.mappedBytes(16 << 20)).isEqualTo(16 << 20);
    assertThat(Pinner.Mechanism.MLOCK.mappedBytes(4096)).isEqualTo(4096);
  }
}
