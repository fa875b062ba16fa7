// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.discovery;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads block devices from sysfs. Immutable and thread-safe; every call reads anew. */
public final class BlockDevices {
  private static final int SECTOR_BYTES = 512;
  private static final Pattern ACTIVE_SCHEDULER = Pattern.compile("\\[([^\\]]+)\\]");

  private final Path sysRoot;

  /**
   * @param sysRoot where sysfs is mounted
   */
  public BlockDevices(Path sysRoot) {
    this.sysRoot = sysRoot;
  }

  /** The device with this number; empty where the kernel knows none. */
  public Optional<BlockDevice> byNumber(DeviceNumber number) {
    return KernelFiles.real(sysRoot.resolve("dev/block").resolve(number.toString()))
        .flatMap(this::read);
  }

  /** The device that the kernel calls so, such as nvme0n1p1. */
  public Optional<BlockDevice> byName(String name) {
    if (name.isEmpty() || name.contains("/") || name.startsWith(".")) {
      return Optional.empty();
    }
    return KernelFiles.real(sysRoot.resolve("class/block").resolve(name)).flatMap(this::read);
  }

  /** Every block device, partitions too, by name. */
  public List<BlockDevice> all() {
    return KernelFiles.names(sysRoot.resolve("class/block")).stream()
        .map(this::byName)
        .flatMap(Optional::stream)
        .toList();
  }

  private Optional<BlockDevice> read(Path directory) {
    return KernelFiles.text(directory.resolve("dev"))
        .flatMap(DeviceNumber::parse)
        .map(number -> read(directory, number));
  }

  private BlockDevice read(Path directory, DeviceNumber number) {
    boolean partition = Files.exists(directory.resolve("partition"));
    Path disk = partition ? directory.getParent() : directory;
    OptionalLong sectors = KernelFiles.number(directory.resolve("size"));
    return new BlockDevice(
        directory.getFileName().toString(),
        number,
        kind(directory, partition),
        directory,
        KernelFiles.count(disk.resolve("queue/logical_block_size")),
        sectors.orElse(0) * SECTOR_BYTES,
        isOne(directory.resolve("ro")) || isOne(disk.resolve("ro")),
        scheduler(disk),
        partition ? Optional.of(disk.getFileName().toString()) : Optional.empty(),
        partitions(directory),
        KernelFiles.names(directory.resolve("holders")),
        KernelFiles.names(directory.resolve("slaves")),
        worldWideId(disk),
        KernelFiles.text(disk.resolve("diskseq")),
        KernelFiles.text(directory.resolve("loop/backing_file")));
  }

  private static BlockDevice.Kind kind(Path directory, boolean partition) {
    String name = directory.getFileName().toString();
    String parent = directory.getParent().getFileName().toString();
    if (partition) {
      return BlockDevice.Kind.PARTITION;
    } else if (parent.matches("nvme-subsys\\d+")) {
      return BlockDevice.Kind.NVME_MULTIPATH;
    } else if (name.matches("nvme\\d+n\\d+")) {
      return BlockDevice.Kind.NVME_NAMESPACE;
    } else if (name.startsWith("loop")) {
      return BlockDevice.Kind.LOOP;
    } else if (Files.isDirectory(directory.resolve("dm"))) {
      return BlockDevice.Kind.DEVICE_MAPPER;
    } else if (Files.isDirectory(directory.resolve("md"))) {
      return BlockDevice.Kind.MD;
    }
    return name.matches("(zram|ram)\\d+") ? BlockDevice.Kind.MEMORY : BlockDevice.Kind.DISK;
  }

  private static List<String> partitions(Path directory) {
    return KernelFiles.names(directory).stream()
        .filter(name -> Files.exists(directory.resolve(name).resolve("partition")))
        .toList();
  }

  private static String scheduler(Path disk) {
    String text = KernelFiles.textOrUnknown(disk.resolve("queue/scheduler"));
    Matcher active = ACTIVE_SCHEDULER.matcher(text);
    return active.find() ? active.group(1) : text;
  }

  private static Optional<String> worldWideId(Path disk) {
    return KernelFiles.text(disk.resolve("wwid"))
        .or(() -> KernelFiles.text(disk.resolve("device/wwid")));
  }

  private static boolean isOne(Path file) {
    return KernelFiles.number(file).orElse(0) == 1;
  }
}
