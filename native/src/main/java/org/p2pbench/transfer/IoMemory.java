// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * A chunk of memory that data passes through. Transactors lease slots of it; while a lease is out
 * it cannot be closed. May be shared by the transactors of several threads.
 */
public final class IoMemory implements AutoCloseable {
  private final MemoryKind kind;
  private final long address;
  private final long lengthBytes;
  private final PageKind pages;
  private long handle;

  private IoMemory(MemoryKind kind, long handle) {
    this.kind = kind;
    this.handle = handle;
    this.address = LibP2pbench.p2p_memory_address(handle);
    this.lengthBytes = LibP2pbench.p2p_memory_length(handle);
    this.pages = PageKind.values()[LibP2pbench.p2p_memory_pages(handle)];
  }

  /**
   * System memory, touched, with base pages or, when asked for and to be had, pages of 2 MiB:
   * {@link #pages()} says which.
   *
   * @throws TransferException ENOMEM
   */
  public static IoMemory openRam(long lengthBytes, boolean hugePages) {
    return open(MemoryKind.RAM, null, lengthBytes, hugePages);
  }

  /**
   * A contiguous chunk of a controller's memory buffer, by its {@code p2pmem/allocate} file.
   *
   * @throws TransferException ENOMEM no such chunk is left, EACCES, ENOENT, ENODEV
   */
  public static IoMemory openCmb(Path allocateFile, long lengthBytes) {
    return open(MemoryKind.CMB, Objects.requireNonNull(allocateFile), lengthBytes, false);
  }

  /** As {@link #openRam}, but a shared memfd mapping: it stands in for a CMB, and is none. */
  public static IoMemory openCmbEmulated(long lengthBytes, boolean hugePages) {
    return open(MemoryKind.CMB_EMULATED, null, lengthBytes, hugePages);
  }

  private static IoMemory open(MemoryKind kind, Path path, long lengthBytes, boolean hugePages) {
    if (lengthBytes <= 0) {
      throw new IllegalArgumentException("lengthBytes=" + lengthBytes + " must be at least 1");
    }
    NativeLoader.load();
    long[] out = new long[1];
    byte[] file = path == null ? null : NativeText.of(path);
    int error =
        LibP2pbench.p2p_memory_open(kind.ordinal(), file, lengthBytes, hugePages ? 1 : 0, out);
    if (error != 0) {
      String subject = kind.label() + " memory";
      throw TransferException.failed(
          new Attempt(Operation.ALLOCATE, path, subject, -1, lengthBytes), error);
    }
    return new IoMemory(kind, out[0]);
  }

  /** What it is made of. */
  public MemoryKind kind() {
    return kind;
  }

  /** Where it is mapped in this process; valid until it is closed. */
  public long address() {
    return address;
  }

  /** Bytes mapped: what was asked for, rounded up to the page size asked for. */
  public long lengthBytes() {
    return lengthBytes;
  }

  /** The pages really behind it. */
  public PageKind pages() {
    return pages;
  }

  /** Physical address of the byte at an offset; empty where the kernel hides it or no page is. */
  public OptionalLong physicalAddress(long offset) {
    checkRange(offset, 1);
    long[] physical = new long[1];
    int error = LibP2pbench.p2p_memory_physical(handle(), offset, physical);
    return error == 0 ? OptionalLong.of(physical[0]) : OptionalLong.empty();
  }

  /**
   * A view of a part of the memory, in native byte order. It must not be touched after the memory
   * was closed: nothing is mapped there then, and the process would end by a signal.
   */
  public ByteBuffer buffer(long offset, int length) {
    checkRange(offset, length);
    handle();
    return view(address + offset, length);
  }

  static ByteBuffer view(long address, long length) {
    return new Pointer(address).getByteBuffer(0, length);
  }

  /**
   * Leases adjacent slots: no byte is in two leases. Thread-safe.
   *
   * @return offset of the first slot, a multiple of 4 KiB, of 2 MiB for slots of that size or more;
   *     the others follow, each rounded up to 4 KiB
   * @throws TransferException ENOMEM no room is left
   */
  public long lease(long slotBytes, int slots) {
    if (slotBytes <= 0 || slots <= 0) {
      throw new IllegalArgumentException(
          "slotBytes=" + slotBytes + " and slots=" + slots + " must be at least 1");
    }
    long[] offset = new long[1];
    int error = LibP2pbench.p2p_memory_lease(handle(), slotBytes, slots, offset);
    if (error != 0) {
      String subject = kind.label() + " memory in " + slots + " slots";
      throw TransferException.failed(
          Attempt.of(Operation.LEASE, subject, slotBytes * slots), error);
    }
    return offset[0];
  }

  /** Gives back the lease that begins at an offset. Thread-safe. */
  public void release(long offset) {
    int error = LibP2pbench.p2p_memory_release(handle(), offset);
    if (error != 0) {
      String subject = kind.label() + " memory";
      throw TransferException.failed(
          new Attempt(Operation.RELEASE, null, subject, offset, 0), error);
    }
  }

  /**
   * Unmaps the memory. A second call does nothing.
   *
   * @throws TransferException EBUSY while slots are leased or a pinner is open; nothing is unmapped
   *     then
   */
  @Override
  public synchronized void close() {
    if (handle == 0) {
      return;
    }
    int error = LibP2pbench.p2p_memory_close(handle);
    if (error != 0) {
      throw TransferException.failed(
          Attempt.of(Operation.CLOSE, kind.label() + " memory", lengthBytes), error);
    }
    handle = 0;
  }

  synchronized long handle() {
    if (handle == 0) {
      throw new IllegalStateException(kind.label() + " memory is closed");
    }
    return handle;
  }

  void checkRange(long offset, long length) {
    if (offset < 0 || length < 0 || offset > lengthBytes - length) {
      throw new IllegalArgumentException(
          "offset=" + offset + " length=" + length + " is not within " + lengthBytes + " bytes");
    }
  }
}
