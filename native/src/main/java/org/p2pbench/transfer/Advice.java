// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

/**
 * What probably made a call fail, and what to do about it, by operation and error number. The
 * kernel's numbers are ambiguous: the texts name what usually is behind them, not what certainly
 * is.
 *
 * @param cause without a full stop
 * @param remedy without a full stop
 */
record Advice(String cause, String remedy) {
  private static final String USE_SYNC = "use --engine sync";

  static Advice of(Operation operation, int errno) {
    Errno known = Errno.of(errno);
    if (known == null) {
      return new Advice(
          "unknown", "look the number up in errno(3), and into the kernel's log (dmesg)");
    }
    Advice advice = null;
    if (operation.usesUring()) {
      advice = ofUring(operation, known);
    } else if (operation.movesData()) {
      advice = ofTransfer(known);
    } else if (operation == Operation.ALLOCATE) {
      advice = ofAllocation(known);
    } else if (operation == Operation.BENCHMARK_PIN) {
      advice = ofKernelBenchmark(known);
    } else if (operation == Operation.BIND_MEMORY || operation == Operation.LOCATE) {
      advice = ofNuma(known);
    } else {
      advice = ofRest(operation, known);
    }
    return advice != null ? advice : ofAny(known);
  }

  static Advice ofShortTransfer(Operation operation) {
    return operation == Operation.FILL
        ? new Advice(
            "the source ends there: it was truncated after it was opened",
            "leave the source alone while it is read, or give another one")
        : new Advice(
            "the disk or a quota is full, or a file size limit was reached",
            "free space at the target, and compare 'ulimit -f'");
  }

  static Advice ofHungTransfer() {
    return new Advice(
        "the device does not answer: it hangs, was removed, or cannot map this memory",
        "look into the kernel's log (dmesg); its memory stays mapped until this process ends");
  }

  private static Advice ofUring(Operation operation, Errno errno) {
    switch (errno) {
      case EPERM:
      case EACCES:
        return new Advice(
            "io_uring is disabled by sysctl kernel.io_uring_disabled or by a security policy",
            USE_SYNC + ", or set kernel.io_uring_disabled to 0");
      case ENOSYS:
        return new Advice(
            "io_uring is not in this kernel, or a seccomp filter (a container's) hides it",
            USE_SYNC);
      case ENOMEM:
        return new Advice(
            "the limit on locked memory (RLIMIT_MEMLOCK) is lower than what is to be registered",
            "raise it with 'ulimit -l', or use smaller blocks, a lower depth or --pinning per-transaction");
      case EFAULT:
      case EREMOTEIO:
      case EOPNOTSUPP:
        return operation == Operation.REGISTER
            ? new Advice(
                "the kernel takes no long-term pin on this memory, as on all CMB memory",
                "use --pinning per-transaction with this memory")
            : null;
      default:
        return null;
    }
  }

  private static Advice ofTransfer(Errno errno) {
    switch (errno) {
      case EINVAL:
        return new Advice(
            "offset, length or buffer is not aligned to the logical block, or (with CMB memory on"
                + " Linux 6.17 and later) the two devices cannot reach each other",
            "use a size that is a multiple of the logical block; with CMB memory look into the"
                + " kernel's log (dmesg) for 'peer-to-peer DMA'");
      case EREMOTEIO:
        return new Advice(
            "peer-to-peer pages were refused: the device's queue does not take them (dm, md, loop"
                + " and NVMe multipath), or the two devices cannot reach each other",
            "use a plain NVMe namespace below the same PCIe switch or a host bridge that the kernel"
                + " allows, and look into the kernel's log (dmesg) for 'peer-to-peer DMA'");
      case EFAULT:
        return new Advice(
            "the buffer is not mapped, or its pages cannot be pinned",
            "use --memory ram to see whether the memory is the reason");
      case EIO:
      case ENODATA:
      case EILSEQ:
        return new Advice(
            "media error: the device failed to read or write these blocks",
            "look into the kernel's log (dmesg) and the device's health (nvme smart-log)");
      case ENOLINK:
      case ETIMEDOUT:
      case ETIME:
        return new Advice(
            "the device or the path to it did not answer in time",
            "look into the kernel's log (dmesg)");
      case EOPNOTSUPP:
        return new Advice(
            "the device rejects the command, perhaps for the address of the buffer",
            "look into the kernel's log (dmesg); use --memory ram to see whether the memory is the"
                + " reason");
      default:
        return null;
    }
  }

  private static Advice ofAllocation(Errno errno) {
    switch (errno) {
      case ENOMEM:
        return new Advice(
            "there is no room: of a CMB no contiguous chunk of that size is left, of system memory"
                + " there is too little",
            "ask for less (a smaller size or depth), or end what else uses it");
      case ENOENT:
        return new Advice(
            "the controller offers no memory to programs: it has no usable CMB, or the kernel was"
                + " built without CONFIG_PCI_P2PDMA",
            "look what is here with './run.sh probe', or use --memory cmb-emulated");
      case EACCES:
      case EPERM:
        return new Advice(
            "no permission for the allocate file",
            "run as root, or grant it: 'chgrp GROUP FILE' (its mode is 0660)");
      case EINVAL:
        return new Advice(
            "the file is not a controller's allocate file", "look for it with './run.sh probe'");
      default:
        return null;
    }
  }

  private static Advice ofKernelBenchmark(Errno errno) {
    switch (errno) {
      case ENOENT:
        return new Advice(
            "the kernel was built without CONFIG_GUP_TEST, or debugfs is not mounted",
            "boot a kernel that has it: './run.sh lab --gup-test' does");
      case EFAULT:
        return new Advice(
            "the benchmark pinned less than it was given, and does not say why",
            "use another memory to see whether the memory is the reason");
      default:
        return null;
    }
  }

  private static Advice ofNuma(Errno errno) {
    switch (errno) {
      case EINVAL:
        return new Advice(
            "the machine has no such node, or this process may not use its memory",
            "look at Mems_allowed_list in /proc/self/status, and use another node");
      case EPERM:
        return new Advice(
            "a sandbox, such as a container's seccomp filter, does not allow it",
            "allow set_mempolicy(2) and move_pages(2) there, or leave --numa out");
      case ENOSYS:
        return new Advice("the kernel was built without CONFIG_NUMA", "leave --numa out");
      default:
        return null;
    }
  }

  private static Advice ofRest(Operation operation, Errno errno) {
    if (operation == Operation.PIN && errno == Errno.ENOMEM) {
      return new Advice(
          "the limit on locked memory (RLIMIT_MEMLOCK) is lower than what is to be pinned",
          "raise it with 'ulimit -l', or pin less");
    }
    if (operation == Operation.PIN && (errno == Errno.EFAULT || errno == Errno.EREMOTEIO)) {
      return new Advice(
          "the kernel takes no long-term pin on this memory, as on all CMB memory",
          "pin ram or cmb-emulated memory");
    }
    if ((operation == Operation.LOAD || operation == Operation.PLACE) && errno == Errno.EINVAL) {
      return new Advice(
          "a CPU that this process may not use",
          "look at Cpus_allowed_list in /proc/self/status, and use fewer threads");
    }
    if (operation == Operation.LEASE || operation == Operation.OPEN_TRANSACTOR) {
      return errno == Errno.ENOMEM
          ? new Advice(
              "the memory is too small for these slots, or leased to others", "map more of it")
          : null;
    }
    if (operation == Operation.OPEN && errno == Errno.EINVAL) {
      return new Advice(
          "the filesystem does not support O_DIRECT",
          "use a file on another filesystem, or a device");
    }
    if (operation == Operation.OPEN && errno == Errno.EOPNOTSUPP) {
      return new Advice(
          "neither a regular file nor a block device", "give a file or a block device");
    }
    if (operation == Operation.SIGNATURE && errno == Errno.EOPNOTSUPP) {
      return new Advice(
          "several signatures contradict each other", "look at them with 'wipefs' without options");
    }
    if (operation == Operation.SEEK && errno == Errno.EBUSY) {
      return new Advice("transactions are in flight", "quiesce first");
    }
    if (operation == Operation.CLOSE && errno == Errno.EBUSY) {
      return new Advice("a slot of it is leased, or a pinner is open", "close their users first");
    }
    return null;
  }

  private static Advice ofAny(Errno errno) {
    switch (errno) {
      case EPERM:
      case EACCES:
        return new Advice("no permission", "run as a user who has it, or as root");
      case ENOENT:
      case ENOTDIR:
        return new Advice("the path does not exist", "correct the path");
      case EBUSY:
        return new Advice(
            "it is in use: mounted, swap, held by dm, md or LVM, or open exclusively elsewhere",
            "look for the user with 'lsblk' and 'lsof', and give another one");
      case ENODEV:
      case ENXIO:
      case ENOMEDIUM:
        return new Advice(
            "the device is gone, or was never there",
            "look with 'lsblk' and into the kernel's log (dmesg)");
      case ENOSPC:
      case EDQUOT:
        return new Advice(
            "the disk or a quota is full", "free space there, or give another target");
      case EROFS:
        return new Advice("it is read-only", "give another one, or mount it writable");
      case EIO:
        return new Advice("the device failed", "look into the kernel's log (dmesg)");
      case ENOMEM:
        return new Advice("the kernel has no memory for it", "ask for less, or end other programs");
      case EMFILE:
      case ENFILE:
        return new Advice("too many files are open", "raise the limit with 'ulimit -n'");
      case EFBIG:
        return new Advice("a file size limit was reached", "raise it with 'ulimit -f'");
      case EAGAIN:
        return new Advice("the kernel stayed short of a resource", "try again with less load");
      case ECANCELED:
        return new Advice("an earlier failure ended this transactor", "look at the first failure");
      default:
        return new Advice("unknown", "look into the kernel's log (dmesg)");
    }
  }
}
