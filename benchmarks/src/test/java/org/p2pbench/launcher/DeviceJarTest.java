// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.safety.LoopDisk;
import org.p2pbench.transaction.BuildDirectory;

/** From a user's file to a raw device that holds something: the way that can do harm. */
class DeviceJarTest {

  @TempDir(factory = BuildDirectory.class)
  private Path directory;

  @Test
  void isOverwrittenOnlyOnceAllOfTheConsentIsGivenAndTheSourceNever() throws IOException {
    LoopDisk.assumeUsable();
    BuildDirectory.assumeDirect(directory);
    Path source = Files.write(directory.resolve("mine.bin"), new byte[8 << 20]);
    String sourceBefore = LoopDisk.checksum(source);
    try (LoopDisk disk = LoopDisk.create(directory, 64)) {
      String device = disk.device().toString();
      LoopDisk.run("mkfs.ext4", "-q", "-L", "data", device);
      String deviceBefore = LoopDisk.checksum(disk.device());

      Jar.Result refused = run(source, device, "--destroy", device);
      assertThat(refused.exitCode()).isEqualTo(2);
      assertThat(refused.err())
          .isEqualTo(
              "p2pbench: target '%1$s' holds ext4 filesystem 'data', which would be lost: to allow"
                      .formatted(device)
                  + " that, give --destroy %s --destroy-signature ".formatted(device)
                  + "\"ext4 filesystem 'data'\"\n");
      assertThat(LoopDisk.checksum(disk.device())).isEqualTo(deviceBefore);

      Jar.Result allowed =
          run(source, device, "--destroy", device, "--destroy-signature", "ext4 filesystem 'data'");
      assertThat(allowed.err()).isEmpty();
      assertThat(allowed.exitCode()).isZero();
      assertThat(LoopDisk.checksum(disk.device())).isNotEqualTo(deviceBefore);
      // Every fork is told which device that was, so that no other of that name is overwritten.
      assertThat(Files.readString(directory.resolve("out/jmh.log")))
          .contains("-Dp2pbench.destroy.identity=7:");
    }
    assertThat(LoopDisk.checksum(source)).isEqualTo(sourceBefore);
    JsonNode rows = Jar.json(directory.resolve("out/rows.json"));
    assertThat(rows.at("/status").asText()).isEqualTo("complete");
    assertThat(rows.at("/plan/forksDone").asInt()).isEqualTo(4);
    assertThat(directory.toFile().list((d, name) -> name.startsWith("p2pbench-"))).isEmpty();
  }

  private Jar.Result run(Path source, String device, String... consent) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "run",
                "--profile",
                "lab",
                "--rounds",
                "2",
                "--memory",
                "ram,cmb-emulated",
                "--engine",
                "sync",
                "--size",
                "4k",
                "--out",
                "out",
                "--source",
                source.toString(),
                "--target",
                device));
    arguments.addAll(List.of(consent));
    arguments.addAll(List.of("--", "-wi", "0", "-i", "1", "-r", "50ms"));
    return Jar.run(directory, arguments.toArray(String[]::new));
  }
}
