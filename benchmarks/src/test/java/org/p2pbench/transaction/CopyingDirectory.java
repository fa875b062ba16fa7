// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.p2pbench.safety.LoopDisk;

/**
 * A directory whose filesystem takes O_DIRECT, says nothing, and copies: overlay above tmpfs. From
 * its name and mount options nobody can tell. Needs root; undone at close.
 */
public final class CopyingDirectory implements AutoCloseable {

  private final Path memory;
  private final Path point;

  private CopyingDirectory(Path memory, Path point) {
    this.memory = memory;
    this.point = point;
  }

  /** Mounts it somewhere below the given directory. */
  public static CopyingDirectory below(Path directory) {
    LoopDisk.assumeUsable();
    try {
      Path memory = Files.createDirectory(directory.resolve("memory"));
      Path lower = Files.createDirectory(directory.resolve("lower"));
      Path point = Files.createDirectory(directory.resolve("copying"));
      LoopDisk.run("mount", "-t", "tmpfs", "-o", "size=256m", "tmpfs", memory.toString());
      Path upper = Files.createDirectory(memory.resolve("upper"));
      Path work = Files.createDirectory(memory.resolve("work"));
      LoopDisk.run(
          "mount",
          "-t",
          "overlay",
          "-o",
          "lowerdir=%s,upperdir=%s,workdir=%s".formatted(lower, upper, work),
          "overlay",
          point.toString());
      return new CopyingDirectory(memory, point);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Where it is. */
  public Path path() {
    return point;
  }

  @Override
  public void close() {
    // Lazily: a page that this JVM mapped stays mapped until its garbage collector looks.
    LoopDisk.run("umount", "--lazy", point.toString());
    LoopDisk.run("umount", "--lazy", memory.toString());
  }
}
