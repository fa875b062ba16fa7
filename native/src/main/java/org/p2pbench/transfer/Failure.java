// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** {@code struct p2p_failure}, unpacked. */
record Failure(Operation operation, int errno, long offset, long lengthBytes, long movedBytes) {
  static Failure unpack(byte[] bytes) {
    ByteBuffer struct = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
    return new Failure(
        Operation.of(struct.getInt()),
        struct.getInt(),
        struct.getLong(),
        struct.getLong(),
        struct.getLong());
  }

  /** What was tried, at the endpoint whose turn it was. */
  Attempt attempt(Endpoint source, Endpoint target) {
    if (!operation.movesData()) {
      return new Attempt(operation, null, null, -1, 0);
    }
    Endpoint end = operation == Operation.FILL ? source : target;
    return new Attempt(operation, end.path(), null, offset, lengthBytes);
  }
}
