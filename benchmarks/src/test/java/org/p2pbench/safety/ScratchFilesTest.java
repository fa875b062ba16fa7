// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.safety;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScratchFilesTest {
  private static final BlockWriter CONTENT = BlockWriter.constant((byte) 0x5a);
  private static final String NAME = "p2pbench-scratch-0123456789abcdef";
  private static final String MARKER =
      "Scratch files of p2pbench. It removes this directory when their owner is gone.\n";

  @TempDir private Path directory;
  private final List<Process> children = new ArrayList<>();

  @BeforeEach
  void resolveLinks() throws IOException {
    directory = directory.toRealPath();
  }

  @AfterEach
  void endChildren() {
    children.forEach(Process::destroyForcibly);
  }

  @Test
  void writesEveryByteInChunksOfTheDocumentedLength() throws IOException {
    List<Long> offsets = new ArrayList<>();
    BlockWriter numbering =
        (offset, chunk) -> {
          offsets.add(offset);
          byte value = (byte) (1 + offset / ScratchFiles.CHUNK_BYTES);
          BlockWriter.constant(value).fill(offset, chunk);
        };
    long bytes = ScratchFiles.CHUNK_BYTES * 2L + 4096;

    try (ScratchFiles scratch = ScratchFiles.create(directory, bytes, 4096, numbering, CONTENT)) {
      byte[] source = Files.readAllBytes(scratch.source().orElseThrow());
      assertThat(offsets)
          .containsExactly(0L, (long) ScratchFiles.CHUNK_BYTES, ScratchFiles.CHUNK_BYTES * 2L);
      assertThat(source).hasSize((int) bytes);
      assertThat(source[0]).isEqualTo((byte) 1);
      assertThat(source[ScratchFiles.CHUNK_BYTES - 1]).isEqualTo((byte) 1);
      assertThat(source[ScratchFiles.CHUNK_BYTES]).isEqualTo((byte) 2);
      assertThat(source[source.length - 1]).isEqualTo((byte) 3);
      assertThat(Files.readAllBytes(scratch.target().orElseThrow()))
          .hasSize(4096)
          .containsOnly(0x5a);
    }
  }

  @Test
  void leavesNoHolesInTheTarget() {
    try (ScratchFiles scratch = ScratchFiles.create(directory, 0, 8 << 20, CONTENT, CONTENT)) {
      String target = scratch.target().orElseThrow().toString();

      assertThat(Long.parseLong(LoopDisk.run("stat", "--format", "%b", target)))
          .isGreaterThanOrEqualTo((8 << 20) / 512);
    }
  }

  @Test
  void makesNoFileThatWasNotAskedFor() {
    try (ScratchFiles scratch = ScratchFiles.create(directory, 0, 4096, CONTENT, CONTENT)) {
      assertThat(scratch.source()).isEmpty();
      assertThat(scratch.target()).contains(scratch.directory().resolve("target.bin"));
    }
  }

  @Test
  void knowsItsOwnFilesFromOthersOfTheSameName() throws IOException {
    Path foreign = Files.writeString(directory.resolve("target.bin"), "mine");
    Path unmarked = leftover("p2pbench-scratch-0000000000000001", null).resolve("source.bin");

    try (ScratchFiles scratch = ScratchFiles.create(directory, 4096, 4096, CONTENT, CONTENT)) {
      Path link = Files.createSymbolicLink(directory.resolve("link"), foreign);

      assertThat(ScratchFiles.made(scratch.source().orElseThrow())).isTrue();
      assertThat(ScratchFiles.made(scratch.target().orElseThrow())).isTrue();
      assertThat(ScratchFiles.made(scratch.directory().resolve("owner.lock"))).isFalse();
      assertThat(List.of(foreign, unmarked, link)).noneMatch(ScratchFiles::made);
    }
  }

  @Test
  void leavesNothingBehindWhenClosedEvenTwice() {
    ScratchFiles scratch = ScratchFiles.create(directory, 4096, 4096, CONTENT, CONTENT);
    scratch.close();
    scratch.close();

    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void leavesAForeignFileAndItsDirectoryAlone() throws IOException {
    ScratchFiles scratch = ScratchFiles.create(directory, 4096, 4096, CONTENT, CONTENT);
    Path foreign = Files.writeString(scratch.directory().resolve("notes.txt"), "mine");
    scratch.close();

    assertThat(foreign).hasContent("mine");
    assertThat(scratch.directory().resolve("source.bin")).doesNotExist();
    assertThat(ScratchFiles.sweep(directory)).isEmpty();
    assertThat(foreign).hasContent("mine");
  }

  @Test
  void removesItsFilesWhenTheContentCannotBeHad() {
    BlockWriter failing =
        (offset, chunk) -> {
          throw new IllegalStateException("no content");
        };

    assertThatThrownBy(() -> ScratchFiles.create(directory, 4096, 4096, CONTENT, failing))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no content");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void sweepsNothingOfALiveOwnerInThisProcess() {
    try (ScratchFiles scratch = ScratchFiles.create(directory, 4096, 4096, CONTENT, CONTENT)) {
      assertThat(ScratchFiles.sweep(directory)).isEmpty();
      assertThat(scratch.source().orElseThrow()).hasSize(4096);
      // Had the sweep opened the lock file, the lock would be lost and another process could sweep.
      assertThat(sweepInAnotherProcess()).isEqualTo("[]");
    }
  }

  @Test
  void sweepsNothingOfALiveOwnerInAnotherProcess() throws IOException {
    Path owned = startChild();

    assertThat(ScratchFiles.sweep(directory)).isEmpty();
    assertThat(owned.resolve("source.bin")).exists();
  }

  @Test
  void sweepsWhatAKilledOwnerLeft() throws Exception {
    Path owned = startChild();
    children.get(0).destroyForcibly().waitFor();
    assertThat(owned.resolve("target.bin")).hasSize(4096);

    assertThat(ScratchFiles.sweep(directory)).containsExactly(owned);
    assertThat(directory).isEmptyDirectory();
  }

  @ParameterizedTest
  @ValueSource(strings = {"TERM", "INT", "HUP"})
  void leavesNothingBehindWhenEndedByASignal(String signal) throws Exception {
    Path owned = startChild();
    assertThat(owned).exists();

    LoopDisk.run("kill", "-" + signal, String.valueOf(children.get(0).pid()));
    children.get(0).waitFor();

    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void makesNothingAnyMoreInAProcessThatIsBeingEnded() throws Exception {
    Process child = java("org.p2pbench.safety.EndedChild", directory.toString());
    children.add(child);

    assertThat(new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isEqualTo(
            "--dir '%s': no scratch directory can be made and locked there (p2pbench is being ended): give another directory\n"
                .formatted(directory));
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void sweepsOnlyDirectoriesWithOurNameAndMarker() throws IOException {
    Path unmarked = leftover("p2pbench-scratch-0000000000000001", null);
    Path other = leftover("p2pbench-scratch-0000000000000002", "Something else.\n");
    Path misnamed = leftover("p2pbench-scratch-mine", MARKER);
    Path ours = leftover(NAME, MARKER);

    assertThat(ScratchFiles.sweep(directory)).containsExactly(ours);
    assertThat(List.of(unmarked, other, misnamed))
        .allSatisfy(kept -> assertThat(kept.resolve("source.bin")).exists());
  }

  @Test
  void sweepsNothingThroughLinks() throws IOException {
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    Path precious = Files.writeString(elsewhere.resolve("source.bin"), "mine");
    Files.writeString(elsewhere.resolve("p2pbench-scratch"), MARKER);
    Files.createSymbolicLink(directory.resolve(NAME), elsewhere);

    assertThat(ScratchFiles.sweep(directory)).isEmpty();
    assertThat(precious).hasContent("mine");
  }

  @Test
  void sweepsADirectoryThatAnInterruptedSweepLeftHalfEmpty() throws IOException {
    Path half = Files.createDirectory(directory.resolve(NAME));
    Files.writeString(half.resolve("p2pbench-scratch"), MARKER);

    assertThat(ScratchFiles.sweep(directory)).containsExactly(half);
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void sweepsNothingWhereThereIsNoDirectory() {
    assertThat(ScratchFiles.sweep(directory.resolve("absent"))).isEmpty();
  }

  @Test
  void refusesADirectoryThatIsNotThere() {
    assertUnfit(
        directory.resolve("absent"),
        4096,
        "--dir '%s' does not exist: make it, or give another directory");
  }

  @Test
  void refusesAFileInPlaceOfTheDirectory() throws IOException {
    assertUnfit(
        Files.createFile(directory.resolve("file")),
        4096,
        "--dir '%s' is not a directory: give a directory");
  }

  @Test
  void refusesADirectoryThatCannotBeWritten() {
    LoopDisk.assumeUsable();
    try (LoopDisk disk = LoopDisk.create(directory, 8)) {
      LoopDisk.run("mkfs.ext4", "-q", disk.device().toString());

      assertUnfit(
          disk.mount(disk.device(), "ro"),
          4096,
          "--dir '%s': this user may not write there: give another directory");
    }
  }

  @Test
  void saysHowMuchRoomIsMissing() {
    LoopDisk.assumeUsable();
    try (LoopDisk disk = LoopDisk.create(directory, 64)) {
      LoopDisk.run("mkfs.ext4", "-q", disk.device().toString());
      Path point = disk.mount(disk.device(), "rw");
      long freeMebibytes = point.toFile().getUsableSpace() >> 20;

      assertUnfit(
          point,
          48 << 20,
          "--dir '%s' has "
              + freeMebibytes
              + " MiB free, and the scratch files need 64 MiB: make room, or give another directory"
              + " or smaller files");
    }
  }

  @Test
  void removesItsFilesWhenTheDiskFillsUpMeanwhile() {
    LoopDisk.assumeUsable();
    try (LoopDisk disk = LoopDisk.create(directory, 64)) {
      LoopDisk.run("mkfs.ext4", "-q", disk.device().toString());
      Path point = disk.mount(disk.device(), "rw");
      BlockWriter filling =
          (offset, chunk) -> {
            fillUp(point);
            CONTENT.fill(offset, chunk);
          };

      assertThatThrownBy(() -> ScratchFiles.create(point, 0, 4 << 20, CONTENT, filling))
          .isInstanceOf(ScratchException.class)
          .hasMessage(
              "--dir '%s': writing scratch files of 0 and 4194304 bytes failed (No space left on"
                  + " device): give another directory or smaller files",
              point);
      assertThat(point.toFile().list()).containsExactlyInAnyOrder("lost+found", "neighbour");
    }
  }

  private static void fillUp(Path point) {
    byte[] zeroes = new byte[1 << 20];
    try (var stream = Files.newOutputStream(point.resolve("neighbour"))) {
      while (true) {
        stream.write(zeroes);
      }
    } catch (IOException full) {
      assertThat(full).hasMessage("No space left on device");
    }
  }

  private void assertUnfit(Path dir, long bytes, String message) {
    assertThatThrownBy(() -> ScratchFiles.create(dir, 0, bytes, CONTENT, CONTENT))
        .isInstanceOfSatisfying(
            ScratchException.class, unfit -> assertThat(unfit.exitCode()).isEqualTo(2))
        .hasMessage(message, dir);
  }

  private Path leftover(String name, String marker) throws IOException {
    Path left = Files.createDirectory(directory.resolve(name));
    Files.writeString(left.resolve("source.bin"), "data");
    Files.writeString(left.resolve("owner.lock"), "");
    if (marker != null) {
      Files.writeString(left.resolve("p2pbench-scratch"), marker);
    }
    return left;
  }

  private Path startChild() throws IOException {
    Process child = java("org.p2pbench.safety.ScratchChild", directory.toString());
    children.add(child);
    BufferedReader output =
        new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.UTF_8));
    String line = output.readLine();
    assertThat(line).as("output of the child process").startsWith(directory.toString());
    return Path.of(line);
  }

  private String sweepInAnotherProcess() {
    try {
      Process child = java("org.p2pbench.safety.SweepChild", directory.toString());
      children.add(child);
      return new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static Process java(String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path")));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }
}
