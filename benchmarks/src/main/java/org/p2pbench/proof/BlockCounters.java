// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.proof;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.p2pbench.discovery.BlockDevice;
import org.p2pbench.discovery.KernelFiles;

/**
 * What the block devices behind one end say they moved, all together: of a filesystem on several
 * devices nobody knows which of them has a block. Immutable.
 *
 * @param devices none where no block device is behind it
 */
public record BlockCounters(List<BlockDevice> devices) {

  private static final int SECTOR_BYTES = 512;

  /** Which way data went, with its field of a {@code stat} file (kernel's block/stat.rst). */
  enum Direction {
    /** From the devices. */
    READ("read", 2),
    /** To the devices. */
    WRITTEN("written", 6);

    private final String verb;
    private final int field;

    Direction(String verb, int field) {
      this.verb = verb;
      this.field = field;
    }

    /** The word for it in evidence. */
    String verb() {
      return verb;
    }
  }

  /** Copies the list. */
  public BlockCounters {
    devices = List.copyOf(devices);
  }

  /** Why nothing can be learned from them, and what to do about it; empty where something can. */
  Optional<String> obstacle() {
    if (devices.isEmpty()) {
      return Optional.of("no block device with I/O statistics is behind it");
    }
    return devices.stream().flatMap(device -> obstacle(device).stream()).findFirst();
  }

  private static Optional<String> obstacle(BlockDevice device) {
    if (KernelFiles.text(stat(device)).isEmpty()) {
      return Optional.of(
          "the I/O statistics of %s cannot be read (%s)".formatted(device.name(), stat(device)));
    }
    Path directory = device.sysDirectory();
    // Partitions are counted where their disk is. It is off on machines that are tuned for IOPS.
    Path disk = device.partitionOf().isPresent() ? directory.getParent() : directory;
    Path iostats = disk.resolve("queue/iostats");
    return KernelFiles.number(iostats).equals(OptionalLong.of(0))
        ? Optional.of(
            "%s does not count what it moves (queue/iostats is 0): echo 1 >%s"
                .formatted(device.name(), iostats))
        : Optional.empty();
  }

  /** Bytes moved until now; empty where there is an {@link #obstacle}. */
  OptionalLong bytes(Direction direction) {
    if (obstacle().isPresent()) {
      return OptionalLong.empty();
    }
    long sectors = 0;
    for (BlockDevice device : devices) {
      Optional<String> stat = KernelFiles.text(stat(device));
      if (stat.isEmpty()) {
        return OptionalLong.empty();
      }
      sectors += Long.parseLong(stat.get().split("\\s+")[direction.field]);
    }
    return OptionalLong.of(sectors * SECTOR_BYTES);
  }

  private static Path stat(BlockDevice device) {
    return device.sysDirectory().resolve("stat");
  }
}
