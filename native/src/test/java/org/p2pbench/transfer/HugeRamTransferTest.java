// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

/** Transfers through system memory with huge pages, where there are any. */
class HugeRamTransferTest extends TransferContract {
  @Override
  IoMemory openMemory(long lengthBytes) {
    return IoMemory.openRam(lengthBytes, true);
  }
}
