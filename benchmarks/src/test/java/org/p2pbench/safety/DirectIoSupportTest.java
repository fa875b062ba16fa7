// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.safety;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.p2pbench.discovery.DeviceDiscovery;
import org.p2pbench.discovery.DeviceNumber;
import org.p2pbench.discovery.FileNode;
import org.p2pbench.discovery.Mount;
import org.p2pbench.discovery.Place;
import org.p2pbench.safety.DirectIoSupport.Support;

class DirectIoSupportTest {
  private final DeviceDiscovery discovery = DeviceDiscovery.ofThisMachine();

  @TempDir private Path directory;

  @Test
  void saysThatTmpfsCopiesAndPinsNothing() {
    Path shm = Path.of("/dev/shm");
    assumeTrue(Files.isDirectory(shm), "no /dev/shm on this machine");

    assertThat(DirectIoSupport.of(discovery.locate(shm)))
        .isEqualTo(
            new DirectIoSupport(
                Support.COPIED, "tmpfs accepts O_DIRECT but copies: nothing is pinned"));
  }

  @Test
  void saysThatExt4OnALoopDevicePinsAndThatTheDriverCopies() {
    LoopDisk.assumeUsable();
    try (LoopDisk disk = LoopDisk.create(directory, 8)) {
      LoopDisk.run("mkfs.ext4", "-q", disk.device().toString());
      Path point = disk.mount(disk.device(), "ro");

      assertThat(DirectIoSupport.of(discovery.locate(point)))
          .isEqualTo(
              new DirectIoSupport(
                  Support.DIRECT,
                  "ext4 on "
                      + disk.name()
                      + " pins the pages, and the loop driver copies them to a file"));
      assertThat(DirectIoSupport.of(discovery.locate(disk.device())).reason())
          .isEqualTo(disk.name() + " pins the pages, and the loop driver copies them to a file");
    }
  }

  @Test
  void findsOutExt4ThatJournalsItsData() {
    LoopDisk.assumeUsable();
    try (LoopDisk disk = LoopDisk.create(directory, 32)) {
      LoopDisk.run("mkfs.ext4", "-q", disk.device().toString());
      Path point = disk.mount(disk.device(), "data=journal");

      assertThat(DirectIoSupport.of(discovery.locate(point)))
          .isEqualTo(
              new DirectIoSupport(
                  Support.COPIED,
                  "ext4 with data=journal refuses O_DIRECT or copies: nothing is pinned"));
    }
  }

  @Test
  void takesOrdinaryDisksForDirect() {
    assertThat(on("xfs", "rw")).isEqualTo(new DirectIoSupport(Support.DIRECT, pins("xfs")));
    assertThat(on("ext4", "rw")).isEqualTo(new DirectIoSupport(Support.DIRECT, pins("ext4")));
  }

  @Test
  void findsOutFilesThatAreMemory() {
    assertThat(on("xfs", "rw", "dax=always").support()).isEqualTo(Support.COPIED);
    assertThat(on("ext4", "rw", "dax").reason())
        .isEqualTo("ext4 with dax copies to the memory with the CPU: nothing is pinned");
    assertThat(on("xfs", "rw", "dax=never").support()).isEqualTo(Support.DIRECT);
  }

  @ParameterizedTest
  @CsvSource({
    "overlay, DEPENDS",
    "9p, DEPENDS",
    "nfs4, DEPENDS",
    "fuse, DEPENDS",
    "fuse.sshfs, DEPENDS",
    "btrfs, DEPENDS",
    "virtiofs, DEPENDS",
    "zfs, COPIED",
    "squashfs, NONE",
  })
  void knowsTheFilesystemsThatAreNoPlainDisk(String filesystem, Support support) {
    assertThat(on(filesystem, "rw").support()).isEqualTo(support);
  }

  @Test
  void doesNotGuessAtAFilesystemThatItDoesNotKnow() {
    assertThat(on("examplefs", "rw"))
        .isEqualTo(
            new DirectIoSupport(
                Support.DEPENDS, "how examplefs treats O_DIRECT is not known to p2pbench"));
  }

  @Test
  void hasNothingToSayForAPathThatIsNeitherFileNorDisk() {
    assertThat(DirectIoSupport.of(discovery.locate(Path.of("/dev/null"))).support())
        .isEqualTo(Support.NONE);
  }

  private static String pins(String where) {
    return where + " pins the pages for the transfer";
  }

  private static DirectIoSupport on(String filesystem, String... options) {
    Mount mount =
        new Mount(
            new DeviceNumber(0, 1), "/", Path.of("/data"), filesystem, "source", List.of(options));
    return DirectIoSupport.of(
        new Place(
            Path.of("/data/f"),
            Path.of("/data/f"),
            FileNode.Kind.FILE,
            OptionalLong.of(0),
            Optional.of(mount),
            List.of(),
            List.of(),
            List.of()));
  }
}
