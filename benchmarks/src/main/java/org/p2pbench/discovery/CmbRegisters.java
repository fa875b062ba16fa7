// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.discovery;

/**
 * A controller's CMBSZ and CMBLOC registers (NVMe base specification), decoded: what the drive
 * itself says of its CMB, whether or not the kernel offers it. Immutable.
 */
public record CmbRegisters(long cmbsz, long cmbloc) {
  private static final int UNIT_SHIFT_BASE = 12;
  private static final int UNIT_SHIFT_STEP = 4;
  private static final int SIZE_SHIFT = 12;

  /** Submission queues may be placed in the CMB. */
  public boolean submissionQueues() {
    return bit(0);
  }

  /** Completion queues may be placed in the CMB. */
  public boolean completionQueues() {
    return bit(1);
  }

  /** PRP and SGL lists may be placed in the CMB. */
  public boolean lists() {
    return bit(2);
  }

  /** RDS: data that the drive reads out to the host may be placed in the CMB. */
  public boolean readData() {
    return bit(3);
  }

  /** WDS: data that the drive takes from the host may be placed in the CMB. */
  public boolean writeData() {
    return bit(4);
  }

  /** Size in bytes as the drive states it; the kernel uses less where the BAR is smaller. */
  public long sizeBytes() {
    return (cmbsz >>> SIZE_SHIFT & 0xfffffL) * unitBytes();
  }

  /** Number of the BAR that the CMB lies in. */
  public int bar() {
    return (int) (cmbloc & 0x7L);
  }

  /** Bytes between the BAR's start and the CMB's. */
  public long offsetBytes() {
    return (cmbloc >>> SIZE_SHIFT & 0xfffffL) * unitBytes();
  }

  private long unitBytes() {
    int sizeUnit = (int) (cmbsz >>> 8 & 0xfL);
    return 1L << UNIT_SHIFT_BASE + UNIT_SHIFT_STEP * sizeUnit;
  }

  private boolean bit(int number) {
    return (cmbsz >>> number & 1L) == 1L;
  }
}
