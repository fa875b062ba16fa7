// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

/** Transfers through the stand-in for a CMB. */
class CmbEmulatedTransferTest extends TransferContract {
  @Override
  IoMemory openMemory(long lengthBytes) {
    return IoMemory.openCmbEmulated(lengthBytes, false);
  }
}
