// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.safety;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.p2pbench.discovery.DeviceDiscovery;
import org.p2pbench.discovery.FileNode;
import org.p2pbench.discovery.KernelFiles;
import org.p2pbench.safety.SharedBlocks.Relative;

/**
 * Finds other programs that have a device open, also without a claim on it, as a virtual machine or
 * a database has its raw disk. Sees the processes whose descriptors this user may read: all of them
 * as root. Immutable and thread-safe.
 */
final class OpenElsewhere {
  // udev and others look at a device whenever a writer has closed it, as each fork of a run does.
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final Duration PAUSE = Duration.ofMillis(100);

  private static final int ACCESS_MODE = 3;

  private final DeviceDiscovery discovery;
  private final Path procRoot;

  OpenElsewhere(DeviceDiscovery discovery, Path procRoot) {
    this.discovery = discovery;
    this.procRoot = procRoot;
  }

  /** Which program has one of them open, and keeps it so: "it is open in qemu (pid 42)". */
  Optional<String> use(List<Relative> relatives) {
    Optional<String> found = look(relatives);
    for (long looks = PATIENCE.dividedBy(PAUSE); found.isPresent() && looks > 0; looks--) {
      LockSupport.parkNanos(PAUSE.toNanos());
      found = look(relatives);
    }
    return found;
  }

  private Optional<String> look(List<Relative> relatives) {
    Set<String> own = ownProcesses();
    return KernelFiles.names(procRoot).stream()
        .filter(name -> name.chars().allMatch(Character::isDigit) && !own.contains(name))
        .map(process -> use(process, relatives))
        .flatMap(Optional::stream)
        .findFirst();
  }

  /**
   * This process and those that started it: a run's launcher may have open what its forks judge.
   */
  private static Set<String> ownProcesses() {
    Set<String> own = new HashSet<>();
    Optional<ProcessHandle> process = Optional.of(ProcessHandle.current());
    while (process.isPresent() && own.add(String.valueOf(process.get().pid()))) {
      process = process.get().parent();
    }
    return own;
  }

  private Optional<String> use(String process, List<Relative> relatives) {
    Path directory = procRoot.resolve(process);
    for (String descriptor : KernelFiles.names(directory.resolve("fd"))) {
      Optional<FileNode> node = discovery.stat(directory.resolve("fd").resolve(descriptor));
      Optional<Relative> open =
          node.flatMap(n -> relatives.stream().filter(relative -> relative.is(n)).findFirst());
      // Daemons watch the members of a stack, multipathd for one: behind it only writers count.
      if (open.isPresent()
          && (open.get().above().isEmpty()
              || !readsOnly(directory.resolve("fdinfo").resolve(descriptor)))) {
        String program = KernelFiles.textOrUnknown(directory.resolve("comm"));
        return Optional.of(
            "%s is open in %s (pid %s)".formatted(open.get().words(), program, process));
      }
    }
    return Optional.empty();
  }

  private static boolean readsOnly(Path fdinfo) {
    return KernelFiles.lines(fdinfo).stream()
        .filter(line -> line.startsWith("flags:"))
        .map(line -> line.substring("flags:".length()).strip())
        .anyMatch(flags -> (Long.parseLong(flags, 8) & ACCESS_MODE) == 0);
  }
}
