// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A path that damages data and reports success is found out before anything is measured. */
class DamagedDataTest {

  @TempDir(factory = BuildDirectory.class)
  private static Path directory;

  private static Path library;

  @BeforeAll
  static void compile() {
    library = LyingLibrary.below(directory);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "drop | block 0: stale at byte 0: the poison is still there",
        "swap | block 0: misplaced at byte 8: data of block 1 sector 0",
        "tear | block 0: torn at byte 2048: 4 of 8 sectors wrong, the first: stale (the poison is"
            + " still there)",
        "ones | block 0: all ones at byte 0: every bit is set",
        "flip | block 0: bit flip at byte 700: 1 of 8 sectors wrong, the first: bit flip (1 bit"
            + " differs)"
      })
  void damageOfEveryClassIsFound(String lie, String damage) throws Exception {
    assertThat(openRigWhilePathDoes(lie))
        .matches(
            "FAILED: data came back wrong through memory ram to \\Q"
                + directory
                + "\\E/p2pbench-scratch-\\p{XDigit}{16}/target\\.bin: \\Q"
                + damage
                + "\\E\\. Nothing is measured on a path that damages data: check IOMMU and ACS"
                + " settings and device firmware");
    ForkRecord record = ForkRecord.read(directory.resolve("record.json")).orElseThrow();
    assertThat(record.failure().kind()).isEqualTo(RigException.Kind.FAILED);
    assertThat(record.verification()).isNull();
  }

  @Test
  void anHonestPathIsFoundGood() throws Exception {
    assertThat(openRigWhilePathDoes("nothing")).isEqualTo("opened TransferRig");
  }

  private static String openRigWhilePathDoes(String lie) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-Dp2pbench.native.path=" + library,
            "-cp",
            System.getProperty("java.class.path"),
            "org.p2pbench.transaction.RigChild",
            directory.toString(),
            String.valueOf(1 << 20));
    builder.environment().put("LIE", lie);
    Process child = builder.redirectErrorStream(true).start();
    String output =
        new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    child.waitFor();
    return output;
  }
}
