// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.safety;

import java.util.Map;
import java.util.Set;
import org.p2pbench.discovery.BlockDevice;
import org.p2pbench.discovery.Mount;
import org.p2pbench.discovery.Place;

/**
 * What O_DIRECT means at a place: whether the device really reads and writes the caller's pages.
 * Immutable.
 *
 * @param reason one sentence without a full stop, for a message or a report
 */
public record DirectIoSupport(Support support, String reason) {
  /** Kinds of answer. */
  public enum Support {
    /** The caller's pages are pinned and the device transfers to and from them. */
    DIRECT,
    /** O_DIRECT is accepted, but the kernel copies with the CPU and pins nothing. */
    COPIED,
    /** It depends on something that cannot be seen from here: measure, and let the proof decide. */
    DEPENDS,
    /** O_DIRECT is refused, or nothing can be written here. */
    NONE
  }

  private static final Set<String> DIRECT =
      Set.of("ext2", "ext3", "ext4", "xfs", "f2fs", "vfat", "exfat", "ntfs3", "jfs", "nilfs2");

  private static final Map<String, DirectIoSupport> OTHERS =
      Map.ofEntries(
          entry("tmpfs", Support.COPIED, "tmpfs accepts O_DIRECT but copies: nothing is pinned"),
          entry("ramfs", Support.COPIED, "ramfs keeps files in memory: nothing is pinned"),
          entry("hugetlbfs", Support.NONE, "hugetlbfs cannot be written to"),
          entry(
              "btrfs",
              Support.DEPENDS,
              "btrfs copies where a file has checksums or compression, as by default on recent"
                  + " kernels"),
          entry(
              "bcachefs",
              Support.DEPENDS,
              "bcachefs copies where data is checksummed, compressed or encrypted"),
          entry(
              "zfs",
              Support.COPIED,
              "zfs copies through its own cache, but for version 2.3 and later with direct=always"),
          entry(
              "overlay",
              Support.DEPENDS,
              "overlay passes O_DIRECT on to the filesystem of its upper layer"),
          entry("nfs", Support.DEPENDS, "nfs pins the pages and sends them over the network"),
          entry("nfs4", Support.DEPENDS, "nfs pins the pages and sends them over the network"),
          entry("cifs", Support.DEPENDS, "cifs pins the pages and sends them over the network"),
          entry("9p", Support.DEPENDS, "9p hands the pages to a server on another machine or host"),
          entry("virtiofs", Support.DEPENDS, "virtiofs hands the pages to a server on the host"),
          entry("fuse", Support.DEPENDS, "fuse hands the pages to a server process"),
          entry("fuseblk", Support.DEPENDS, "fuse hands the pages to a server process"),
          entry("squashfs", Support.NONE, "squashfs cannot be written to"),
          entry("erofs", Support.NONE, "erofs cannot be written to"),
          entry("iso9660", Support.NONE, "iso9660 cannot be written to"));

  private static Map.Entry<String, DirectIoSupport> entry(
      String filesystem, Support support, String reason) {
    return Map.entry(filesystem, new DirectIoSupport(support, reason));
  }

  /** The answer for a place, from its filesystem, mount options and block device. */
  public static DirectIoSupport of(Place place) {
    return place.mount().map(mount -> ofMount(mount, place)).orElseGet(() -> ofDevice(place));
  }

  private static DirectIoSupport ofMount(Mount mount, Place place) {
    String type = mount.filesystem();
    if (type.startsWith("ext") && mount.options().contains("data=journal")) {
      return new DirectIoSupport(
          Support.COPIED,
          type + " with data=journal refuses O_DIRECT or copies: nothing is pinned");
    } else if (mount.options().contains("dax") || mount.options().contains("dax=always")) {
      return new DirectIoSupport(
          Support.COPIED, type + " with dax copies to the memory with the CPU: nothing is pinned");
    } else if (DIRECT.contains(type)) {
      return place
          .blockDevice()
          .map(device -> ofBlocks(type + " on " + device.name(), device))
          .orElseGet(() -> pinned(type));
    }
    return OTHERS.getOrDefault(
        type.startsWith("fuse.") ? "fuse" : type,
        new DirectIoSupport(
            Support.DEPENDS, "how " + type + " treats O_DIRECT is not known to p2pbench"));
  }

  private static DirectIoSupport ofDevice(Place place) {
    return place
        .blockDevice()
        .map(device -> ofBlocks(device.name(), device))
        .orElse(new DirectIoSupport(Support.NONE, "neither a file nor a block device"));
  }

  private static DirectIoSupport ofBlocks(String where, BlockDevice device) {
    return switch (device.kind()) {
      case LOOP ->
          new DirectIoSupport(
              Support.DIRECT, where + " pins the pages, and the loop driver copies them to a file");
      case MEMORY ->
          new DirectIoSupport(Support.DIRECT, where + " pins the pages, and the CPU copies them");
      default -> pinned(where);
    };
  }

  private static DirectIoSupport pinned(String where) {
    return new DirectIoSupport(Support.DIRECT, where + " pins the pages for the transfer");
  }
}
