// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.p2pbench.discovery.KernelFiles;
import org.p2pbench.doctor.Check.Status;

/** What the kernel lets this process do: rights, io_uring, pinning, huge pages. Immutable. */
final class ProcessChecks {
  private static final int CAP_IPC_LOCK = 14;
  private static final int CAP_SYS_ADMIN = 21;
  private static final long ENOUGH_LOCKED_BYTES = 64L << 20;
  private static final String JVM_FLAG = "-XX:+UseTransparentHugePages";

  private final Path procRoot;
  private final Path sysRoot;
  private final Doctor.Process process;

  ProcessChecks(Doctor.Roots roots, Doctor.Process process) {
    this.procRoot = roots.proc();
    this.sysRoot = roots.sys();
    this.process = process;
  }

  List<Check> all() {
    return List.of(rights(), ioUring(), lockedMemory(), hugePages(), jvmHugePages());
  }

  /** True where the process may read all of configuration space. */
  boolean administrator() {
    return capable(CAP_SYS_ADMIN);
  }

  private boolean capable(int capability) {
    return statusLine("CapEff")
        .filter(hex -> hex.matches("\\p{XDigit}{1,16}"))
        .map(hex -> (Long.parseUnsignedLong(hex, 16) >>> capability & 1) == 1)
        .orElse(false);
  }

  private Optional<String> statusLine(String name) {
    return KernelFiles.lines(procRoot.resolve("self/status")).stream()
        .filter(line -> line.startsWith(name + ":"))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst();
  }

  private Check rights() {
    return administrator()
        ? Check.of("rights", Status.OK, "root rights: everything below was seen")
        : Check.of(
                "rights",
                Status.WARNING,
                "without root rights access control (ACS), physical addresses and exact pin counts"
                    + " cannot be seen")
            .remedy("sudo ./run.sh probe");
  }

  private Check ioUring() {
    Path file = procRoot.resolve("sys/kernel/io_uring_disabled");
    String setting =
        KernelFiles.text(file)
            .map(v -> "kernel.io_uring_disabled=" + v)
            .orElse("kernel.io_uring_disabled: not there");
    Optional<String> obstacle = process.ioUringObstacle().get();
    if (obstacle.isEmpty()) {
      return Check.of("io-uring", Status.OK, "a ring was set up and used", setting);
    }
    return Check.of("io-uring", Status.WARNING, "not to be used: " + obstacle.get(), setting)
        .remedy("sudo sysctl kernel.io_uring_disabled=0");
  }

  private Check lockedMemory() {
    Optional<String[]> limit =
        KernelFiles.lines(procRoot.resolve("self/limits")).stream()
            .filter(line -> line.startsWith("Max locked memory"))
            .map(line -> line.substring("Max locked memory".length()).strip().split("\\s+"))
            .findFirst();
    if (limit.isEmpty()) {
      return Check.of("memlock", Status.UNKNOWN, "the limit of locked memory cannot be read");
    }
    String soft = limit.get()[0];
    String evidence = "RLIMIT_MEMLOCK " + soft;
    if (capable(CAP_IPC_LOCK)) {
      return Check.of("memlock", Status.OK, "this user may lock any amount of memory", evidence);
    }
    boolean enough =
        soft.equals("unlimited")
            || soft.matches("\\d{1,18}") && Long.parseLong(soft) >= ENOUGH_LOCKED_BYTES;
    return enough
        ? Check.of("memlock", Status.OK, "registered buffers have room", evidence)
        : Check.of(
                "memlock",
                Status.WARNING,
                "registered buffers have little room: " + soft + " bytes may be locked",
                evidence)
            .remedy("sudo prlimit --pid $$ --memlock=unlimited");
  }

  private Check hugePages() {
    Path pages = sysRoot.resolve("kernel/mm");
    String mode = chosen(KernelFiles.textOrUnknown(pages.resolve("transparent_hugepage/enabled")));
    OptionalLong reserved =
        KernelFiles.number(pages.resolve("hugepages/hugepages-2048kB/nr_hugepages"));
    String evidence =
        "transparent_hugepage/enabled %s, nr_hugepages %s"
            .formatted(mode, reserved.isPresent() ? reserved.getAsLong() : KernelFiles.UNKNOWN);
    if (reserved.orElse(0) > 0 || mode.equals("always") || mode.equals("madvise")) {
      return Check.of("huge-pages", Status.OK, "2 MiB pages can be had", evidence);
    } else if (mode.equals(KernelFiles.UNKNOWN) && reserved.isEmpty()) {
      return Check.of("huge-pages", Status.UNKNOWN, "not visible here", evidence);
    }
    return Check.of(
            "huge-pages",
            Status.WARNING,
            "no 2 MiB pages to be had: rows with them are refused",
            evidence)
        .remedy("echo madvise | sudo tee /sys/kernel/mm/transparent_hugepage/enabled");
  }

  private Check jvmHugePages() {
    List<String> arguments =
        KernelFiles.text(procRoot.resolve("self/cmdline"))
            .map(text -> List.of(text.split("\0")))
            .orElse(List.of());
    if (arguments.isEmpty()) {
      return Check.of("jvm-huge-pages", Status.UNKNOWN, "the JVM's command line cannot be read");
    }
    boolean asked = arguments.contains(JVM_FLAG);
    List<String> evidence = new ArrayList<>();
    evidence.add("the JVM's command line %s %s".formatted(asked ? "has" : "has no", JVM_FLAG));
    statusLine("THP_enabled").ifPresent(value -> evidence.add("THP_enabled " + value));
    boolean always =
        chosen(KernelFiles.textOrUnknown(sysRoot.resolve("kernel/mm/transparent_hugepage/enabled")))
            .equals("always");
    if (asked || !always) {
      return Check.of(
              "jvm-huge-pages",
              Status.OK,
              asked ? "the JVM's heap asks for huge pages" : "the JVM's heap stays in base pages")
          .evidence(evidence);
    }
    return Check.of(
            "jvm-huge-pages",
            Status.OK,
            "the kernel may put the JVM's heap into huge pages at any time (always); measured"
                + " buffers lie outside of it")
        .evidence(evidence);
  }

  private static String chosen(String text) {
    int open = text.indexOf('[');
    int close = text.indexOf(']');
    return open >= 0 && close > open ? text.substring(open + 1, close) : text;
  }
}
