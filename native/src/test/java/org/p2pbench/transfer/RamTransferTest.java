// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

/** Transfers through system memory with base pages. */
class RamTransferTest extends TransferContract {
  @Override
  IoMemory openMemory(long lengthBytes) {
    return IoMemory.openRam(lengthBytes, false);
  }
}
