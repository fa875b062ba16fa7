// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.discovery;

import com.sun.jna.LastErrorException;
import com.sun.jna.Library;
import com.sun.jna.NativeLong;

/**
 * The calls of the C library by which block devices are asked what no file of the kernel tells; the
 * numbers are those of Linux on every architecture.
 */
public interface LibC extends Library {
  /** Flags of open(2). */
  int O_RDONLY = 0;

  /** Without O_CREAT, the kernel's claim on a block device. */
  int O_EXCL = 0200;

  /** Not for programs that this one starts. */
  int O_CLOEXEC = 02000000;

  /** Error numbers. */
  int EPERM = 1;

  /** Permission denied. */
  int EACCES = 13;

  /** Claimed by somebody else. */
  int EBUSY = 16;

  /** open(2). */
  int open(String path, int flags) throws LastErrorException;

  /** ioctl(2). */
  int ioctl(int descriptor, NativeLong request, Object... arguments) throws LastErrorException;

  /** close(2). */
  int close(int descriptor) throws LastErrorException;
}
