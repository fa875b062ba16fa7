// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

/** Copies between two memories with the CPU: what a copy alone costs. */
public final class CpuCopy {
  private CpuCopy() {}

  /**
   * Copies the same bytes {@code count} times. In a record, {@code startNs} is before the copy, the
   * others after it.
   *
   * @param stampsOrNull null for no stamps
   * @throws IllegalArgumentException a range that is not within its memory
   * @throws TransferException EINVAL nothing to copy, or the two ranges overlap
   */
  public static void run(
      IoMemory to,
      long toOffset,
      IoMemory from,
      long fromOffset,
      long length,
      int count,
      StampBuffer stampsOrNull) {
    to.checkRange(toOffset, length);
    from.checkRange(fromOffset, length);
    long address = StampBuffer.addressFor(stampsOrNull, count);
    long result =
        LibP2pbench.p2p_copy_run(
            to.handle(), toOffset, from.handle(), fromOffset, length, count, address);
    if (result != count) {
      String subject = from.kind().label() + " memory to " + to.kind().label() + " memory";
      throw TransferException.failed(
          new Attempt(Operation.COPY, null, subject, fromOffset, length), (int) result);
    }
  }
}
