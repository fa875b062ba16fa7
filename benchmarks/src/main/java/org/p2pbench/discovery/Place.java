// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.discovery;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Where a path lies: filesystem, block device, controllers. Immutable.
 *
 * @param path as it was given
 * @param realPath absolute, links resolved
 * @param bytes length of a file or device; empty for a directory
 * @param mount the mount that serves a file or directory; empty for a device node
 * @param blockDevices the device, or those below the filesystem, several only where it spans them;
 *     empty where there is none
 * @param controllers NVMe controllers behind the block devices; more than one where it is striped,
 *     mirrored or multipath
 * @param trail how the controllers were reached, one remark for each step that is not plain
 */
public record Place(
    Path path,
    Path realPath,
    FileNode.Kind kind,
    OptionalLong bytes,
    Optional<Mount> mount,
    List<BlockDevice> blockDevices,
    List<NvmeController> controllers,
    List<String> trail) {
  public Place {
    blockDevices = List.copyOf(blockDevices);
    controllers = List.copyOf(controllers);
    trail = List.copyOf(trail);
  }

  /** The device, or the first one below the filesystem; empty where there is none. */
  public Optional<BlockDevice> blockDevice() {
    return blockDevices.stream().findFirst();
  }

  /** The one controller behind the path; empty where there is none, and where there are several. */
  public Optional<NvmeController> controller() {
    return controllers.size() == 1 ? Optional.of(controllers.get(0)) : Optional.empty();
  }

  /** Type of the filesystem, such as ext4; "none" for a device. */
  public String filesystem() {
    return mount.map(Mount::filesystem).orElse("none");
  }

  /** The path as given, and what it really is where a link is in between. */
  public String describe() {
    return path.toAbsolutePath().normalize().equals(realPath)
        ? path.toString()
        : path + " (which is " + realPath + ")";
  }
}
