// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.p2pbench.safety.LoopDisk;
import org.p2pbench.transaction.BuildDirectory;

/** A run that is ended from outside in the middle of a fork. */
class InterruptedJarTest {

  @TempDir(factory = BuildDirectory.class)
  private Path directory;

  @BeforeEach
  void onARealDisk() {
    BuildDirectory.assumeDirect(directory);
  }

  @ParameterizedTest
  @CsvSource({"TERM, 143, sync", "INT, 130, io_uring"})
  void keepsWhatWasMeasuredAndLeavesNothingElseBehind(String signal, int exitCode, String engine)
      throws Exception {
    Path results = directory.resolve("out");
    String[] arguments = {
      "run",
      "--profile",
      "lab",
      "--memory",
      "ram,cmb-emulated",
      "--size",
      "4k",
      "--engine",
      engine,
      "--out",
      results.toString(),
      "--",
      "-wi",
      "0",
      "-i",
      "1",
      "-r",
      "700ms"
    };
    List<ProcessHandle> forks;
    Jar.Result result;
    try (Jar jar = Jar.start(directory, arguments)) {
      jar.await(
          "one fork is measured and the second runs",
          () -> forksDone(results) >= 1 && jar.process().children().findAny().isPresent());
      forks = jar.process().descendants().toList();
      assertThat(scratch()).hasSize(1);
      LoopDisk.run("kill", "-" + signal, String.valueOf(jar.process().pid()));
      result = jar.result();
    }

    assertThat(result.exitCode()).isEqualTo(exitCode);
    assertThat(result.err()).isEmpty();
    assertThat(forks).isNotEmpty().noneMatch(ProcessHandle::isAlive);
    assertThat(scratch()).isEmpty();
    JsonNode rows = Jar.json(results.resolve("rows.json"));
    assertThat(rows.at("/status").asText()).isEqualTo("interrupted");
    assertThat(rows.at("/failure").isNull()).isTrue();
    assertThat(rows.at("/rows"))
        .allSatisfy(r -> assertThat(r.at("/status").asText()).isEqualTo("measured"));
    assertThat(rows.at("/rows/0/forks/0/iterations/0/score").asDouble()).isPositive();
    assertThat(results.resolve(rows.at("/rows/0/forks/0/hlog").asText())).isNotEmptyFile();
    assertThat(Jar.json(results.resolve("jmh.json"))).isNotEmpty();
  }

  private static int forksDone(Path results) {
    Path rows = results.resolve("rows.json");
    return Files.exists(rows) ? Jar.json(rows).at("/plan/forksDone").asInt() : 0;
  }

  private List<Path> scratch() throws IOException {
    try (var entries = Files.list(directory)) {
      return entries.filter(p -> p.getFileName().toString().startsWith("p2pbench-")).toList();
    }
  }
}
