// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Room for the stamps of a batch of transactions, written by native code. Reading allocates
 * nothing. Times are nanoseconds on the clock of {@link NativeClock}; a stage that a transaction
 * does not have ends when it began. {@link #arrivedNs} is of paced transactions alone. A {@link
 * Pinner} leaves pinned in {@link #filledNs} and unpinned in {@link #copiedNs}.
 */
public final class StampBuffer implements AutoCloseable {
  private static final ByteBuffer CLOSED = ByteBuffer.allocateDirect(0);

  /** The stamps of all transactions stand first, then all arrivals. */
  private static final int RECORD_BYTES = LibP2pbench.STAMPS_BYTES + Long.BYTES;

  private static final int FILLED = Long.BYTES;
  private static final int COPIED = 2 * Long.BYTES;
  private static final int DRAINED = 3 * Long.BYTES;

  private final int capacity;
  private ByteBuffer records;
  private long address;

  /**
   * Allocates the room, outside of the Java heap.
   *
   * @param capacity transactions, at least 1
   */
  public StampBuffer(int capacity) {
    if (capacity < 1 || capacity > Integer.MAX_VALUE / RECORD_BYTES) {
      throw new IllegalArgumentException(
          "capacity=" + capacity + " must be from 1 to " + Integer.MAX_VALUE / RECORD_BYTES);
    }
    this.capacity = capacity;
    this.records =
        ByteBuffer.allocateDirect(capacity * RECORD_BYTES).order(ByteOrder.nativeOrder());
    this.address = Pointer.nativeValue(Native.getDirectBufferPointer(records));
  }

  /** Transactions that there is room for. */
  public int capacity() {
    return capacity;
  }

  /** Before the first stage was submitted. */
  public long startNs(int i) {
    return records.getLong(i * LibP2pbench.STAMPS_BYTES);
  }

  /** The fill was seen to be complete. */
  public long filledNs(int i) {
    return records.getLong(i * LibP2pbench.STAMPS_BYTES + FILLED);
  }

  /** The CPU copy ended. */
  public long copiedNs(int i) {
    return records.getLong(i * LibP2pbench.STAMPS_BYTES + COPIED);
  }

  /** The drain was seen to be complete: the end of the transaction. */
  public long drainedNs(int i) {
    return records.getLong(i * LibP2pbench.STAMPS_BYTES + DRAINED);
  }

  /** When a paced transaction was to begin: not after {@link #startNs}, when it did begin. */
  public long arrivedNs(int i) {
    return records.getLong(capacity * LibP2pbench.STAMPS_BYTES + i * Long.BYTES);
  }

  /** Gives the room up; what is read after that is out of bounds. A second call does nothing. */
  @Override
  public void close() {
    records = CLOSED;
    address = 0;
  }

  /** Where {@code count} records may be written. */
  long addressFor(int count) {
    if (count < 0 || count > capacity || address == 0) {
      throw refusal(count);
    }
    return address;
  }

  /** Where as many arrivals may be written. */
  long arrivalsAddressFor(int count) {
    return addressFor(count) + (long) capacity * LibP2pbench.STAMPS_BYTES;
  }

  /** The address for a buffer that may be absent: 0 for none. */
  static long addressFor(StampBuffer stampsOrNull, int count) {
    return stampsOrNull == null ? 0 : stampsOrNull.addressFor(count);
  }

  private RuntimeException refusal(int count) {
    return address == 0
        ? new IllegalStateException("the stamp buffer is closed")
        : new IllegalArgumentException(
            "count=" + count + " must be from 0 to capacity=" + capacity);
  }
}
