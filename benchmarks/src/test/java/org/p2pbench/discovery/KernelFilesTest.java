// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelFilesTest {
  @TempDir private Path directory;

  @Test
  void ordersNamesAsPeopleCount() {
    assertThat(
            Stream.of("nvme10", "nvme2n10", "nvme2", "nvme2n9", "nvme1n2p1", "sda", "nvme1n10p1")
                .sorted(KernelFiles.BY_NUMBER))
        .containsExactly(
            "nvme1n2p1", "nvme1n10p1", "nvme2", "nvme2n9", "nvme2n10", "nvme10", "sda");
  }

  @Test
  void ordersNumbersThatShareTheirFirstDigits() {
    assertThat(Stream.of("cpu19", "cpu1", "cpu190", "cpu18").sorted(KernelFiles.BY_NUMBER))
        .containsExactly("cpu1", "cpu18", "cpu19", "cpu190");
  }

  @Test
  void answersWithNothingWhereThereIsNothingToRead() throws IOException {
    Path blank = Files.writeString(directory.resolve("blank"), " \n");
    Path absent = directory.resolve("absent");

    assertThat(KernelFiles.text(absent)).isEmpty();
    assertThat(KernelFiles.text(blank)).isEmpty();
    assertThat(KernelFiles.textOrUnknown(absent)).isEqualTo("unknown");
    assertThat(KernelFiles.lines(absent)).isEmpty();
    assertThat(KernelFiles.names(absent)).isEmpty();
    assertThat(KernelFiles.real(absent)).isEmpty();
    assertThat(KernelFiles.number(blank)).isEmpty();
  }

  @Test
  void readsNumbersAsTheKernelWritesThem() throws IOException {
    assertThat(KernelFiles.number(file("262685\n"))).hasValue(262685);
    assertThat(KernelFiles.number(file("0x0004021d"))).hasValue(0x4021d);
    assertThat(KernelFiles.number(file("Unknown"))).isEmpty();
    assertThat(KernelFiles.count(file("-1"))).isEmpty();
    assertThat(KernelFiles.count(file("4294967296"))).isEmpty();
    assertThat(KernelFiles.count(file("255"))).hasValue(255);
  }

  private Path file(String text) throws IOException {
    return Files.writeString(directory.resolve("number"), text);
  }
}
