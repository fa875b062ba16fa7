// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Copying alone, the clock, resource usage, signatures. */
class SmallPartsTest {
  @Test
  void cpuCopyCopiesBetweenMemoriesAndStampsEachCopy() {
    try (IoMemory from = IoMemory.openRam(8192, false);
        IoMemory to = IoMemory.openCmbEmulated(8192, false);
        StampBuffer stamps = new StampBuffer(2)) {
      from.buffer(0, 8192).putLong(4096, 17);
      CpuCopy.run(to, 0, from, 4096, 4096, 2, stamps);
      assertThat(to.buffer(0, 8).getLong(0)).isEqualTo(17);
      assertThat(stamps.filledNs(1)).isGreaterThan(stamps.startNs(1));
      assertThat(stamps.drainedNs(1)).isEqualTo(stamps.filledNs(1));
      CpuCopy.run(to, 4096, from, 4096, 4096, 1, null);
      assertThat(to.buffer(4096, 8).getLong(0)).isEqualTo(17);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> CpuCopy.run(to, 8000, from, 0, 4096, 1, null));
      assertThat(
              catchThrowableOfType(
                  TransferException.class, () -> CpuCopy.run(to, 0, to, 1, 4096, 1, null)))
          .hasMessageStartingWith(
              "copy of 4096 bytes at offset 1 of cmb-emulated memory to cmb-emulated memory failed:"
                  + " EINVAL (Invalid argument).");
    }
  }

  @Test
  void theClockGoesForwardAndSaysWhatItReads() {
    long before = NativeClock.nowNs();
    assertThat(NativeClock.nowNs()).isGreaterThanOrEqualTo(before);
    assertThat(NativeClock.source()).isIn("tsc", "monotonic");
    try (StampBuffer stamps = new StampBuffer(2)) {
      NativeClock.stamp(stamps, 8);
      assertThat(stamps.startNs(0)).isGreaterThanOrEqualTo(before);
      assertThat(stamps.drainedNs(1)).isGreaterThanOrEqualTo(stamps.startNs(0));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> NativeClock.stamp(stamps, 9))
          .withMessage("count=3 must be from 0 to capacity=2");
    }
  }

  @Test
  void usageGrowsWithWork() {
    ProcessUsage before = ProcessUsage.read();
    ProcessUsage used;
    do {
      used = ProcessUsage.read().minus(before);
    } while (used.userNs() + used.systemNs() < 10_000_000);
    assertThat(used.voluntarySwitches()).isNotNegative();
    assertThat(used.involuntarySwitches()).isNotNegative();
  }

  @Test
  void signatureOfNothingIsEmptyAndOfAPartitionTableItsName(@TempDir Path directory)
      throws IOException {
    byte[] image = new byte[1 << 20];
    Path path = Files.write(directory.resolve("image"), image);
    assertThat(Signature.of(path)).isEmpty();
    image[446 + 4] = (byte) 0x83; // one Linux partition ...
    image[446 + 8] = 64; // ... from sector 64 on ...
    image[446 + 13] = 4; // ... 1024 sectors long
    image[510] = 0x55;
    image[511] = (byte) 0xaa;
    Files.write(path, image);
    assertThat(Signature.of(path)).isEqualTo("dos partition table");
  }

  @Test
  void signatureOfAnAbsentFileIsAnError() {
    assertThat(
            catchThrowableOfType(
                TransferException.class, () -> Signature.of(Path.of("/nowhere/x"))))
        .hasMessage(
            "search for signatures of /nowhere/x failed: ENOENT (No such file or directory)."
                + " Probable cause: the path does not exist. What to do: correct the path.");
  }
}
