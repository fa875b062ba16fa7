// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.safety.LoopDisk;

/** On the kernel that runs the tests. */
class RealDeviceDiscoveryTest {
  private final DeviceDiscovery discovery = DeviceDiscovery.ofThisMachine();

  @TempDir private Path directory;

  @BeforeEach
  void resolveLinks() throws IOException {
    directory = directory.toRealPath();
  }

  @Test
  void locatesAFileAsTheKernelsOwnToolsDo() throws IOException {
    Path file = Files.write(directory.resolve("file"), new byte[1234]);

    Place place = discovery.locate(file);

    assertThat(place.kind()).isEqualTo(FileNode.Kind.FILE);
    assertThat(place.bytes()).hasValue(1234);
    assertThat(place.filesystem()).isEqualTo(findmnt(file, "FSTYPE"));
    assertThat(place.mount().orElseThrow().mountPoint()).hasToString(findmnt(file, "TARGET"));
  }

  @Test
  void splitsDeviceNumbersAsStatDoes() {
    String majorMinor = LoopDisk.run("stat", "--format", "%Hd:%Ld", directory.toString());

    assertThat(FileNode.stat(directory).orElseThrow().device()).hasToString(majorMinor);
  }

  @Test
  void findsNoBlockDeviceBelowTmpfs() {
    Path shm = Path.of("/dev/shm");
    assumeTrue(Files.isDirectory(shm), "no /dev/shm on this machine");

    Place place = discovery.locate(shm);

    assertThat(place.kind()).isEqualTo(FileNode.Kind.DIRECTORY);
    assertThat(place.filesystem()).isEqualTo("tmpfs");
    assertThat(place.blockDevice()).isEmpty();
    assertThat(place.bytes()).isEmpty();
  }

  @Test
  void showsBothNamesOfALink() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), file);

    assertThat(discovery.locate(link).describe()).isEqualTo(link + " (which is " + file + ")");
    assertThat(discovery.locate(file).describe()).isEqualTo(file.toString());
  }

  @Test
  void locatesAFileOnAPartitionOfALoopDevice() throws IOException {
    LoopDisk.assumeUsable();
    try (LoopDisk disk = LoopDisk.create(directory, 32)) {
      Path partition = disk.addPartition(1, 1, 16);
      LoopDisk.run("mkfs.ext4", "-q", partition.toString());
      Path file = Files.createFile(disk.mount(partition, "rw,noatime").resolve("file"));

      Place place = discovery.locate(file);

      assertThat(place.filesystem()).isEqualTo("ext4");
      assertThat(place.mount().orElseThrow().options()).contains("rw", "noatime");
      BlockDevice device = place.blockDevice().orElseThrow();
      assertThat(device.name()).isEqualTo(disk.name() + "p1");
      assertThat(device.partitionOf()).contains(disk.name());
      assertThat(device.sizeBytes()).isEqualTo(16 << 20);
      assertThat(device.logicalBlockBytes()).hasValue(512);
      assertThat(place.trail()).startsWith(disk.name() + " is a loop device over " + disk.image());
    }
  }

  @Test
  void locatesALoopDeviceThroughALink() throws IOException {
    LoopDisk.assumeUsable();
    try (LoopDisk disk = LoopDisk.create(directory, 4, "--sector-size", "4096")) {
      Path link = directory.resolve("by-name");
      Files.createSymbolicLink(link, disk.device());

      Place place = discovery.locate(link);

      assertThat(place.kind()).isEqualTo(FileNode.Kind.BLOCK_DEVICE);
      assertThat(place.realPath()).isEqualTo(disk.device());
      assertThat(place.filesystem()).isEqualTo("none");
      assertThat(place.bytes()).hasValue(4 << 20);
      assertThat(place.blockDevice().orElseThrow().kind()).isEqualTo(BlockDevice.Kind.LOOP);
      assertThat(place.blockDevice().orElseThrow().logicalBlockBytes()).hasValue(4096);
      assertThat(place.blockDevice().orElseThrow().backingFile()).contains(disk.image().toString());
      Files.delete(link);
    }
  }

  @Test
  void listsThePartitionsOfADisk() {
    LoopDisk.assumeUsable();
    try (LoopDisk disk = LoopDisk.create(directory, 8)) {
      disk.addPartition(1, 1, 2);
      disk.addPartition(2, 4, 2);

      assertThat(discovery.blockDevices().byName(disk.name()).orElseThrow().partitions())
          .containsExactly(disk.name() + "p1", disk.name() + "p2");
    }
  }

  @Test
  void followsADeletedFileBehindALoopDeviceWithoutFailing() throws IOException {
    LoopDisk.assumeUsable();
    try (LoopDisk disk = LoopDisk.create(directory, 4)) {
      Files.delete(disk.image());

      Place place = discovery.locate(disk.device());

      assertThat(place.trail())
          .containsExactly(disk.name() + " is a loop device over " + disk.image() + " (deleted)");
      assertThat(place.controllers()).isEmpty();
    }
  }

  private static String findmnt(Path file, String column) {
    return LoopDisk.run("findmnt", "--noheadings", "--output", column, "--target", file.toString());
  }
}
