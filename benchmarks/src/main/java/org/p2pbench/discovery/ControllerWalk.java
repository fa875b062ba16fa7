// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.discovery;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * One walk from a block device down to the NVMe controllers below it: through partitions, dm and md
 * stacks, loop devices and multipath heads. Used once, by one thread.
 */
final class ControllerWalk {
  private final BlockDevices blockDevices;
  private final NvmeControllers controllers;
  private final Function<String, List<BlockDevice>> devicesUnderFile;
  private final Set<String> visited = new LinkedHashSet<>();
  private final Set<String> found = new LinkedHashSet<>();
  private final List<String> trail = new ArrayList<>();

  /**
   * @param devicesUnderFile block devices that hold a file, for the files behind loop devices
   */
  ControllerWalk(
      BlockDevices blockDevices,
      NvmeControllers controllers,
      Function<String, List<BlockDevice>> devicesUnderFile) {
    this.blockDevices = blockDevices;
    this.controllers = controllers;
    this.devicesUnderFile = devicesUnderFile;
  }

  void from(BlockDevice device) {
    if (!visited.add(device.name())) {
      return;
    }
    switch (device.kind()) {
      case PARTITION -> device.partitionOf().flatMap(blockDevices::byName).ifPresent(this::from);
      case NVME_NAMESPACE -> found.add(device.sysDirectory().getParent().getFileName().toString());
      case NVME_MULTIPATH -> throughHead(device);
      case LOOP -> device.backingFile().ifPresent(file -> throughLoop(device, file));
      default -> throughStack(device);
    }
  }

  List<NvmeController> controllers() {
    return found.stream().map(controllers::byName).flatMap(Optional::stream).toList();
  }

  List<String> trail() {
    return List.copyOf(trail);
  }

  private void throughHead(BlockDevice head) {
    List<String> names = controllers.behindHead(head);
    trail.add(
        head.name() + " is an NVMe multipath device, reached through " + String.join(", ", names));
    found.addAll(names);
  }

  private void throughLoop(BlockDevice loop, String file) {
    trail.add(loop.name() + " is a loop device over " + file);
    devicesUnderFile.apply(file).forEach(this::from);
  }

  private void throughStack(BlockDevice device) {
    if (!device.slaves().isEmpty()) {
      String below = String.join(", ", device.slaves());
      trail.add(device.name() + " is " + device.kind().words() + " over " + below);
    }
    device.slaves().stream()
        .map(blockDevices::byName)
        .flatMap(Optional::stream)
        .forEach(this::from);
  }
}
