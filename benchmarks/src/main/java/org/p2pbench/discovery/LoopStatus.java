// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.discovery;

import com.sun.jna.LastErrorException;
import com.sun.jna.Native;
import com.sun.jna.NativeLong;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Asks a loop device what it has open: its path in sysfs is that of another file after a rename,
 * and of none in another mount namespace. Stateless and thread-safe.
 */
final class LoopStatus {
  private static final NativeLong LOOP_GET_STATUS64 = new NativeLong(0x4C05);

  /** {@code sizeof(struct loop_info64)}, which begins with the device, inode and rdev. */
  private static final int STATUS_BYTES = 232;

  private LoopStatus() {}

  /** The file or device behind the loop device; empty where this user may not ask. */
  static Optional<FileNode> of(Path loop) {
    LibC libc = Native.load("c", LibC.class);
    byte[] status = new byte[STATUS_BYTES];
    try {
      int descriptor = libc.open(loop.toString(), LibC.O_RDONLY | LibC.O_CLOEXEC);
      try {
        libc.ioctl(descriptor, LOOP_GET_STATUS64, status);
      } finally {
        libc.close(descriptor);
      }
    } catch (LastErrorException notToldOrNoLoop) {
      return Optional.empty();
    }
    ByteBuffer fields = ByteBuffer.wrap(status).order(ByteOrder.nativeOrder());
    DeviceNumber device = DeviceNumber.ofStat(fields.getLong());
    long inode = fields.getLong();
    DeviceNumber special = DeviceNumber.ofStat(fields.getLong());
    boolean file = special.equals(DeviceNumber.ofStat(0));
    return Optional.of(
        new FileNode(
            file ? FileNode.Kind.FILE : FileNode.Kind.BLOCK_DEVICE, device, inode, special, 0));
  }
}
