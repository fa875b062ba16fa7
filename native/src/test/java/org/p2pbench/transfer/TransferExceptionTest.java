// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The messages that other tests cannot provoke here: whole, for every number that is expected. */
class TransferExceptionTest {
  private static final Path TARGET = Path.of("/x/target");

  private static String message(Operation operation, Errno errno) {
    Attempt attempt =
        operation.movesData()
            ? new Attempt(operation, TARGET, null, 8192, 4096)
            : new Attempt(operation, null, null, -1, 0);
    return TransferException.failed(attempt, -errno.number()).getMessage();
  }

  @Test
  void misalignmentAndRefusedPeersAreBothNamedForEinval() {
    assertThat(message(Operation.DRAIN, Errno.EINVAL))
        .isEqualTo(
            "drain of 4096 bytes at offset 8192 of /x/target failed: EINVAL (Invalid argument)."
                + " Probable cause: offset, length or buffer is not aligned to the logical block, or"
                + " (with CMB memory on Linux 6.17 and later) the two devices cannot reach each"
                + " other. What to do: use a size that is a multiple of the logical block; with CMB"
                + " memory look into the kernel's log (dmesg) for 'peer-to-peer DMA'.");
  }

  @Test
  void refusedPeerPagesAreNamedForEremoteio() {
    assertThat(message(Operation.FILL, Errno.EREMOTEIO))
        .isEqualTo(
            "fill of 4096 bytes at offset 8192 of /x/target failed: EREMOTEIO (Remote I/O error)."
                + " Probable cause: peer-to-peer pages were refused: the device's queue does not"
                + " take them (dm, md, loop and NVMe multipath), or the two devices cannot reach"
                + " each other. What to do: use a plain NVMe namespace below the same PCIe switch or"
                + " a host bridge that the kernel allows, and look into the kernel's log (dmesg) for"
                + " 'peer-to-peer DMA'.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "DRAIN|ENOSPC|the disk or a quota is full|free space there, or give another target",
        "FILL|EIO|media error: the device failed to read or write these blocks|look into the"
            + " kernel's log (dmesg) and the device's health (nvme smart-log)",
        "DRAIN|ENODEV|the device is gone, or was never there|look with 'lsblk' and into the kernel's"
            + " log (dmesg)",
        "DRAIN|ENXIO|the device is gone, or was never there|look with 'lsblk' and into the kernel's"
            + " log (dmesg)",
        "REGISTER|EFAULT|the kernel takes no long-term pin on this memory, as on all CMB memory|use"
            + " --pinning per-transaction with this memory",
        "REGISTER|ENOMEM|the limit on locked memory (RLIMIT_MEMLOCK) is lower than what is to be"
            + " registered|raise it with 'ulimit -l', or use smaller blocks, a lower depth or"
            + " --pinning per-transaction",
        "SET_UP|EPERM|io_uring is disabled by sysctl kernel.io_uring_disabled or by a security"
            + " policy|use --engine sync, or set kernel.io_uring_disabled to 0",
        "SET_UP|ENOSYS|io_uring is not in this kernel, or a seccomp filter (a container's) hides"
            + " it|use --engine sync",
        "OPEN|EBUSY|it is in use: mounted, swap, held by dm, md or LVM, or open exclusively"
            + " elsewhere|look for the user with 'lsblk' and 'lsof', and give another one",
        "OPEN|EACCES|no permission|run as a user who has it, or as root",
        "ALLOCATE|EACCES|no permission for the allocate file|run as root, or grant it: 'chgrp GROUP"
            + " FILE' (its mode is 0660)",
        "PIN|ENOMEM|the limit on locked memory (RLIMIT_MEMLOCK) is lower than what is to be"
            + " pinned|raise it with 'ulimit -l', or pin less",
        "PIN|EFAULT|the kernel takes no long-term pin on this memory, as on all CMB memory|pin ram or"
            + " cmb-emulated memory",
        "CLOSE|ETIMEDOUT|the device does not answer: it hangs, was removed, or cannot map this"
            + " memory|look into the kernel's log (dmesg); its memory stays mapped until this"
            + " process ends",
      })
  void adviceFollowsOperationAndNumber(
      Operation operation, Errno errno, String cause, String remedy) {
    assertThat(message(operation, errno))
        .contains(" failed: " + errno.name() + " (")
        .endsWith("). Probable cause: " + cause + ". What to do: " + remedy + ".");
  }

  @ParameterizedTest
  @EnumSource(Operation.class)
  void everyOperationHasAdviceForEveryNumber(Operation operation) {
    for (Errno errno : Errno.values()) {
      assertThat(message(operation, errno))
          .matches(
              ".* failed: " + errno.name() + " \\(.+\\)\\. Probable cause: .+\\. What to do: .+\\.")
          .doesNotContain("null")
          .doesNotContain("..");
    }
  }

  @Test
  void aNumberWithoutNameIsShownAsItIs() {
    TransferException failure = TransferException.failed(Attempt.of(Operation.OPEN, TARGET), -999);
    assertThat(failure)
        .hasMessage(
            "open of /x/target failed: errno 999. Probable cause: unknown. What to do: look the"
                + " number up in errno(3), and into the kernel's log (dmesg).");
    assertThat(failure.errnoName()).isEqualTo("errno 999");
    assertThat(failure.errno()).isEqualTo(999);
  }

  @Test
  void aShortDrainNamesBothNumbers() {
    Attempt attempt = new Attempt(Operation.DRAIN, TARGET, null, 8192, 4096);
    assertThat(TransferException.fellShort(attempt, 512))
        .hasMessage(
            "drain of 4096 bytes at offset 8192 of /x/target moved only 512 of 4096 bytes. Probable"
                + " cause: the disk or a quota is full, or a file size limit was reached. What to"
                + " do: free space at the target, and compare 'ulimit -f'.");
  }
}
