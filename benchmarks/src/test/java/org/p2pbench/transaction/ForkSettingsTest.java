// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.p2pbench.safety.Consent;

class ForkSettingsTest {
  private static final ForkSettings ALL =
      new ForkSettings(
          List.of(Path.of("/data/source file"), Path.of("/data/a,b;c"), Path.of("/dev/nvme0n1")),
          List.of(Path.of("/dev/nvme1n1"), Path.of("/dev/nvme2n1")),
          Path.of("/mnt/nvme"),
          Optional.of("0000:03:00.0"),
          List.of(
              new Consent(
                  Optional.of("/dev/nvme2n1"),
                  Optional.empty(),
                  Optional.of("259:3, diskseq 12, eui.0025385b71b04d2f, 1073741824 bytes")),
              new Consent(Optional.of("/dev/nvme1n1"), Optional.of("ext4 filesystem 'data'"))),
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
                List.of(),
                List.of(),
                Path.of("."),
                Optional.empty(),
                List.of(),
                ForkSettings.DEFAULT_SPAN_BYTES,
                Optional.empty(),
                Optional.empty(),
                Duration.ofSeconds(30)));
  }
}
