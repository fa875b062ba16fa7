// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.safety;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.p2pbench.discovery.BlockDevice;
import org.p2pbench.discovery.DeviceDiscovery;
import org.p2pbench.discovery.FileNode;
import org.p2pbench.discovery.KernelFiles;

/**
 * Finds what changes when a device is written: its disk and partitions, the same disk under another
 * name, and all that stands behind it, through dm, md and loop devices down to the last file.
 * Immutable and thread-safe; every call looks anew.
 */
final class SharedBlocks {
  private final DeviceDiscovery discovery;

  SharedBlocks(DeviceDiscovery discovery) {
    this.discovery = discovery;
  }

  /**
   * A device or a file, one of both, that shares blocks with the device asked for.
   *
   * @param words how a message names it, with "is ..." to follow
   * @param above the device through which writes come down to it; empty for the device asked for,
   *     its disk, its partitions and their other names
   */
  record Relative(
      String words,
      Optional<BlockDevice> device,
      Optional<FileNode> file,
      Optional<BlockDevice> above) {

    /** Whether a path leads to it. */
    boolean is(FileNode node) {
      return node.kind() == FileNode.Kind.BLOCK_DEVICE
          ? device.filter(found -> found.number().equals(node.special())).isPresent()
          : file.filter(found -> found.id().equals(node.id())).isPresent();
    }
  }

  /** All that shares blocks with the device, beginning with itself. */
  List<Relative> of(BlockDevice device) {
    List<Relative> found = new ArrayList<>();
    family(device)
        .forEach(
            (member, words) ->
                found.add(
                    new Relative(words, Optional.of(member), Optional.empty(), Optional.empty())));
    addBehind(found, device);
    return found;
  }

  private void addBehind(List<Relative> found, BlockDevice device) {
    // A loop device has its file behind all of its partitions.
    BlockDevice disk =
        device.partitionOf().flatMap(discovery.blockDevices()::byName).orElse(device);
    Optional<FileNode> storage = discovery.behindLoop(disk);
    if (storage.isPresent() && storage.get().kind() == FileNode.Kind.FILE) {
      String words = "the file behind it, " + disk.backingFile().orElseThrow() + ",";
      found.add(new Relative(words, Optional.empty(), storage, Optional.of(disk)));
    }
    for (BlockDevice lower : below(disk, storage)) {
      for (BlockDevice member : family(lower).keySet()) {
        String words = "the device behind it, " + member.name() + ",";
        found.add(new Relative(words, Optional.of(member), Optional.empty(), Optional.of(disk)));
      }
      addBehind(found, lower);
    }
  }

  private List<BlockDevice> below(BlockDevice disk, Optional<FileNode> storage) {
    List<BlockDevice> found = new ArrayList<>();
    disk.slaves().forEach(name -> discovery.blockDevices().byName(name).ifPresent(found::add));
    storage
        .filter(node -> node.kind() == FileNode.Kind.BLOCK_DEVICE)
        .flatMap(node -> discovery.blockDevices().byNumber(node.special()))
        .ifPresent(found::add);
    return found;
  }

  /** The device with its disk, its partitions and their other names; each with its words. */
  private Map<BlockDevice, String> family(BlockDevice device) {
    Map<BlockDevice, String> found = new LinkedHashMap<>();
    addFamily(found, device, "");
    for (BlockDevice twin : twins(device)) {
      addFamily(found, twin, "the same disk under another name, ");
    }
    return found;
  }

  private void addFamily(Map<BlockDevice, String> found, BlockDevice device, String prefix) {
    found.putIfAbsent(device, prefix.isEmpty() ? "it" : prefix + device.name() + ",");
    for (String name : device.partitions()) {
      discovery
          .blockDevices()
          .byName(name)
          .ifPresent(part -> found.putIfAbsent(part, prefix + "its partition " + name));
    }
    device
        .partitionOf()
        .flatMap(discovery.blockDevices()::byName)
        .ifPresent(disk -> found.putIfAbsent(disk, prefix + "its disk " + disk.name()));
  }

  /** The same storage under another name: a second path without multipath set up. */
  private List<BlockDevice> twins(BlockDevice device) {
    if (device.worldWideId().isEmpty()) {
      return List.of();
    }
    Optional<String> part = partitionNumber(device);
    return discovery.blockDevices().all().stream()
        .filter(other -> other.worldWideId().equals(device.worldWideId()))
        .filter(other -> !other.name().equals(device.name()))
        .filter(other -> part.equals(partitionNumber(other)))
        .toList();
  }

  private static Optional<String> partitionNumber(BlockDevice device) {
    return KernelFiles.text(device.sysDirectory().resolve("partition"));
  }
}
