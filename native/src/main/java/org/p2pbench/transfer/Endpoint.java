// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An existing file or block device that blocks come from or go to. It is never created, truncated
 * or extended. A block device opened for writing is claimed exclusively, so that one that is
 * mounted or otherwise held is refused with EBUSY. May be shared by the transactors of several
 * threads.
 */
public final class Endpoint implements AutoCloseable {
  /** What an endpoint is opened for. */
  public enum Access {
    /** Source only. */
    READ(LibP2pbench.ENDPOINT_READ),
    /** Target only. */
    WRITE(LibP2pbench.ENDPOINT_WRITE),
    /** Both. */
    READ_WRITE(LibP2pbench.ENDPOINT_READ | LibP2pbench.ENDPOINT_WRITE);

    private final int flags;

    Access(int flags) {
      this.flags = flags;
    }

    boolean reads() {
      return (flags & LibP2pbench.ENDPOINT_READ) != 0;
    }

    boolean writes() {
      return (flags & LibP2pbench.ENDPOINT_WRITE) != 0;
    }
  }

  private final Path path;
  private final Access access;
  private final boolean direct;
  private final long lengthBytes;
  private final int alignmentBytes;
  private final long deviceNumber;
  private final AtomicInteger users = new AtomicInteger();
  private long handle;

  private Endpoint(Path path, Access access, boolean direct, long handle) {
    this.path = path;
    this.access = access;
    this.direct = direct;
    this.handle = handle;
    this.lengthBytes = LibP2pbench.p2p_endpoint_length(handle);
    this.alignmentBytes = LibP2pbench.p2p_endpoint_alignment(handle);
    this.deviceNumber = LibP2pbench.p2p_endpoint_device(handle);
  }

  /**
   * Opens a file or block device.
   *
   * @param direct with O_DIRECT
   * @throws TransferException with the errno of open(2); EINVAL where O_DIRECT is not possible,
   *     EOPNOTSUPP for what is neither a regular file nor a block device
   */
  public static Endpoint open(Path path, Access access, boolean direct) {
    NativeLoader.load();
    long[] out = new long[1];
    int flags = access.flags | (direct ? LibP2pbench.ENDPOINT_DIRECT : 0);
    int error = LibP2pbench.p2p_endpoint_open(NativeText.of(path), flags, out);
    if (error != 0) {
      throw TransferException.failed(Attempt.of(Operation.OPEN, path), error);
    }
    return new Endpoint(path, access, direct, out[0]);
  }

  /** As it was given to {@link #open}. */
  public Path path() {
    return path;
  }

  /** What it was opened for. */
  public Access access() {
    return access;
  }

  /** Size when it was opened. */
  public long lengthBytes() {
    return lengthBytes;
  }

  /** Bytes that offsets and lengths must be multiples of; 1 without O_DIRECT. */
  public int alignmentBytes() {
    return alignmentBytes;
  }

  /**
   * Number of the block device that is open, as st_rdev holds it; 0 for a file. While it is open no
   * other device gets that number, whatever its path leads to by now.
   */
  public long deviceNumber() {
    return deviceNumber;
  }

  /** Whether it was opened with O_DIRECT. */
  public boolean direct() {
    return direct;
  }

  /** Waits until what was written is on stable storage. */
  public void sync() {
    int error = LibP2pbench.p2p_endpoint_sync(handle());
    if (error != 0) {
      throw TransferException.failed(Attempt.of(Operation.SYNC, path), error);
    }
  }

  /**
   * Closes the descriptor. A second call does nothing.
   *
   * @throws IllegalStateException a transactor still uses it: its I/O could hit another file that
   *     gets the same descriptor
   */
  @Override
  public synchronized void close() {
    if (handle == 0) {
      return;
    }
    if (users.get() > 0) {
      throw new IllegalStateException(path + " is in use by an open transactor: close that first");
    }
    long closing = handle;
    handle = 0;
    int error = LibP2pbench.p2p_endpoint_close(closing);
    if (error != 0) {
      throw TransferException.failed(Attempt.of(Operation.CLOSE, path), error);
    }
  }

  synchronized long use() {
    long used = handle();
    users.incrementAndGet();
    return used;
  }

  void endUse() {
    users.decrementAndGet();
  }

  private synchronized long handle() {
    if (handle == 0) {
      throw new IllegalStateException(path + " is closed");
    }
    return handle;
  }
}
