// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.p2pbench.safety.LoopDisk;
import org.p2pbench.safety.ScratchFiles;
import org.p2pbench.transaction.BuildDirectory;

/** An I/O that never completes: a frozen filesystem stands in for a device that does not answer. */
class HungDeviceJarTest {

  @TempDir(factory = BuildDirectory.class)
  private Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"sync", "io_uring"})
  void endsTheRunAndNamesWhatHangs(String engine) {
    LoopDisk.assumeUsable();
    Path results = directory.resolve("out");
    try (LoopDisk disk = LoopDisk.create(directory, 256)) {
      LoopDisk.run("mkfs.ext4", "-q", disk.device().toString());
      Path point = mount(disk);
      Jar.Result result = runUntilItHangs(engine, results, point);

      assertThat(result.exitCode()).isEqualTo(1);
      assertThat(result.err())
          .matches(
              "p2pbench: transfer-ram-per-transaction-"
                  + engine
                  + "-4096-d1-t1: drain of 4096 bytes at offset \\d+ of \\Q"
                  + point
                  + "\\E/p2pbench-scratch-\\p{XDigit}{16}/target.bin did not complete within 2 s:"
                  + " the device or the kernel does not answer; see dmesg; process \\d+ cannot end"
                  + " before that, and fresh files stay until a later run\\R");
      assertThat(Jar.json(results.resolve("rows.json")).at("/status").asText()).isEqualTo("failed");
      assertThat(result.err())
          .contains(Jar.json(results.resolve("rows.json")).at("/failure/message").asText());
      // As a later run does, once the device answers again.
      assertThat(ScratchFiles.sweep(point)).hasSize(1);
      assertThat(point.toFile().list()).containsExactly("lost+found");
    }
  }

  @Test
  void isNoticedWhileFreshFilesAreWritten() {
    LoopDisk.assumeUsable();
    try (LoopDisk disk = LoopDisk.create(directory, 256)) {
      LoopDisk.run("mkfs.ext4", "-q", disk.device().toString());
      Path point = mount(disk);
      LoopDisk.run("fsfreeze", "--freeze", point.toString());
      String[] arguments = small("--timeout", "1", "--dir", point.toString());
      try (Jar jar = Jar.start(directory, arguments)) {
        try {
          jar.await("it says so", () -> jar.errSoFar().endsWith("\n"));
        } finally {
          LoopDisk.run("fsfreeze", "--unfreeze", point.toString());
        }
        assertThat(jar.result().err())
            .isEqualTo(
                "p2pbench: writing fresh files below '%s' did not end within 30 s: the device or the"
                        .formatted(point)
                    + " kernel does not answer, see dmesg; process %d cannot end before that, and"
                        .formatted(jar.process().pid())
                    + " what was made stays until a later run\n");
        assertThat(jar.result().exitCode()).isEqualTo(1);
      }
    }
  }

  @Test
  void isNoticedBeforeAnythingIsMeasured() {
    LoopDisk.assumeUsable();
    try (LoopDisk below = LoopDisk.create(directory, 256)) {
      LoopDisk.run("mkfs.ext4", "-q", below.device().toString());
      Path point = mount(below);
      try (LoopDisk disk = LoopDisk.create(point, 64)) {
        String device = disk.device().toString();
        LoopDisk.run("sync");
        LoopDisk.run("fsfreeze", "--freeze", point.toString());
        try {
          String[] arguments = small("--timeout", "2", "--target", device, "--destroy", device);
          Jar.Result result = Jar.run(directory, arguments);

          assertThat(result.err())
              .contains(
                  "drain of 4096 bytes at offset 0 of %s did not complete within 2 s: the device or"
                          .formatted(device)
                      + " the kernel does not answer; see dmesg");
          assertThat(result.exitCode()).isEqualTo(1);
        } finally {
          LoopDisk.run("fsfreeze", "--unfreeze", point.toString());
        }
      }
    }
  }

  private String[] small(String... arguments) {
    List<String> line = new ArrayList<>(List.of(Jar.smallRun("sync")));
    line.addAll(List.of("--out", directory.resolve("out").toString()));
    line.addAll(List.of(arguments));
    return line.toArray(String[]::new);
  }

  private Jar.Result runUntilItHangs(String engine, Path results, Path point) {
    String[] arguments =
        Jar.smallRun(
            engine,
            "--timeout",
            "2",
            "--dir",
            point.toString(),
            "--out",
            results.toString(),
            "--",
            "-wi",
            "1",
            "-w",
            "100ms",
            "-i",
            "1",
            "-r",
            "60s");
    try (Jar jar = Jar.start(directory, arguments)) {
      jar.await(
          "the first warm-up is over",
          () -> Jar.text(results.resolve("jmh.log")).matches("(?s).*Iteration   1: [\\d.]+ ops.*"));
      LoopDisk.run("fsfreeze", "--freeze", point.toString());
      try {
        return jar.result();
      } finally {
        LoopDisk.run("fsfreeze", "--unfreeze", point.toString());
      }
    }
  }

  /** Once the I/O completes the fork can end; until it has, its files keep the disk busy. */
  private Path mount(LoopDisk disk) {
    try {
      Path point = Files.createDirectory(directory.resolve("mnt"));
      LoopDisk.run("mount", disk.device().toString(), point.toString());
      String unmount = "for i in $(seq 100); do umount '%s' && exit; sleep 0.1; done; exit 1";
      disk.atClose(() -> LoopDisk.run("sh", "-c", unmount.formatted(point)));
      return point;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
