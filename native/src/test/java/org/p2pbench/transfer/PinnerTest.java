// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PinnerTest {
  @ParameterizedTest
  @EnumSource
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
}
