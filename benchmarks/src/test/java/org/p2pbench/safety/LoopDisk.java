// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.safety;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A loop device over a file of its own, with what a test does to it; everything is undone at close.
 * Needs root.
 */
public final class LoopDisk implements AutoCloseable {
  private static final int SECTOR_BYTES = 512;

  private final Path directory;
  private final Path image;
  private final Path device;
  private final Deque<Runnable> undo = new ArrayDeque<>();

  private LoopDisk(Path directory, Path image, String... options) {
    this.directory = directory;
    this.image = image;
    this.device = attach(image, options);
  }

  /** Skips the test, with the reason, where loop devices cannot be had. */
  public static void assumeUsable() {
    assumeTrue("root".equals(System.getProperty("user.name")), "loop devices need root");
    assumeTrue(Files.exists(Path.of("/dev/loop-control")), "no loop driver on this machine");
  }

  /** A disk of zeroes. */
  public static LoopDisk create(Path directory, int mebibytes, String... options) {
    try {
      Path image = Files.createTempFile(directory, "disk", ".img");
      try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
        file.setLength((long) mebibytes << 20);
      }
      return new LoopDisk(directory, image, options);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** A second loop device over a file or device. */
  public LoopDisk over(Path file) {
    LoopDisk second = new LoopDisk(directory, file);
    undo.push(second::close);
    return second;
  }

  /** The device node. */
  public Path device() {
    return device;
  }

  /** The kernel's name of the device. */
  public String name() {
    return device.getFileName().toString();
  }

  /** The file behind it. */
  public Path image() {
    return image;
  }

  /** Tells the kernel of a partition, whether or not a table on the disk does. */
  public Path addPartition(int number, int startMebibytes, int mebibytes) {
    int sectors = (1 << 20) / SECTOR_BYTES;
    run(
        "addpart",
        device.toString(),
        String.valueOf(number),
        String.valueOf(startMebibytes * sectors),
        String.valueOf(mebibytes * sectors));
    undo.push(() -> run("delpart", device.toString(), String.valueOf(number)));
    return device.resolveSibling(name() + "p" + number);
  }

  /** Writes a DOS partition table with one partition of the whole disk, by the bytes. */
  public void writePartitionTable() {
    try (RandomAccessFile disk = new RandomAccessFile(device.toFile(), "rw")) {
      byte[] sector = new byte[SECTOR_BYTES];
      sector[446 + 4] = (byte) 0x83;
      sector[446 + 9] = 8;
      sector[446 + 13] = 8;
      sector[510] = 0x55;
      sector[511] = (byte) 0xaa;
      disk.write(sector);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Mounts a node of this disk, read-only by default so that nothing changes by itself. */
  public Path mount(Path node, String options) {
    try {
      Path point = Files.createTempDirectory(directory, "mnt");
      run("mount", "-o", options, node.toString(), point.toString());
      undo.push(() -> run("umount", point.toString()));
      return point;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** Makes the node swap space and uses it. */
  public void swapOn(Path node) {
    run("mkswap", node.toString());
    run("swapon", "-p", "0", node.toString());
    undo.push(() -> run("swapoff", node.toString()));
  }

  /** Adds something to be done at close, before all that was done earlier is undone. */
  public void atClose(Runnable action) {
    undo.push(action);
  }

  /** SHA-256 of the node's whole content. */
  public static String checksum(Path node) {
    try (InputStream stream = Files.newInputStream(node)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] buffer = new byte[1 << 20];
      for (int read = stream.read(buffer); read > 0; read = stream.read(buffer)) {
        digest.update(buffer, 0, read);
      }
      return new BigInteger(1, digest.digest()).toString(16);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** Runs a command, which must succeed; returns what it printed. */
  public static String run(String... command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      process.getOutputStream().close();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      assertThat(process.waitFor()).as("%s: %s", String.join(" ", command), output).isZero();
      return output;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  @Override
  public void close() {
    while (!undo.isEmpty()) {
      undo.pop().run();
    }
    run("losetup", "--detach", device.toString());
  }

  private static Path attach(Path file, String... options) {
    String[] command = new String[options.length + 4];
    System.arraycopy(options, 0, command, 1, options.length);
    command[0] = "losetup";
    command[options.length + 1] = "--find";
    command[options.length + 2] = "--show";
    command[options.length + 3] = file.toString();
    return Path.of(run(command));
  }
}
