// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.discovery.DeviceDiscovery;
import org.p2pbench.safety.LoopDisk;
import org.p2pbench.transaction.BuildDirectory;
import org.p2pbench.transaction.CopyingDirectory;
import org.p2pbench.transaction.LyingLibrary;

/** What goes wrong, seen from a shell: exit code, one line, and what is left. */
class MistakesJarTest {
  private static final String ROW = "drain-ram-per-transaction-sync-4096-d1-t1";

  @TempDir(factory = BuildDirectory.class)
  private Path directory;

  @BeforeEach
  void onARealDisk() {
    BuildDirectory.assumeDirect(directory);
  }

  @Test
  void aMistypedWordIsOneLineAndTwo() {
    assertOneLine(
        2,
        "unknown memory 'dram': one of cmb, cmb-emulated, ram, page-cache",
        Jar.run(directory, "run", "--memory", "dram", "--out", "out"));
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void aProfilerThatThereIsNotIsOneLineAndTwo() {
    assertOneLine(
        2,
        "unknown profiler 'kernl': one of cpu, dram, kernel (stages, pins and CPU time are always on)",
        Jar.run(directory, "run", "--memory", "ram", "--profiler", "kernl", "--out", "out"));
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void aMemoryThatThisMachineDoesNotHaveIsOneLineAndThree() {
    assumeTrue(
        DeviceDiscovery.ofThisMachine().controllers().isEmpty(),
        "this machine has an NVMe controller, which may have a CMB");

    assertOneLine(
        3,
        "no CMB to use on this machine: it has no NVMe controller; --memory cmb-emulated stands in"
            + " for a CMB",
        Jar.run(directory, "run", "--memory", "cmb", "--out", "out"));
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void aLibraryOfAnotherAbiIsOneLineAndThree() throws IOException {
    Path source =
        Files.writeString(
            directory.resolve("other.c"),
            "unsigned p2p_abi_version(void);\nunsigned p2p_abi_version(void) { return 99; }\n");
    Path library = directory.resolve("libother.so");
    LoopDisk.run("gcc", "-shared", "-fPIC", "-o", library.toString(), source.toString());

    assertOneLine(
        3,
        "libp2pbench at %s has ABI 99, this jar needs ABI 1: rebuild with ./run.sh or unset"
                .formatted(library)
            + " p2pbench.native.path",
        runWithLibrary(library));
    assertThat(directory.resolve("out")).doesNotExist();
  }

  @Test
  void aLibraryThatIsNotThereIsOneLineAndThree() {
    Path absent = directory.resolve("absent.so");

    assertOneLine(
        3,
        "libp2pbench could not be loaded. Tried: %s (no such file). What to do: correct or unset"
                .formatted(absent)
            + " p2pbench.native.path.",
        runWithLibrary(absent));
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void damagedDataEndsTheRunBeforeAnythingIsMeasured() {
    Path library = LyingLibrary.below(directory);
    Jar.Result result = runWithLibrary(library);

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err())
        .matches(
            "p2pbench: "
                + ROW
                + ": data came back wrong through memory ram to \\Q"
                + directory
                + "\\E/p2pbench-scratch-\\p{XDigit}{16}/target.bin: block 0: bit flip at byte 700:"
                + " 1 of 8 sectors wrong, the first: bit flip \\(1 bit differs\\). Nothing is"
                + " measured on a path that damages data: check IOMMU and ACS settings and device"
                + " firmware\\R");
    assertFailed(result);
  }

  @Test
  void aPathThatCopiesEndsTheRunBeforeAnythingIsMeasured() {
    try (CopyingDirectory copying = CopyingDirectory.below(directory)) {
      Jar.Result result = drain(List.of(), "--dir", copying.path().toString());

      assertThat(result.exitCode()).isEqualTo(1);
      assertThat(result.err())
          .matches(
              "p2pbench: "
                  + ROW
                  + ": transactions did not use memory ram with pinning per-transaction as asked:"
                  + " (pins: \\d+ pins for 32 expected: pages were copied, not handed to the"
                  + " device; )?page-cache: 16 of 16 sampled pages of the target in the page cache:"
                  + " written through a CPU copy. Use a filesystem and mount options that do"
                  + " O_DIRECT, or --memory page-cache\\R");
      assertFailed(result);
      assertThat(copying.path()).isEmptyDirectory();
    }
  }

  @Test
  void aForkThatCannotStartSaysWhereToLook() {
    Jar.Result result =
        Jar.run(
            directory,
            Jar.smallRun(
                "sync", "--drain-only", "--out", "out", "--", "-jvmArgs", "-XX:+NoSuchFlag"));

    assertOneLine(
        1, ROW + ": the fork failed (Forked VM failed with exit code 1): see jmh.log", result);
    assertThat(directory.resolve("out/jmh.log"))
        .content()
        .contains("Unrecognized VM option 'NoSuchFlag'");
    assertFailed(result);
  }

  @Test
  void aFailureOutsideOfAForkIsTheRunsToo() throws IOException {
    Jar.Result result = withoutTemporaryFiles(Jar.smallRun("sync", "--out", "out"));

    JsonNode rows = Jar.json(directory.resolve("out/rows.json"));
    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.err())
        .contains("p2pbench: no temporary file can be made (")
        .endsWith("p2pbench: " + rows.at("/failure/message").asText() + "\n");
    assertThat(rows.at("/status").asText()).isEqualTo("failed");
  }

  @Test
  void whereOneSideOfAComparisonFailsNoSideGoesOnRunning() throws IOException {
    String[] arguments = Jar.smallRun("sync", "--a", "", "--b", "", "--out", "out");
    arguments[0] = "ab";

    Jar.Result result = withoutTemporaryFiles(arguments);

    assertThat(result.exitCode()).isEqualTo(3);
    JsonNode a = Jar.json(directory.resolve("out/null/a/rows.json"));
    JsonNode b = Jar.json(directory.resolve("out/null/b/rows.json"));
    assertThat(a.at("/status").asText()).isEqualTo("failed");
    assertThat(result.err()).endsWith("p2pbench: " + a.at("/failure/message").asText() + "\n");
    assertThat(b.at("/status").asText()).isEqualTo("failed");
    assertThat(b.at("/failure/message").asText())
        .isEqualTo("measuring ended before the last fork: the command's last line says why");
  }

  private Jar.Result withoutTemporaryFiles(String... arguments) throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    List<String> jvmArguments =
        List.of(
            "-Djava.io.tmpdir=" + file,
            "-Djna.tmpdir=" + Files.createDirectory(directory.resolve("jna")),
            // The verdict is never asked for.
            "-Dp2pbench.reports.jar=" + Jar.path());
    try (Jar jar = Jar.start(directory, jvmArguments, arguments)) {
      return jar.result();
    }
  }

  @Test
  void freshFilesHoldWhatIsInFlight() {
    String[] arguments = {
      "run",
      "--profile",
      "lab",
      "--memory",
      "ram",
      "--size",
      "2M",
      "--depth",
      "32",
      "--rounds",
      "1",
      "--engine",
      "io_uring",
      "--out",
      "out",
      "--",
      "-wi",
      "0",
      "-i",
      "1",
      "-r",
      "50ms"
    };
    assertThat(Jar.run(directory, arguments).err()).isEmpty();
  }

  @Test
  void twoRunsAtTheSameTimeBothFinish() {
    String[] first = small("one");
    String[] second = small("two");
    try (Jar one = Jar.start(directory, first);
        Jar two = Jar.start(directory, second)) {
      assertThat(one.result().err() + two.result().err()).isEmpty();
      assertThat(one.result().exitCode() + two.result().exitCode()).isZero();
    }
    for (String name : List.of("one", "two")) {
      JsonNode rows = Jar.json(directory.resolve(name).resolve("rows.json"));
      assertThat(rows.at("/status").asText()).isEqualTo("complete");
    }
    assertThat(directory.toFile().list()).containsExactlyInAnyOrder("one", "two");
  }

  @Test
  void probeWritesNothingAndSaysWhetherCmbDirectCanBeTried() {
    Jar.Result result = Jar.run(directory, "probe", directory.toString());

    assertThat(result.err()).isEmpty();
    assertThat(result.exitCode()).isIn(possibleAnswers());
    assertThat(result.out())
        .startsWith("Direct path between devices: ")
        .contains("Checks: ", "kernel-option", "io-uring", "direct-io " + directory)
        .contains("machine ", "NVMe ", "memory ", "witness ", "clock ");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void probeAnswersProgramsInJson() throws IOException {
    Jar.Result result = Jar.run(directory, "probe", "--json");

    assertThat(result.err()).isEmpty();
    JsonNode json = new ObjectMapper().readTree(result.out());
    assertThat(json.at("/format").asText()).isEqualTo("p2pbench-doctor");
    assertThat(json.at("/version").asInt()).isEqualTo(1);
    assertThat(result.exitCode()).isEqualTo(json.at("/answer").asText().equals("yes") ? 0 : 3);
    assertThat(json.at("/checks")).hasSizeGreaterThan(10);
  }

  @Test
  void probeOfWhatIsNotThereIsBadInput() {
    Jar.Result result = Jar.run(directory, "probe", "--source", "nowhere", ".");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err())
        .isEqualTo(
            "p2pbench: 'nowhere': no such file or device, or no permission to look at it: check the"
                + " path\n");
  }

  @Test
  void probeDoesNotTakeOnePlaceTwice() {
    Jar.Result result = Jar.run(directory, "probe", "--target", ".", ".");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err())
        .isEqualTo("p2pbench: '.' says the same as --target: leave one of them away\n");
  }

  private static List<Integer> possibleAnswers() {
    return DeviceDiscovery.ofThisMachine().controllers().isEmpty() ? List.of(3) : List.of(0, 3);
  }

  @Test
  void versusFioEndsWithTheRatio() {
    assumeTrue(LoopDisk.run("sh", "-c", "command -v fio || true").endsWith("fio"), "no fio here");
    assumeTrue(Files.isWritable(Path.of("/dev/shm")), "there is no writable /dev/shm here");
    Jar.Result result = Jar.run(directory, "versus-fio", "--pairs", "1", "--seconds", "1");

    assertThat(result.err()).isEmpty();
    assertThat(result.exitCode()).isZero();
    assertThat(result.out())
        .matches(
            "4 KiB, sequential drain, depth 1, /dev/shm: p2pbench against fio-\\S+ psync\\R"
                + "pair 1: p2pbench [\\d,]+/s, fio [\\d,]+/s, ratio \\d+\\.\\d{3}\\R"
                + "spread \\d+\\.\\d{3} to \\d+\\.\\d{3} over 1 pairs\\R"
                + "ratio \\d+\\.\\d{3}\\R");
  }

  @Test
  void fioDoesNotOutliveVersusFio() throws Exception {
    assumeTrue(LoopDisk.run("sh", "-c", "command -v fio || true").endsWith("fio"), "no fio here");
    assumeTrue(Files.isWritable(Path.of("/dev/shm")), "there is no writable /dev/shm here");
    List<ProcessHandle> fio;
    Jar.Result result;
    try (Jar jar = Jar.start(directory, "versus-fio", "--pairs", "2", "--seconds", "3")) {
      jar.await("fio writes", () -> !fioOf(jar).isEmpty());
      fio = fioOf(jar);
      LoopDisk.run("kill", "-TERM", String.valueOf(jar.process().pid()));
      result = jar.result();
    }

    List<ProcessHandle> alive = fio.stream().filter(ProcessHandle::isAlive).toList();
    alive.forEach(ProcessHandle::destroyForcibly);
    assertThat(alive).isEmpty();
    assertThat(result.exitCode()).isEqualTo(143);
    assertThat(result.err()).isEmpty();
  }

  @Test
  void aFioThatCannotBeStartedIsNotCalledMissing() throws IOException {
    Path fio = Files.writeString(directory.resolve("fio"), "no program");

    Jar.Result unfit = versusFioWithPath(directory);

    assertThat(unfit.err())
        .matches(
            "p2pbench: fio cannot be started \\(.*Permission denied.*\\): see that the fio in PATH"
                + " can be executed\\R");
    assertThat(unfit.exitCode()).isEqualTo(3);
    Files.delete(fio);

    assertOneLine(
        3,
        "fio is not installed: apt-get install fio, or ./run.sh test",
        versusFioWithPath(directory));
  }

  private Jar.Result versusFioWithPath(Path path) {
    List<String> command = new ArrayList<>(List.of("env", "PATH=" + path, Jar.java()));
    command.addAll(Jar.JVM_ARGUMENTS);
    command.addAll(List.of("-cp", Jar.path().toString(), "org.p2pbench.launcher.Main"));
    command.add("versus-fio");
    try (Jar jar = Jar.execute(directory, command)) {
      return jar.result();
    }
  }

  private static List<ProcessHandle> fioOf(Jar jar) {
    return jar.process()
        .children()
        .filter(child -> child.info().command().orElse("").endsWith("/fio"))
        .filter(MistakesJarTest::hasTheTargetOpen)
        .toList();
  }

  private static boolean hasTheTargetOpen(ProcessHandle process) {
    try (var open = Files.list(Path.of("/proc", String.valueOf(process.pid()), "fd"))) {
      for (Path descriptor : open.toList()) {
        if (Files.readSymbolicLink(descriptor).endsWith("target.bin")) {
          return true;
        }
      }
      return false;
    } catch (IOException ended) {
      return false;
    }
  }

  private static String[] small(String name) {
    return Jar.smallRun("sync", "--out", name, "--", "-wi", "0", "-i", "1", "-r", "100ms");
  }

  private Jar.Result runWithLibrary(Path library) {
    return drain(List.of("-Dp2pbench.native.path=" + library));
  }

  private Jar.Result drain(List<String> jvmArguments, String... more) {
    List<String> arguments = new ArrayList<>(List.of(Jar.smallRun("sync", "--drain-only")));
    arguments.addAll(List.of("--out", directory.resolve("out").toString()));
    arguments.addAll(List.of(more));
    arguments.addAll(List.of("--", "-wi", "0", "-i", "1", "-r", "50ms"));
    try (Jar jar = Jar.start(directory, jvmArguments, arguments.toArray(String[]::new))) {
      return jar.result();
    }
  }

  private static void assertOneLine(int exitCode, String message, Jar.Result result) {
    assertThat(result.err()).isEqualTo("p2pbench: " + message + "\n");
    assertThat(result.exitCode()).isEqualTo(exitCode);
  }

  private void assertFailed(Jar.Result result) {
    JsonNode rows = Jar.json(directory.resolve("out/rows.json"));
    assertThat(rows.at("/status").asText()).isEqualTo("failed");
    assertThat(rows.at("/plan/forksDone").asInt()).isZero();
    assertThat(rows.at("/rows/0/status").asText()).isEqualTo("failed");
    assertThat(result.err())
        .isEqualTo(
            "p2pbench: "
                + rows.at("/failure/row").asText()
                + ": "
                + rows.at("/failure/message").asText()
                + "\n");
    assertThat(directory.toFile().list((d, name) -> name.startsWith("p2pbench-"))).isEmpty();
  }
}
