// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.safety;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.p2pbench.discovery.BlockDevice;
import org.p2pbench.discovery.DeviceDiscovery;
import org.p2pbench.discovery.DeviceNumber;
import org.p2pbench.discovery.FileNode;
import org.p2pbench.discovery.KernelFiles;
import org.p2pbench.discovery.Mount;

/**
 * Who uses which block device, read once from the kernel: mounts of every namespace that is
 * visible, swap, loop devices, stacked devices, btrfs members. Immutable after reading.
 */
final class DevicesInUse {
  private final DeviceDiscovery discovery;
  private final Map<DeviceNumber, Set<String>> uses = new HashMap<>();
  private final Map<FileNode.Id, Set<String>> fileUses = new HashMap<>();
  private final Map<String, String> btrfsMembers = new HashMap<>();

  private DevicesInUse(DeviceDiscovery discovery) {
    this.discovery = discovery;
  }

  static DevicesInUse read(DeviceDiscovery discovery, Path sysRoot, Path procRoot) {
    DevicesInUse found = new DevicesInUse(discovery);
    found.readMounts(procRoot);
    found.readSwaps(procRoot.resolve("swaps"));
    found.readLoops();
    found.readBtrfs(sysRoot.resolve("fs/btrfs"));
    return found;
  }

  /** How a device, or a file that stands for one, is used by itself: "it is mounted at /mnt". */
  Optional<String> use(SharedBlocks.Relative relative) {
    Optional<String> use =
        relative
            .device()
            .map(device -> use(device, relative.above()))
            .orElseGet(
                () -> other(fileUses.get(relative.file().orElseThrow().id()), relative.above()));
    return use.map(words -> relative.words() + " " + words);
  }

  private Optional<String> use(BlockDevice device, Optional<BlockDevice> above) {
    Optional<String> use = other(uses.get(device.number()), above);
    // What is stacked upon it holds it, and so do neighbours there that have other blocks of it.
    boolean stackedUpon = above.filter(upper -> !upper.slaves().isEmpty()).isPresent();
    if (use.isPresent()) {
      return use;
    } else if (!device.holders().isEmpty() && !stackedUpon) {
      return Optional.of("is held by " + String.join(", ", device.holders()));
    }
    return Optional.ofNullable(btrfsMembers.get(device.name()));
  }

  /** A use that is not the one by the loop device through which writes come down. */
  private static Optional<String> other(Set<String> uses, Optional<BlockDevice> above) {
    Optional<String> ours = above.map(BlockDevice::name).map(DevicesInUse::loopUse);
    return uses == null
        ? Optional.empty()
        : uses.stream().filter(use -> !ours.equals(Optional.of(use))).findFirst();
  }

  private void readMounts(Path procRoot) {
    Set<String> namespaces = new HashSet<>();
    addMounts(procRoot.resolve("self/mountinfo"));
    addMounts(procRoot.resolve("1/mountinfo"));
    for (String process : KernelFiles.names(procRoot)) {
      boolean number = process.chars().allMatch(Character::isDigit);
      if (number && namespaces.add(mountNamespace(procRoot.resolve(process)))) {
        addMounts(procRoot.resolve(process).resolve("mountinfo"));
      }
    }
    discovery.stat(Path.of("/")).ifPresent(root -> put(root.device(), "holds the root filesystem"));
  }

  private static String mountNamespace(Path process) {
    try {
      return Files.readSymbolicLink(process.resolve("ns/mnt")).toString();
    } catch (IOException notOurs) {
      return KernelFiles.UNKNOWN;
    }
  }

  private void addMounts(Path mountinfo) {
    for (Mount mount : Mount.read(mountinfo)) {
      String use = "is mounted at " + mount.mountPoint() + " (" + mount.filesystem() + ")";
      if (!mount.number().anonymous()) {
        put(mount.number(), use);
      } else if (mount.source().startsWith("/")) {
        deviceNumber(mount.source()).ifPresent(number -> put(number, use));
      }
    }
  }

  private void readSwaps(Path swaps) {
    KernelFiles.lines(swaps).stream().skip(1).forEach(this::addSwap);
  }

  private void addSwap(String line) {
    String file = KernelFiles.withoutMark(Mount.unescape(line.split("\\s+")[0]));
    deviceNumber(file).ifPresent(number -> put(number, "is used as swap"));
    discovery.stat(Path.of(file)).ifPresent(node -> putFile(node, "is used as swap"));
  }

  private void readLoops() {
    for (BlockDevice device : discovery.blockDevices().all()) {
      device.backingFile().ifPresent(file -> addLoop(device, KernelFiles.withoutMark(file)));
    }
  }

  private void addLoop(BlockDevice loop, String file) {
    String use = loopUse(loop.name());
    Optional<FileNode> node = discovery.behindLoop(loop);
    node.filter(found -> found.kind() == FileNode.Kind.FILE).ifPresent(n -> putFile(n, use));
    node.map(DevicesInUse::number)
        .orElseGet(() -> deviceNumber(file))
        .ifPresent(number -> put(number, use));
  }

  private static String loopUse(String loop) {
    return "is the storage of loop device " + loop;
  }

  private void readBtrfs(Path btrfs) {
    for (String filesystem : KernelFiles.names(btrfs)) {
      for (String member : KernelFiles.names(btrfs.resolve(filesystem).resolve("devices"))) {
        btrfsMembers.put(member, "belongs to the mounted btrfs " + filesystem);
      }
    }
  }

  private void put(DeviceNumber number, String use) {
    uses.computeIfAbsent(number, key -> new LinkedHashSet<>()).add(use);
  }

  private void putFile(FileNode file, String use) {
    fileUses.computeIfAbsent(file.id(), key -> new LinkedHashSet<>()).add(use);
  }

  private static Optional<DeviceNumber> number(FileNode node) {
    return Optional.of(node)
        .filter(found -> found.kind() == FileNode.Kind.BLOCK_DEVICE)
        .map(FileNode::special);
  }

  private Optional<DeviceNumber> deviceNumber(String path) {
    Optional<FileNode> node = discovery.stat(Path.of(path));
    if (node.isPresent()) {
      return number(node.get());
    }
    // A path of another mount namespace: the kernel's own name of the device still tells.
    Path name = Path.of(path).getFileName();
    return Optional.ofNullable(name)
        .flatMap(last -> discovery.blockDevices().byName(last.toString()))
        .map(BlockDevice::number);
  }
}
