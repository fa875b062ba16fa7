// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ForkSettingsTest {
  private static final ForkSettings ALL =
      new ForkSettings(
          Optional.of(Path.of("/data/source file")),
          Optional.of(Path.of("/dev/nvme1n1")),
          Path.of("/mnt/nvme"),
          Optional.of("0000:03:00.0"),
          Optional.of("/dev/nvme1n1"),
          Optional.of("ext4 filesystem 'data'"),
          1L << 30,
          Optional.of(Path.of("/tmp/record.json")),
          Optional.of(Path.of("/tmp/fork.hlog")),
          Duration.ofMillis(2500));

  private final Properties before = (Properties) System.getProperties().clone();

  @AfterEach
  void restoreProperties() {
    System.setProperties(before);
  }

  @Test
  void aForkHasTheSettingsThatTheLauncherGaveIt() {
    for (String argument : ALL.jvmArguments()) {
      assertThat(argument).startsWith("-Dp2pbench.").contains("=");
      System.setProperty(
          argument.substring(2, argument.indexOf('=')),
          argument.substring(argument.indexOf('=') + 1));
    }

    assertThat(ForkSettings.ofThisFork()).isEqualTo(ALL);
  }

  @Test
  void aForkOnItsOwnUsesFreshFilesInTheWorkingDirectory() {
    assertThat(ForkSettings.ofThisFork())
        .isEqualTo(
            new ForkSettings(
                Optional.empty(),
                Optional.empty(),
                Path.of("."),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                ForkSettings.DEFAULT_SPAN_BYTES,
                Optional.empty(),
                Optional.empty(),
                Duration.ofSeconds(30)));
  }
}
