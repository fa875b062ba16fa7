// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import java.util.Map;

/** Linux error numbers, the same on x86-64 and aarch64, with their names and texts. */
enum Errno {
  EPERM(1, "Operation not permitted"),
  ENOENT(2, "No such file or directory"),
  EINTR(4, "Interrupted system call"),
  EIO(5, "Input/output error"),
  ENXIO(6, "No such device or address"),
  EBADF(9, "Bad file descriptor"),
  EAGAIN(11, "Resource temporarily unavailable"),
  ENOMEM(12, "Cannot allocate memory"),
  EACCES(13, "Permission denied"),
  EFAULT(14, "Bad address"),
  EBUSY(16, "Device or resource busy"),
  EEXIST(17, "File exists"),
  ENODEV(19, "No such device"),
  ENOTDIR(20, "Not a directory"),
  EISDIR(21, "Is a directory"),
  EINVAL(22, "Invalid argument"),
  ENFILE(23, "Too many open files in system"),
  EMFILE(24, "Too many open files"),
  ETXTBSY(26, "Text file busy"),
  EFBIG(27, "File too large"),
  ENOSPC(28, "No space left on device"),
  EROFS(30, "Read-only file system"),
  ERANGE(34, "Numerical result out of range"),
  ENAMETOOLONG(36, "File name too long"),
  ENOSYS(38, "Function not implemented"),
  ELOOP(40, "Too many levels of symbolic links"),
  ENODATA(61, "No data available"),
  ETIME(62, "Timer expired"),
  ENOLINK(67, "Link has been severed"),
  EOVERFLOW(75, "Value too large for defined data type"),
  EILSEQ(84, "Invalid or incomplete multibyte or wide character"),
  EOPNOTSUPP(95, "Operation not supported"),
  ETIMEDOUT(110, "Connection timed out"),
  EINPROGRESS(115, "Operation now in progress"),
  EREMOTEIO(121, "Remote I/O error"),
  EDQUOT(122, "Disk quota exceeded"),
  ENOMEDIUM(123, "No medium found"),
  ECANCELED(125, "Operation canceled");

  private static final Map<Integer, Errno> BY_NUMBER =
      java.util.Arrays.stream(values())
          .collect(java.util.stream.Collectors.toUnmodifiableMap(e -> e.number, e -> e));

  private final int number;
  private final String text;

  Errno(int number, String text) {
    this.number = number;
    this.text = text;
  }

  int number() {
    return number;
  }

  /** Null for a number that is not listed here. */
  static Errno of(int number) {
    return BY_NUMBER.get(number);
  }

  /** "EINVAL", or "errno 999" for a number that is not listed here. */
  static String nameOf(int number) {
    Errno errno = of(number);
    return errno == null ? "errno " + number : errno.name();
  }

  /** "EINVAL (Invalid argument)". */
  static String describe(int number) {
    Errno errno = of(number);
    return errno == null ? nameOf(number) : errno.name() + " (" + errno.text + ")";
  }
}
