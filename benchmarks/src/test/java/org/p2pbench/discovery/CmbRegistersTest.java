// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CmbRegistersTest {
  private static final long MIB = 1 << 20;
  // 64 units of 1 MiB; SQS, LISTS, RDS and WDS: what QEMU states for cmb_size_mb=64.
  private static final long CMBSZ_64_MIB = 0x4021d;

  @Test
  void decodesSizeAndSupportAsTheSpecificationLaysThemOut() {
    // The flags between BAR and offset, which QEMU sets, are no part of either.
    CmbRegisters registers = new CmbRegisters(CMBSZ_64_MIB, 0x62);

    assertThat(registers.sizeBytes()).isEqualTo(64 * MIB);
    assertThat(registers.bar()).isEqualTo(2);
    assertThat(registers.offsetBytes()).isZero();
    assertThat(registers.submissionQueues()).isTrue();
    assertThat(registers.completionQueues()).isFalse();
    assertThat(registers.lists()).isTrue();
    assertThat(registers.readData()).isTrue();
    assertThat(registers.writeData()).isTrue();
  }

  @Test
  void countsTheOffsetInTheSizesUnits() {
    CmbRegisters registers = new CmbRegisters(CMBSZ_64_MIB, 0x3004);

    assertThat(registers.bar()).isEqualTo(4);
    assertThat(registers.offsetBytes()).isEqualTo(3 * MIB);
  }

  @Test
  void decodesTheLargestSizeWithoutOverflow() {
    CmbRegisters registers = new CmbRegisters(0xfffff000L | 6 << 8, 0);

    assertThat(registers.sizeBytes()).isEqualTo(0xfffffL << 36);
  }

  @Test
  void placesTheCmbWithinItsBarAndClipsItThere() {
    Cmb cmb = cmb(0x2002, Optional.of(new AddressRange(0xf4000000L, 0xf7ffffffL)));

    assertThat(cmb.physicalRange()).contains(new AddressRange(0xf4200000L, 0xf7ffffffL));
    assertThat(cmb.possibleRanges()).containsExactly(new AddressRange(0xf4200000L, 0xf7ffffffL));
  }

  @Test
  void namesEveryBarAsPossibleWhenTheRegistersPointNowhere() {
    Cmb cmb = cmb(0x5, Optional.of(new AddressRange(0xf4000000L, 0xf7ffffffL)));

    assertThat(cmb.physicalRange()).isEmpty();
    assertThat(cmb.possibleRanges())
        .containsExactly(
            new AddressRange(0xfe000000L, 0xfe003fffL), new AddressRange(0xf4000000L, 0xf7ffffffL));
  }

  @Test
  void rangesContainTheirEndsAndAddressesAbove2To63() {
    AddressRange range = new AddressRange(0x8000000000000000L, 0xffffffffffffffffL);

    assertThat(range.contains(0x8000000000000000L)).isTrue();
    assertThat(range.contains(0xffffffffffffffffL)).isTrue();
    assertThat(range.contains(0x7fffffffffffffffL)).isFalse();
    assertThat(range).hasToString("0x8000000000000000-0xffffffffffffffff");
  }

  private static Cmb cmb(long cmbloc, Optional<AddressRange> bar2) {
    return new Cmb(
        64 * MIB,
        64 * MIB,
        true,
        Path.of("allocate"),
        Optional.of(new CmbRegisters(CMBSZ_64_MIB, cmbloc)),
        List.of(Optional.of(new AddressRange(0xfe000000L, 0xfe003fffL)), Optional.empty(), bar2));
  }
}
