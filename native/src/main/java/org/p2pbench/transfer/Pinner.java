// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

/** Pins and unpins a part of a memory, and does nothing else: what pinning alone costs. */
public final class Pinner implements AutoCloseable {
  /** How it pins. The order is that of the C header. */
  public enum Mechanism {
    /** Registering a buffer with io_uring, and undoing it: a long-term pin. */
    IO_URING("io_uring-register"),
    /** mlock and munlock: a lock on the mapping, the pages are not pinned for I/O. */
    MLOCK("mlock");

    private final String label;

    Mechanism(String label) {
      this.label = label;
    }

    /** The word for it in results. */
    public String label() {
      return label;
    }

    /**
     * The value with that label.
     *
     * @throws IllegalArgumentException no value has it; the message lists those there are
     */
    public static Mechanism parse(String text) {
      return Labels.parse("mechanism", values(), Mechanism::label, text);
    }
  }

  private final Attempt attempt;
  private long handle;

  private Pinner(Attempt attempt, long handle) {
    this.attempt = attempt;
    this.handle = handle;
  }

  /**
   * Prepares to pin a part of a memory, which cannot be closed before the pinner.
   *
   * @throws TransferException the kernel refuses io_uring
   */
  public static Pinner open(IoMemory memory, long offset, long length, Mechanism mechanism) {
    memory.checkRange(offset, length);
    long[] out = new long[1];
    int error =
        LibP2pbench.p2p_pinner_open(memory.handle(), offset, length, mechanism.ordinal(), out);
    String subject = memory.kind().label() + " memory by " + mechanism.label();
    if (error != 0) {
      Operation operation = mechanism == Mechanism.IO_URING ? Operation.SET_UP : Operation.PIN;
      throw TransferException.failed(Attempt.of(operation, null, 0), error);
    }
    return new Pinner(new Attempt(Operation.PIN, null, subject, offset, length), out[0]);
  }

  /**
   * Pins and unpins {@code count} times. In a record, {@code startNs} is before the pin, {@code
   * filledNs} after it, {@code copiedNs} after the unpin.
   *
   * @param stampsOrNull null for no stamps
   * @throws TransferException ENOMEM over the limit on locked memory; EFAULT or EREMOTEIO where the
   *     kernel takes no such pin, as on CMB memory
   */
  public void run(int count, StampBuffer stampsOrNull) {
    if (handle == 0) {
      throw new IllegalStateException("the pinner is closed");
    }
    long address = StampBuffer.addressFor(stampsOrNull, count);
    long result = LibP2pbench.p2p_pinner_run(handle, count, address);
    if (result != count) {
      throw TransferException.failed(attempt, (int) result);
    }
  }

  /** Gives everything back. A second call does nothing. */
  @Override
  public void close() {
    LibP2pbench.p2p_pinner_close(handle);
    handle = 0;
  }
}
