// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.function.Function;
import org.junit.jupiter.api.Test;

class LabelsTest {
  @Test
  void labelsAreWhatParseTakes() {
    roundTrip(MemoryKind.values(), MemoryKind::label, MemoryKind::parse);
    roundTrip(Engine.values(), Engine::label, Engine::parse);
    roundTrip(Pinning.values(), Pinning::label, Pinning::parse);
    roundTrip(Pattern.values(), Pattern::label, Pattern::parse);
    roundTrip(PageKind.values(), PageKind::label, PageKind::parse);
    roundTrip(Pinner.Mechanism.values(), Pinner.Mechanism::label, Pinner.Mechanism::parse);
    roundTrip(MemoryLoad.Kind.values(), MemoryLoad.Kind::label, MemoryLoad.Kind::parse);
  }

  private static <T> void roundTrip(
      T[] values, Function<T, String> label, Function<String, T> parse) {
    for (T value : values) {
      assertThat(parse.apply(label.apply(value))).isEqualTo(value);
    }
  }

  @Test
  void anUnknownWordIsAnsweredWithTheKnownOnes() {
    refused(() -> MemoryKind.parse("x"), "unknown memory 'x': one of cmb, cmb-emulated, ram");
    refused(() -> Engine.parse("aio"), "unknown engine 'aio': one of io_uring, sync");
    refused(
        () -> Pinning.parse(""), "unknown pinning '': one of none, per-transaction, registered");
    refused(() -> Pattern.parse("RANDOM"), "unknown pattern 'RANDOM': one of random, sequential");
    refused(
        () -> Pinner.Mechanism.parse("gup"),
        "unknown mechanism 'gup': one of gup-test, io_uring-register, mlock");
    refused(
        () -> MemoryLoad.Kind.parse("busy"),
        "unknown memory load 'busy': one of copy, read, triad, write");
  }

  private static void refused(Runnable parse, String message) {
    assertThatIllegalArgumentException().isThrownBy(parse::run).withMessage(message);
  }
}
