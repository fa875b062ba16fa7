// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import java.nio.file.Path;

/**
 * A call that the kernel refused or a device failed: what was done, with what, and why it failed.
 * The message is one line for people, with the probable cause and what to do.
 */
public final class TransferException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Operation operation;
  private final transient Path path;
  private final long offset;
  private final long lengthBytes;
  private final long movedBytes;
  private final int errno;

  private TransferException(Attempt attempt, long movedBytes, int errno, String message) {
    super(message);
    this.operation = attempt.operation();
    this.path = attempt.path();
    this.offset = attempt.offset();
    this.lengthBytes = attempt.lengthBytes();
    this.movedBytes = movedBytes;
    this.errno = errno;
  }

  /** A call that failed with an error number, positive or negated. */
  static TransferException failed(Attempt attempt, int error) {
    int errno = Math.abs(error);
    boolean hung = attempt.operation() == Operation.CLOSE && errno == Errno.ETIMEDOUT.number();
    Advice advice = hung ? Advice.ofHungTransfer() : Advice.of(attempt.operation(), errno);
    String what = attempt + " failed: " + Errno.describe(errno);
    return new TransferException(attempt, 0, errno, withAdvice(what, advice));
  }

  /** A transfer that moved less than it was asked to. */
  static TransferException fellShort(Attempt attempt, long movedBytes) {
    String what = attempt + " moved only " + movedBytes + " of " + attempt.lengthBytes() + " bytes";
    Advice advice = Advice.ofShortTransfer(attempt.operation());
    return new TransferException(attempt, movedBytes, 0, withAdvice(what, advice));
  }

  private static String withAdvice(String what, Advice advice) {
    return what + ". Probable cause: " + advice.cause() + ". What to do: " + advice.remedy() + ".";
  }

  /** What was being done: "fill", "drain", "registration with io_uring", ... */
  public String operation() {
    return operation.words();
  }

  /** The file or device, null where there is none. */
  public Path path() {
    return path;
  }

  /** Where at the endpoint or in the memory, in bytes; -1 where that means nothing. */
  public long offset() {
    return offset;
  }

  /** Bytes asked for; 0 where that means nothing. */
  public long lengthBytes() {
    return lengthBytes;
  }

  /** Bytes moved, less than {@link #lengthBytes()}. */
  public long movedBytes() {
    return movedBytes;
  }

  /** The positive error number, 0 for a short transfer. */
  public int errno() {
    return errno;
  }

  /** "EINVAL", or "none" for a short transfer. */
  public String errnoName() {
    return errno == 0 ? "none" : Errno.nameOf(errno);
  }
}
