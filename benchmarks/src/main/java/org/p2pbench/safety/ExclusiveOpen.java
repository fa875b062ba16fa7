// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.safety;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.p2pbench.discovery.LibC;

/** Asks the kernel whether a block device can be had for oneself, without writing to it. */
@FunctionalInterface
public interface ExclusiveOpen {
  /**
   * Why the device cannot be opened exclusively now and what to do, as "reason: advice"; empty when
   * it can. Thread-safe.
   */
  Optional<String> obstacle(Path device);

  /**
   * Opens the device for reading with O_EXCL, which the kernel refuses with EBUSY while a mount,
   * dm, md, swap or another program has claimed it, and closes it again; then looks whether this
   * user may write to it.
   */
  static ExclusiveOpen byKernel() {
    LibC libc = Native.load("c", LibC.class);
    return device -> {
      try {
        libc.close(libc.open(device.toString(), LibC.O_RDONLY | LibC.O_EXCL | LibC.O_CLOEXEC));
        return Files.isWritable(device) ? Optional.empty() : Optional.of(noPermission(device));
      } catch (LastErrorException failure) {
        return Optional.of(reason(device, failure));
      }
    };
  }

  /** The words for a device that this user may not open. */
  static String noPermission(Path device) {
    return String.format(
        "this user may not read and write it: run as root, have access granted (setfacl -m u:%s:rw"
            + " %s)",
        System.getProperty("user.name"), device);
  }

  private static String reason(Path device, LastErrorException failure) {
    return switch (failure.getErrorCode()) {
      case LibC.EBUSY -> "something has it open exclusively: end that first";
      case LibC.EACCES, LibC.EPERM -> noPermission(device);
      default -> "opening it failed (" + failure.getMessage() + "): see the kernel's log";
    };
  }
}
