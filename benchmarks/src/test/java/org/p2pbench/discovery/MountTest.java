// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountTest {
  private static final DeviceNumber DISK = new DeviceNumber(259, 1);

  @TempDir private Path directory;

  @Test
  void readsALineWithOptionalFieldsAndMergesTheOptions() throws IOException {
    List<Mount> mounts =
        mounts(
            "36 35 98:0 /sub /mnt/a rw,noatime master:1 propagate_from:2 - ext4 /dev/root"
                + " rw,noatime,data=journal");

    assertThat(mounts)
        .containsExactly(
            new Mount(
                new DeviceNumber(98, 0),
                "/sub",
                Path.of("/mnt/a"),
                "ext4",
                "/dev/root",
                List.of("rw", "noatime", "data=journal")));
    assertThat(mounts.get(0).optionsText()).isEqualTo("rw,noatime,data=journal");
  }

  @Test
  void undoesTheKernelsEscapesInPaths() throws IOException {
    List<Mount> mounts = mounts("36 35 0:30 / /mnt/a\\040b\\134c rw - tmpfs my\\011disk rw");

    assertThat(mounts.get(0).mountPoint()).isEqualTo(Path.of("/mnt/a b\\c"));
    assertThat(mounts.get(0).source()).isEqualTo("my\tdisk");
  }

  @Test
  void leavesOutLinesThatItDoesNotUnderstand() throws IOException {
    assertThat(mounts("nonsense\n36 35 98:0 / /mnt rw no separator\n\n36 35 x / / rw - ext4 a b"))
        .isEmpty();
  }

  @Test
  void hasNoMountsWhereTheFileIsNotThere() {
    assertThat(Mount.read(directory.resolve("absent"))).isEmpty();
  }

  @Test
  void servesAPathFromTheNearestMountPoint() throws IOException {
    List<Mount> mounts =
        mounts(
            "1 0 259:1 / / rw - ext4 /dev/a rw\n"
                + "2 1 259:1 /x /data rw - ext4 /dev/a rw\n"
                + "3 1 259:1 / /database rw - ext4 /dev/a rw");

    assertThat(Mount.serving(mounts, Path.of("/data/file"), DISK).orElseThrow().mountPoint())
        .isEqualTo(Path.of("/data"));
  }

  @Test
  void servesAPathFromTheNewestOfSeveralMountsOnOnePoint() throws IOException {
    List<Mount> mounts =
        mounts("1 0 0:5 / /data rw - tmpfs old rw\n2 1 0:5 / /data rw - tmpfs new rw");

    assertThat(
            Mount.serving(mounts, Path.of("/data/f"), new DeviceNumber(0, 5))
                .orElseThrow()
                .source())
        .isEqualTo("new");
  }

  @Test
  void prefersTheMountThatHasTheFilesDeviceNumberOverOneHiddenBelowAnother() throws IOException {
    List<Mount> mounts =
        mounts("1 0 8:1 / /a/b rw - ext4 /dev/sda1 rw\n2 1 259:1 / /a rw - ext4 /dev/b rw");

    assertThat(Mount.serving(mounts, Path.of("/a/b/f"), DISK).orElseThrow().mountPoint())
        .isEqualTo(Path.of("/a"));
  }

  private List<Mount> mounts(String text) throws IOException {
    return Mount.read(Files.writeString(directory.resolve("mountinfo"), text));
  }
}
