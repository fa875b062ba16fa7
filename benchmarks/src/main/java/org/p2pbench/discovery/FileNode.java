// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.discovery;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What stat(2) says of a path, symbolic links followed. Immutable.
 *
 * @param device number of the device that the file lies on
 * @param inode number of the file there: with the device, what it is by whatever path
 * @param special number of the device that the node stands for (devices only)
 * @param bytes length of a regular file
 */
public record FileNode(
    Kind kind, DeviceNumber device, long inode, DeviceNumber special, long bytes) {
  /** Type of a file. */
  public enum Kind {
    /** A regular file. */
    FILE("file"),
    /** A directory. */
    DIRECTORY("directory"),
    /** A block device node. */
    BLOCK_DEVICE("block device"),
    /** A character device node. */
    CHARACTER_DEVICE("character device"),
    /** A pipe, a socket. */
    OTHER("pipe or socket");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    /** The kind in words, for a message. */
    public String words() {
      return words;
    }
  }

  /** Where the answers come from, so that tests can stand in for machines that are not here. */
  @FunctionalInterface
  public interface Source {
    /** stat(2); empty where the path does not exist or may not be looked at. */
    Optional<FileNode> stat(Path path);

    /** What a loop device has open, its length left out; empty where it does not tell. */
    default Optional<FileNode> behindLoop(Path loop) {
      return Optional.empty();
    }

    /** The running kernel. */
    static Source ofKernel() {
      return new Source() {
        @Override
        public Optional<FileNode> stat(Path path) {
          return FileNode.stat(path);
        }

        @Override
        public Optional<FileNode> behindLoop(Path loop) {
          return LoopStatus.of(loop);
        }
      };
    }
  }

  /** A file, whatever paths lead to it. Immutable. */
  public record Id(DeviceNumber device, long inode) {}

  private static final int TYPE_MASK = 0170000;
  private static final int TYPE_FILE = 0100000;
  private static final int TYPE_DIRECTORY = 0040000;
  private static final int TYPE_BLOCK = 0060000;
  private static final int TYPE_CHARACTER = 0020000;

  /** The file itself. */
  public Id id() {
    return new Id(device, inode);
  }

  /** Asks the running kernel. */
  public static Optional<FileNode> stat(Path path) {
    try {
      Map<String, Object> found = Files.readAttributes(path, "unix:mode,dev,ino,rdev,size");
      return Optional.of(
          new FileNode(
              kind((Integer) found.get("mode")),
              DeviceNumber.ofStat((Long) found.get("dev")),
              (Long) found.get("ino"),
              DeviceNumber.ofStat((Long) found.get("rdev")),
              (Long) found.get("size")));
    } catch (IOException | SecurityException absent) {
      return Optional.empty();
    }
  }

  private static Kind kind(int mode) {
    switch (mode & TYPE_MASK) {
      case TYPE_FILE:
        return Kind.FILE;
      case TYPE_DIRECTORY:
        return Kind.DIRECTORY;
      case TYPE_BLOCK:
        return Kind.BLOCK_DEVICE;
      case TYPE_CHARACTER:
        return Kind.CHARACTER_DEVICE;
      default:
        return Kind.OTHER;
    }
  }
}
