// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import java.nio.file.Path;
import java.util.Optional;
import org.p2pbench.discovery.DiscoveryException;
import org.p2pbench.transfer.NativeLoadException;
import org.p2pbench.transfer.TransferException;

/**
 * Keeps the record of this fork, and turns whatever goes wrong into one line in it. Thread-safe:
 * the watchdog and the measuring threads may fail at once; the first failure stays.
 */
final class ForkReporter {

  /** Operations in which the kernel refuses a long-term pin of CMB pages. */
  private static final java.util.Set<String> PINNING =
      java.util.Set.of("pin", "registration with io_uring");

  private final Optional<Path> file;
  private ForkRecord record = ForkRecord.EMPTY;

  ForkReporter(ForkSettings settings) {
    this.file = settings.record();
  }

  /** Replaces what is told of proofs. */
  synchronized void update(ForkRecord proofs) {
    record = proofs;
    file.ifPresent(record::write);
  }

  /** What is told so far. */
  synchronized ForkRecord record() {
    return record;
  }

  /**
   * Records a failure.
   *
   * @param cause what went wrong
   * @param memory where the buffers are, null where that is not known yet
   * @return the failure as one line for the user
   */
  synchronized RigException failed(RuntimeException cause, MemoryChoice memory) {
    RigException told = told(cause, memory);
    if (record.failure() == null) {
      update(record.failed(told.kind(), told.getMessage()));
    }
    return told;
  }

  private static RigException told(RuntimeException cause, MemoryChoice memory) {
    if (cause instanceof RigException told) {
      return told;
    }
    if (cause instanceof TransferException transfer) {
      return new RigException(kindOf(transfer, memory), transfer.getMessage(), transfer);
    }
    if (cause instanceof DiscoveryException discovery) {
      RigException.Kind kind =
          discovery.exitCode() == RigException.Kind.CANNOT.exitCode()
              ? RigException.Kind.CANNOT
              : RigException.Kind.BAD_INPUT;
      return new RigException(kind, discovery.getMessage(), discovery);
    }
    if (cause instanceof NativeLoadException) {
      return new RigException(RigException.Kind.CANNOT, cause.getMessage(), cause);
    }
    if (cause instanceof IllegalArgumentException) {
      return new RigException(RigException.Kind.BAD_INPUT, cause.getMessage(), cause);
    }
    return new RigException(
        RigException.Kind.FAILED, "the measurement failed unexpectedly: " + cause, cause);
  }

  private static RigException.Kind kindOf(TransferException failure, MemoryChoice memory) {
    if (memory == MemoryChoice.CMB && PINNING.contains(failure.operation())) {
      return RigException.Kind.REFUSED;
    }
    if (failure.operation().equals("open") && failure.errnoName().equals("EINVAL")) {
      return RigException.Kind.BAD_INPUT; // a filesystem without O_DIRECT
    }
    return switch (failure.errnoName()) {
      case "ENOENT", "ENOMEM" -> RigException.Kind.BAD_INPUT;
      // As the guard says of a device that is in use, read-only or another user's.
      case "EACCES", "EPERM", "EBUSY", "EROFS", "ENOSYS", "EREMOTEIO" -> RigException.Kind.CANNOT;
      default -> RigException.Kind.FAILED;
    };
  }
}
