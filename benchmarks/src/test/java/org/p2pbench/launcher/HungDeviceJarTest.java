// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

  private Jar.Result runUntilItHangs(String engine, Path results, Path point) {
    String[] arguments = {
      "run",
      "--profile",
      "lab",
      "--memory",
      "ram",
      "--size",
      "4k",
      "--engine",
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
      "60s"
    };
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
