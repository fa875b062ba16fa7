// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoriesTest {

  /** More than a process can map of anything: the kernel answers ENOMEM, as a full CMB does. */
  private static final long TOO_MUCH = 1L << 50;

  @TempDir private Path directory;

  @Test
  void saysHowMuchOfACmbIsLeftWhereMoreIsAskedFor() throws IOException {
    Files.writeString(directory.resolve("available"), "66977792\n");
    Files.writeString(directory.resolve("size"), "67108864\n");

    assertTooMuch("66977792 of 67108864 bytes are left");
  }

  @Test
  void saysThatLessIsLeftWhereTheKernelDoesNotSayHowMuch() throws IOException {
    assertTooMuch("less is left");
  }

  private void assertTooMuch(String left) throws IOException {
    Path allocate = Files.createFile(directory.resolve("allocate"));

    assertThatThrownBy(
            () -> Memories.open(MemoryChoice.CMB, TOO_MUCH, false, Optional.of(allocate)))
        .isInstanceOfSatisfying(
            RigException.class, e -> assertThat(e.kind()).isEqualTo(RigException.Kind.BAD_INPUT))
        .hasMessage(
            "1125899906842624 bytes of CMB are asked for, but %s at %s, perhaps not in one piece: use a smaller --size, --depth or --threads, or end what else uses it",
            left, directory);
  }
}
