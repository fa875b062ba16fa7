// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.ByteOrder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class IoMemoryTest {
  @Test
  void isAsLargeAsItsPagesMakeItAndReadsBackWhatIsWritten() {
    try (IoMemory memory = IoMemory.openCmbEmulated(10, false)) {
      assertThat(memory.kind()).isEqualTo(MemoryKind.CMB_EMULATED);
      assertThat(memory.pages()).isEqualTo(PageKind.BASE);
      assertThat(memory.lengthBytes()).isEqualTo(BasePage.bytes());
      var view = memory.buffer(8, 16);
      assertThat(view.order()).isEqualTo(ByteOrder.nativeOrder());
      view.putLong(8, 42);
      assertThat(memory.buffer(16, 8).getLong(0)).isEqualTo(42);
    }
  }

  @Test
  void aRangeLiesOnEachPageThatItTouches() {
    int page = BasePage.bytes();

    assertThat(BasePage.spannedBy(0, 1)).isEqualTo(1);
    assertThat(BasePage.spannedBy(page, page)).isEqualTo(1);
    assertThat(BasePage.spannedBy(page - 512, 1024)).isEqualTo(2);
    assertThat(BasePage.spannedBy(3L * page + 512, 2L * page)).isEqualTo(3);
  }

  @Test
  void hugePagesRoundUpToTheirSize() {
    try (IoMemory memory = IoMemory.openRam(3 << 20, true)) {
      assertThat(memory.lengthBytes()).isEqualTo(4 << 20);
      assertThat(memory.address() % (2 << 20)).isZero();
    }
  }

  @Test
  void leasesDoNotOverlapAndKeepItOpen() {
    IoMemory memory = IoMemory.openRam(64 << 10, false);
    long first = memory.lease(512, 2);
    long second = memory.lease(4096, 14);
    assertThat(second).isEqualTo(first + 8192);
    assertThat(catchThrowableOfType(TransferException.class, () -> memory.lease(4096, 1)))
        .hasMessage(
            "lease of 4096 bytes of ram memory in 1 slots failed: ENOMEM (Cannot allocate memory)."
                + " Probable cause: the memory is too small for these slots, or leased to others."
                + " What to do: map more of it.");
    assertThat(catchThrowableOfType(TransferException.class, memory::close).errnoName())
        .isEqualTo("EBUSY");
    memory.release(first);
    memory.release(second);
    assertThat(catchThrowableOfType(TransferException.class, () -> memory.release(4096)).errno())
        .isEqualTo(Errno.ENOENT.number());
    memory.close();
    memory.close();
    assertThatIllegalStateException()
        .isThrownBy(() -> memory.lease(4096, 1))
        .withMessage("ram memory is closed");
  }

  @Test
  void rangesOutsideAreRefused() {
    try (IoMemory memory = IoMemory.openRam(4096, false)) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> memory.buffer(4000, 97))
          .withMessage("offset=4000 length=97 is not within " + memory.lengthBytes() + " bytes");
      assertThatIllegalArgumentException().isThrownBy(() -> memory.buffer(-1, 1));
      assertThatIllegalArgumentException().isThrownBy(() -> memory.physicalAddress(1 << 20));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(() -> IoMemory.openRam(0, false))
        .withMessage("lengthBytes=0 must be at least 1");
  }

  @Test
  void physicalAddressesFollowTheOffsetWhereTheKernelShowsThem() {
    try (IoMemory memory = IoMemory.openRam(4096, false)) {
      var first = memory.physicalAddress(0);
      if ("root".equals(System.getProperty("user.name"))) {
        assertThat(memory.physicalAddress(77).orElseThrow()).isEqualTo(first.orElseThrow() + 77);
      } else {
        assertThat(first).isEmpty();
      }
    }
  }

  @Test
  void aControllerWithoutACmbSaysSo() {
    Path absent = Path.of("/sys/bus/pci/devices/none/p2pmem/allocate");
    assertThat(
            catchThrowableOfType(TransferException.class, () -> IoMemory.openCmb(absent, 1 << 20)))
        .hasMessage(
            "allocation of 1048576 bytes of "
                + absent
                + " failed: ENOENT (No such file or directory). Probable cause: the controller"
                + " offers no memory to programs: it has no usable CMB, or the kernel was built"
                + " without CONFIG_PCI_P2PDMA. What to do: look what is here with './run.sh probe',"
                + " or use --memory cmb-emulated.");
  }

  @Test
  void moreThanTheAddressSpaceHoldsIsEnomem() {
    assertThat(
            catchThrowableOfType(TransferException.class, () -> IoMemory.openRam(1L << 60, false)))
        .hasMessage(
            "allocation of 1152921504606846976 bytes of ram memory failed: ENOMEM (Cannot allocate"
                + " memory). Probable cause: there is no room: of a CMB no contiguous chunk of that"
                + " size is left, of system memory there is too little. What to do: ask for less (a"
                + " smaller size or depth), or end what else uses it.");
  }
}
