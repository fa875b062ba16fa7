// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.fingerprint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.reports.SampleRun;
import org.p2pbench.reports.rundir.RunDirectoryReader;

class FingerprintTest {
  @TempDir private Path dir;
  private int runs;

  @Test
  void theSameMachineHasTheSameHash() throws Exception {
    Fingerprint first = hardware(e -> {});
    Fingerprint later =
        hardware(
            e -> {
              e.put("startedAt", "2026-02-28T09:00:00Z");
              ((ObjectNode) e.get("memory")).put("totalBytes", 25_276_510_208L);
              ((ObjectNode) e.get("source")).put("path", "/elsewhere/source");
            });

    assertThat(later.hash()).isEqualTo(first.hash()).matches("[0-9a-f]{12}");
    assertThat(first.refusals(later)).isEmpty();
    assertThat(first.warnings(later)).isEmpty();
  }

  @Test
  void anotherMachineIsRefusedWithWhatDiffers() throws Exception {
    Fingerprint first = hardware(e -> {});
    Fingerprint other =
        hardware(
            e -> {
              e.put("machineClass", "emulated");
              ((ObjectNode) e.get("cpu")).put("model", "Other CPU").put("cores", 64);
              ((ObjectNode) e.get("memory")).put("totalBytes", 128L << 30);
              ((ObjectNode) e.get("source")).put("filesystem", "xfs");
              ((ObjectNode) e.get("jvm")).put("version", "25+36");
              ((ObjectNode) e.get("jvm")).putArray("flags").add("-XX:+UseZGC").add("-Dx=/tmp/y");
              ((ObjectNode) e.get("controllers").get(0)).put("model", "Example 9900");
            });

    assertThat(other.hash()).isNotEqualTo(first.hash());
    assertThat(first.refusals(other))
        .extracting(Difference::sentence)
        .containsExactly(
            "machine class: hardware, then emulated",
            "CPU model: Example CPU, then Other CPU",
            "CPU cores: 2, then 64",
            "memory: up to 24 GiB, then up to 128 GiB",
            "JVM: Java 17, then Java 25",
            "JVM flags: none, then -XX:+UseZGC",
            "source: file, ext4, 512-byte sectors, vd, then file, xfs, 512-byte sectors, vd",
            "CMB: 67108864 bytes of Example 9000, then 67108864 bytes of Example 9900");
  }

  @Test
  void whatPeopleChangeOnPurposeIsAWarning() throws Exception {
    Fingerprint first = hardware(e -> {});
    Fingerprint changed =
        hardware(
            e -> {
              ((ObjectNode) e.get("host")).put("kernel", "6.13.0");
              ((ObjectNode) e.get("jvm")).put("version", "17.0.16+8");
              ((ObjectNode) e.get("cpu")).put("governor", "powersave");
              ((ObjectNode) e.get("controllers").get(0)).put("firmware", "1.1");
              ((ObjectNode) e.get("controllers").get(0)).put("linkWidth", 2);
            });

    assertThat(changed.hash()).isEqualTo(first.hash());
    assertThat(first.refusals(changed)).isEmpty();
    assertThat(first.warnings(changed))
        .extracting(Difference::sentence)
        .containsExactly(
            "kernel: 6.12.1, then 6.13.0",
            "governor: unknown, then powersave",
            "JVM build: Debian 17.0.15+6, then Debian 17.0.16+8",
            "CMB firmware: 1.0, then 1.1",
            "CMB PCIe link: 16.0 GT/s PCIe x4, then 16.0 GT/s PCIe x2");
  }

  @Test
  void aSecondDeviceMakesAnotherEnvironmentAndTheOnlyOneInAListNone() throws Exception {
    Fingerprint first = hardware(e -> {});
    Fingerprint listed = hardware(e -> e.putArray("sources").add(e.get("source").deepCopy()));
    Fingerprint second =
        hardware(
            e ->
                e.putArray("sources")
                    .add(e.get("source").deepCopy())
                    .add(((ObjectNode) e.get("source").deepCopy()).put("filesystem", "xfs")));

    assertThat(listed.hash()).isEqualTo(first.hash());
    assertThat(second.hash()).isNotEqualTo(first.hash());
    assertThat(first.refusals(second))
        .extracting(Difference::sentence)
        .containsExactly("source 2: none, then file, xfs, 512-byte sectors, vd");
  }

  private Fingerprint hardware(Consumer<ObjectNode> change) throws Exception {
    SampleRun sample = SampleRun.hardware();
    change.accept(sample.environment());
    return Fingerprint.of(
        new RunDirectoryReader().read(sample.write(dir.resolve("run" + runs++))).environment());
  }
}
