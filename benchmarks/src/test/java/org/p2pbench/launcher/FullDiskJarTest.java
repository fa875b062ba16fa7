// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.safety.LoopDisk;
import org.p2pbench.transaction.BuildDirectory;

/** A run directory that can no longer be written: its disk, a small tmpfs, is full. */
class FullDiskJarTest {
  private static final String NO_ROOM =
      "p2pbench: '%s' cannot be written (No space left on device): make room or give permission"
          + " there, or name another --out; what was measured before is kept\n";

  @TempDir(factory = BuildDirectory.class)
  private Path directory;

  private Path disk;
  private Path results;

  @BeforeEach
  void mountASmallDisk() throws IOException {
    BuildDirectory.assumeDirect(directory);
    LoopDisk.assumeUsable();
    disk = Files.createDirectory(directory.resolve("small"));
    LoopDisk.run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk.toString());
    results = disk.resolve("out");
  }

  @AfterEach
  void unmount() {
    if (disk != null) {
      LoopDisk.run("umount", "--lazy", disk.toString());
    }
  }

  @Test
  void beforeAnythingIsMeasuredNothingIsLeft() throws IOException {
    fill();

    Jar.Result result = Jar.run(directory, run());

    assertThat(result.err()).isEqualTo(NO_ROOM.formatted(results.resolve("rows.json")));
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(results).doesNotExist();
  }

  @Test
  void whatWasMeasuredIsKept() throws IOException {
    Jar.Result result;
    try (Jar jar = Jar.start(directory, run())) {
      jar.await("a fork is measured", () -> forksDone(results) >= 1);
      fill();
      result = jar.result();
    }

    assertThat(result.err())
        .isIn(
            NO_ROOM.formatted(results.resolve("rows.json")),
            NO_ROOM.formatted(results.resolve("jmh.json")));
    assertThat(result.exitCode()).isEqualTo(1);
    JsonNode rows = Jar.json(results.resolve("rows.json"));
    assertThat(rows.at("/plan/forksDone").asInt()).isPositive();
    assertThat(rows.at("/rows/0/forks/0/iterations/0/score").asDouble()).isPositive();
    assertNothingHalfWritten();
  }

  @Test
  void theRunIsMarkedFailedWhereThatCanBeWritten() throws IOException {
    Jar.Result result;
    try (Jar jar = Jar.start(directory, run())) {
      jar.await("the run has begun", () -> Files.exists(results.resolve("environment.json")));
      Files.createDirectories(results.resolve("jmh.json/in-the-way"));
      result = jar.result();
    }

    JsonNode rows = Jar.json(results.resolve("rows.json"));
    assertThat(result.err())
        .matches(
            "p2pbench: '\\Q%s\\E' cannot be written \\(.+\\): make room .* is kept\\R"
                .formatted(results.resolve("jmh.json")));
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(rows.at("/status").asText()).isEqualTo("failed");
    assertThat("p2pbench: " + rows.at("/failure/message").asText() + "\n").isEqualTo(result.err());
    assertThat(rows.at("/plan/forksDone").asInt()).isEqualTo(1);
    assertNothingHalfWritten();
  }

  @Test
  void noForkOutlivesARunThatCannotSayThatItWasInterrupted() throws Exception {
    List<ProcessHandle> forks;
    Jar.Result result;
    try (Jar jar = Jar.start(directory, run("-wi", "1", "-w", "30s"))) {
      Path log = results.resolve("jmh.log");
      jar.await("a fork warms up", () -> Jar.text(log).contains("# Warmup Iteration"));
      fill();
      forks = jar.process().descendants().toList();
      LoopDisk.run("kill", "-TERM", String.valueOf(jar.process().pid()));
      result = jar.result();
    }

    assertThat(forks).isNotEmpty();
    for (ProcessHandle fork : forks) {
      fork.onExit().orTimeout(5, TimeUnit.SECONDS).handle((ended, late) -> ended).join();
    }
    List<ProcessHandle> alive = forks.stream().filter(ProcessHandle::isAlive).toList();
    alive.forEach(ProcessHandle::destroyForcibly);
    assertThat(alive).isEmpty();
    assertThat(result.exitCode()).isEqualTo(143);
    assertThat(result.err()).isEqualTo(NO_ROOM.formatted(results.resolve("rows.json")));
    assertNothingHalfWritten();
  }

  private String[] run(String... more) {
    List<String> jmh =
        new ArrayList<>(List.of("--dir", directory.toString(), "--out", results.toString()));
    jmh.addAll(List.of("--rounds", "3", "--"));
    jmh.addAll(List.of("-i", "1", "-r", "300ms"));
    jmh.addAll(more.length == 0 ? List.of("-wi", "0") : List.of(more));
    return Jar.smallRun("sync", jmh.toArray(String[]::new));
  }

  private static int forksDone(Path results) {
    Path rows = results.resolve("rows.json");
    return Files.exists(rows) ? Jar.json(rows).at("/plan/forksDone").asInt() : 0;
  }

  /** To the last byte. */
  private void fill() throws IOException {
    try (OutputStream file = Files.newOutputStream(disk.resolve("filler"))) {
      byte[] page = new byte[4096];
      while (true) {
        file.write(page);
      }
    } catch (IOException full) {
      assertThat(full).hasMessage("No space left on device");
    }
  }

  private void assertNothingHalfWritten() throws IOException {
    try (var files = Files.walk(results)) {
      assertThat(files.map(Path::toString)).noneMatch(name -> name.endsWith(".part"));
    }
  }
}
