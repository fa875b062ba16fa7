// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.discovery;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A block device as sysfs shows it. Immutable.
 *
 * @param name the kernel's name, such as nvme0n1p1 or dm-0
 * @param sysDirectory its directory below /sys/devices
 * @param logicalBlockBytes smallest unit of I/O; empty where it could not be read
 * @param scheduler the I/O scheduler in use, or "unknown"
 * @param partitionOf name of the disk that it is a partition of
 * @param partitions names of its partitions
 * @param holders names of the devices stacked on top of it (dm, md, LVM)
 * @param slaves names of the devices that it is stacked upon
 * @param worldWideId the storage's own identity: two devices with the same one are the same disk
 * @param diskSequence the kernel's count of disks when its own appeared (diskseq, Linux 5.15): no
 *     other disk has it, before or after
 * @param backingFile the file or device behind a loop device, as the kernel writes its path
 */
public record BlockDevice(
    String name,
    DeviceNumber number,
    Kind kind,
    Path sysDirectory,
    OptionalInt logicalBlockBytes,
    long sizeBytes,
    boolean readOnly,
    String scheduler,
    Optional<String> partitionOf,
    List<String> partitions,
    List<String> holders,
    List<String> slaves,
    Optional<String> worldWideId,
    Optional<String> diskSequence,
    Optional<String> backingFile) {
  /** What stands behind the name. */
  public enum Kind {
    /** A whole disk that is none of the others. */
    DISK("a disk"),
    /** A partition of another device. */
    PARTITION("a partition"),
    /** A namespace of an NVMe controller. */
    NVME_NAMESPACE("an NVMe namespace"),
    /** The head of a namespace that several controllers may reach. */
    NVME_MULTIPATH("an NVMe multipath device"),
    /** A loop device. */
    LOOP("a loop device"),
    /** A device-mapper device: LVM, dm-crypt, multipath. */
    DEVICE_MAPPER("a device-mapper device"),
    /** An md array. */
    MD("an md array"),
    /** A disk in memory: zram, brd. */
    MEMORY("a disk in memory");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    /** The kind in words with its article, for a message. */
    public String words() {
      return words;
    }
  }

  public BlockDevice {
    partitions = List.copyOf(partitions);
    holders = List.copyOf(holders);
    slaves = List.copyOf(slaves);
  }

  /** What tells it from every device that may get its name after it, as far as the kernel tells. */
  public String identity() {
    return number
        + diskSequence.map(sequence -> ", diskseq " + sequence).orElse("")
        + worldWideId.map(id -> ", " + id).orElse("")
        + ", "
        + sizeBytes
        + " bytes";
  }

  /** Path of the device node, as the kernel names it. */
  public Path node(Path devRoot) {
    return devRoot.resolve(name.replace('!', '/'));
  }
}
