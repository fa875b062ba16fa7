// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import java.nio.file.Files;
import java.nio.file.Path;

/** Pins and unpins a part of a memory, and does nothing else: what pinning alone costs. */
public final class Pinner implements AutoCloseable {
  /** How it pins. The order is that of the C header. */
  public enum Mechanism {
    /** Registering a buffer with io_uring, and undoing it: a long-term pin. */
    IO_URING("io_uring-register", Operation.SET_UP, Operation.PIN),
    /** mlock and munlock: a lock on the mapping, the pages are not pinned for I/O. */
    MLOCK("mlock", Operation.PIN, Operation.PIN),
    /**
     * The kernel's own benchmark of pin_user_pages_fast, which is what O_DIRECT pins with
     * (CONFIG_GUP_TEST). It pins the memory from the offset to its end, a length at a time; stamps
     * hold its means for one such pin and unpin, without the system call.
     */
    GUP_TEST("gup-test", Operation.BENCHMARK_PIN, Operation.BENCHMARK_PIN);

    /** The kernel tells whole microseconds for all of this memory. */
    private static final long GUP_TEST_BYTES = 8 << 20;

    private final String label;
    private final Operation opening;
    private final Operation pinning;

    Mechanism(String label, Operation opening, Operation pinning) {
      this.label = label;
      this.opening = opening;
      this.pinning = pinning;
    }

    /** The word for it in results. */
    public String label() {
      return label;
    }

    /** Bytes of memory to map for pins of {@code blockBytes}. */
    public long mappedBytes(long blockBytes) {
      return this == GUP_TEST ? Math.max(1, GUP_TEST_BYTES / blockBytes) * blockBytes : blockBytes;
    }

    /** Pins of {@code blockBytes} that each of {@link #run}'s makes in {@link #mappedBytes}. */
    public int pinsAtOnce(long blockBytes) {
      return (int) (mappedBytes(blockBytes) / blockBytes);
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

  private static final Path GUP_TEST_FILE = Path.of("/sys/kernel/debug/gup_test");

  private final Attempt attempt;
  private long handle;

  private Pinner(Attempt attempt, long handle) {
    this.attempt = attempt;
    this.handle = handle;
  }

  /**
   * Prepares to pin a part of a memory, which cannot be closed before the pinner.
   *
   * @throws TransferException the kernel refuses io_uring, or has no gup_test for this user
   */
  public static Pinner open(IoMemory memory, long offset, long length, Mechanism mechanism) {
    memory.checkRange(offset, length);
    long[] out = new long[1];
    int error =
        LibP2pbench.p2p_pinner_open(memory.handle(), offset, length, mechanism.ordinal(), out);
    if (error != 0) {
      throw TransferException.failed(Attempt.of(mechanism.opening, null, 0), error);
    }
    String subject = memory.kind().label() + " memory by " + mechanism.label();
    return new Pinner(new Attempt(mechanism.pinning, null, subject, offset, length), out[0]);
  }

  /** Whether the kernel has its own benchmark of pinning, and this user may run it. */
  public static boolean gupTestAvailable() {
    return Files.isWritable(GUP_TEST_FILE);
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
