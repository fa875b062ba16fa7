// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.safety.LoopDisk;
import org.p2pbench.transaction.BuildDirectory;

/** Several sources into one target, one source into several targets, and what is refused. */
class SeveralEndsJarTest {
  private static final int SPAN_MEBIBYTES = 32;
  private static final int BLOCK = 1 << 20;

  @TempDir(factory = BuildDirectory.class)
  private Path directory;

  @BeforeEach
  void onARealDisk() {
    BuildDirectory.assumeDirect(directory);
  }

  @Test
  void threadsTakeTurnsOnTwoSourcesAndFillOneTarget() throws IOException {
    LoopDisk.assumeUsable();
    Path one = source("one.bin", 1);
    Path other = source("other.bin", 2);
    String before = LoopDisk.checksum(one) + LoopDisk.checksum(other);
    try (LoopDisk disk = LoopDisk.create(directory, SPAN_MEBIBYTES)) {
      String device = disk.device().toString();
      measured(
          "--source",
          one.toString(),
          "--source",
          other.toString(),
          "--target",
          device,
          "--destroy",
          device);

      // The second half of the blocks is the second thread's.
      for (int block = 0; block < SPAN_MEBIBYTES; block++) {
        Path from = block < SPAN_MEBIBYTES / 2 ? one : other;
        assertThat(block(disk.device(), block)).as("block %d", block).isEqualTo(block(from, block));
      }
    }
    assertThat(LoopDisk.checksum(one) + LoopDisk.checksum(other)).isEqualTo(before);
    assertThat(rowIds())
        .containsExactly(
            "transfer-ram-per-transaction-sync-1048576-d1-t2",
            "transfer-ram-per-transaction-sync-1048576-d1-t2-sources-2-targets-1");
    JsonNode all = row(1);
    assertThat(all.at("/parameters/sources").asInt()).isEqualTo(2);
    assertThat(all.at("/parameters/targets").asInt()).isEqualTo(1);
    assertThat(all.at("/forks/0/verification/detail").asText())
        .matches(
            "%s to /dev/loop\\d+: 16 blocks came back from the target as the source has them; %s to /dev/loop\\d+: 16 blocks came back from the target as the source has them"
                .formatted(one, other));
    assertThat(all.at("/forks/0/verification/blocks").asInt()).isEqualTo(32);
    assertThat(all.at("/forks/0/iterations/0/threadTransactions")).hasSize(2);
    assertThat(row(0).at("/parameters").has("sources")).isFalse();
    JsonNode environment = Jar.json(directory.resolve("out/environment.json"));
    assertThat(environment.at("/source")).isEqualTo(environment.at("/sources/0"));
    assertThat(environment.at("/sources/1/path").asText()).isEqualTo(other.toString());
    assertThat(environment.has("targets")).isFalse();
  }

  @Test
  void oneSourceDrainsIntoTwoDevicesEachNamedForDestruction() throws IOException {
    LoopDisk.assumeUsable();
    Path source = source("mine.bin", 3);
    try (LoopDisk first = LoopDisk.create(directory, SPAN_MEBIBYTES);
        LoopDisk second = LoopDisk.create(directory, SPAN_MEBIBYTES)) {
      String one = first.device().toString();
      String other = second.device().toString();
      LoopDisk.run("mkfs.ext4", "-q", "-L", "data", other);
      List<String> places =
          List.of("--source", source.toString(), "--target", one, "--target", other);
      String before = LoopDisk.checksum(first.device()) + LoopDisk.checksum(second.device());

      refused(
          2,
          "target '%1$s' is a block device, and holds ext4 filesystem 'data': everything on it would be lost; to allow that, give --destroy %1$s --destroy-signature \"ext4 filesystem 'data'\""
              .formatted(other),
          with(places, "--destroy", one));
      refused(
          2,
          "target '%1$s' holds ext4 filesystem 'data', which would be lost: to allow that, give --destroy %1$s --destroy-signature \"ext4 filesystem 'data'\""
              .formatted(other),
          with(
              places,
              "--destroy",
              one,
              "--destroy-signature",
              "ext4 filesystem 'data'",
              "--destroy",
              other));
      assertThat(LoopDisk.checksum(first.device()) + LoopDisk.checksum(second.device()))
          .isEqualTo(before);

      measured(
          with(
              places,
              "--destroy",
              one,
              "--destroy",
              other,
              "--destroy-signature",
              "ext4 filesystem 'data'"));
      for (int block = 0; block < SPAN_MEBIBYTES / 2; block++) {
        assertThat(block(first.device(), block)).isEqualTo(block(source, block));
        int later = block + SPAN_MEBIBYTES / 2;
        assertThat(block(second.device(), later)).isEqualTo(block(source, later));
      }
    }
    assertThat(row(1).at("/id").asText()).endsWith("-t2-sources-1-targets-2");
    assertThat(row(1).at("/forks/0/witness/verdict").asText()).isNotEqualTo("refuted");
    assertThat(directory.toFile().list((d, name) -> name.startsWith("p2pbench-"))).isEmpty();
  }

  @Test
  void freshTargetsAreMadeWhereEachWasNamedAndAllAreRemoved() throws IOException {
    Path here = Files.createDirectory(directory.resolve("here"));
    Path there = Files.createDirectory(directory.resolve("there"));
    measured("--target", here.resolve("x").toString(), "--target", there.resolve("y").toString());

    JsonNode environment = Jar.json(directory.resolve("out/environment.json"));
    assertThat(environment.at("/targets/0/path").asText())
        .matches("%s/p2pbench-scratch-\\p{XDigit}{16}/target.bin".formatted(here));
    assertThat(environment.at("/targets/1/path").asText())
        .matches("%s/p2pbench-scratch-\\p{XDigit}{16}/target.bin".formatted(there));
    assertThat(row(1).at("/forks/0/verification/detail").asText())
        .matches("\\S+ to \\S+/here/\\S+: 16 blocks stamped .*; \\S+ to \\S+/there/\\S+: 16 .*");
    assertThat(here).isEmptyDirectory();
    assertThat(there).isEmptyDirectory();
  }

  @Test
  void whatCannotBeMeantIsOneLineAndNothingIsMade() throws IOException {
    String one = source("one.bin", 1).toString();
    String other = source("other.bin", 2).toString();
    List<String> both = List.of("--source", one, "--source", other);

    refused(
        2,
        "threads 1 is too few for 2 sources and 1 target, each of which has a thread at least: use --threads 2 or more, or name fewer",
        with(both, "--threads", "1,2"));
    refused(
        2,
        "a drain alone reads no source, but 2 are named: name none, or leave out --drain-only",
        with(both, "--drain-only"));
    refused(
        2,
        "source '%s' is named already, as '%s': name each source once, threads take turns on them"
            .formatted(directory.resolve("./one.bin"), one),
        "--source",
        one,
        "--source",
        directory.resolve("./one.bin").toString());
    refused(
        2,
        "target 'new.bin' is named twice: name each target once, threads take turns on them",
        "--target",
        "new.bin",
        "--target",
        "new.bin");
    refused(
        2,
        "target '%s' is an existing file, and those are never overwritten: give a path that does not exist yet, or leave the target out for a fresh file below --dir"
            .formatted(other),
        with(both, "--target", "new.bin", "--target", other));
    refused(
        2,
        "source '%s' is a directory: name a file or a block device, or leave --source out for a fresh file below --dir"
            .formatted(directory),
        "--source",
        directory.toString());
    assertThat(directory.toFile().list()).containsExactlyInAnyOrder("one.bin", "other.bin");
  }

  @Test
  void aTargetThatIsOneOfTheSourcesIsNotWritten() {
    LoopDisk.assumeUsable();
    try (LoopDisk disk = LoopDisk.create(directory, SPAN_MEBIBYTES)) {
      String device = disk.device().toString();
      String one = source("one.bin", 1).toString();

      refused(
          3,
          "target '%1$s' may not be written: it shares blocks with the source '%1$s': give another source, or give another target"
              .formatted(device),
          "--source",
          one,
          "--source",
          device,
          "--target",
          device,
          "--destroy",
          device);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void measured(String... places) {
    Jar.Result result = run(places);
    assertThat(result.err()).isEmpty();
    assertThat(result.exitCode()).isZero();
    assertThat(rows().at("/status").asText()).isEqualTo("complete");
  }

  private void refused(int exitCode, String message, String... places) {
    Jar.Result result = run(places);
    assertThat(result.err()).isEqualTo("p2pbench: " + message + "\n");
    assertThat(result.exitCode()).isEqualTo(exitCode);
    assertThat(directory.resolve("out")).doesNotExist();
  }

  private Jar.Result run(String... places) {
    List<String> arguments =
        new ArrayList<>(List.of("run", "--profile", "lab", "--rounds", "1", "--memory", "ram"));
    arguments.addAll(List.of("--engine", "sync", "--size", "1M", "--out", "out"));
    arguments.addAll(List.of(places));
    arguments.addAll(List.of("--", "-wi", "0", "-i", "1", "-r", "500ms"));
    return Jar.run(directory, arguments.toArray(String[]::new));
  }

  private static String[] with(List<String> some, String... more) {
    List<String> all = new ArrayList<>(some);
    all.addAll(Arrays.asList(more));
    return all.toArray(String[]::new);
  }

  private JsonNode rows() {
    return Jar.json(directory.resolve("out/rows.json"));
  }

  private JsonNode row(int index) {
    return rows().at("/rows/" + index);
  }

  private List<String> rowIds() {
    List<String> ids = new ArrayList<>();
    rows().at("/rows").forEach(row -> ids.add(row.at("/id").asText()));
    return ids;
  }

  /** A file of the user's, every block of which differs from every other. */
  private Path source(String name, int seed) throws IOException {
    byte[] content = new byte[SPAN_MEBIBYTES << 20];
    new Random(seed).nextBytes(content);
    return Files.write(directory.resolve(name), content);
  }

  private static byte[] block(Path file, int number) throws IOException {
    byte[] content = new byte[BLOCK];
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "r")) {
      bytes.seek((long) number * BLOCK);
      bytes.readFully(content);
    }
    return content;
  }
}
