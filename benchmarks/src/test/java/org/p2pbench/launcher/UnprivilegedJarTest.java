// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.safety.LoopDisk;
import org.p2pbench.transaction.BuildDirectory;
import org.p2pbench.transaction.ForkRecord;
import org.p2pbench.transaction.RigException;

/** The same jar in the hands of somebody who is not root and may lock 64 KiB of memory. */
class UnprivilegedJarTest {
  private static final String NOBODY = "65534";
  private static final String ROW = "transfer-ram-per-transaction-io_uring-1048576-d1-t1";

  /** Below /tmp: the build directory may be where nobody else may look. */
  @TempDir private Path directory;

  private Path jar;
  private Path work;

  @BeforeEach
  void handOver() throws IOException {
    LoopDisk.assumeUsable();
    BuildDirectory.assumeDirect(directory);
    LoopDisk.run("chmod", "755", directory.toString());
    jar = Files.copy(Jar.path(), directory.resolve("benchmarks.jar"));
    work = Files.createDirectory(directory.resolve("work"));
    LoopDisk.run("chown", NOBODY, work.toString());
  }

  @Test
  void measuresAndSaysWhatCannotBeProven() {
    Jar.Result result = run("--memory", "ram", "--out", "out");

    assertThat(result.err()).isEmpty();
    assertThat(result.exitCode()).isZero();
    JsonNode fork = Jar.json(work.resolve("out/rows.json")).at("/rows/0/forks/0");
    assertThat(fork.at("/verification/verdict").asText()).isEqualTo("verified");
    assertThat(fork.at("/witness/verdict").asText()).isEqualTo("cannot-tell");
    assertThat(fork.at("/witness/evidence/0/detail").asText())
        .isEqualTo("the kernel shows physical addresses only to root (CAP_SYS_ADMIN)");
    assertThat(fork.at("/witness/evidence/1/detail").asText())
        .isEqualTo("exact pin counts need read permission on /proc/sys/vm/stat_refresh (root)");
  }

  @Test
  void mayNotRegisterMoreThanTheLimitOnLockedMemory() {
    Jar.Result result = run("--memory", "ram", "--pinning", "registered", "--out", "out");

    assertThat(result.exitCode()).isEqualTo(2);
    assertThat(result.err())
        .isEqualTo(
            "p2pbench: "
                + ROW.replace("per-transaction", "registered")
                + ": registration with io_uring failed: ENOMEM (Cannot allocate memory). Probable"
                + " cause: the limit on locked memory (RLIMIT_MEMLOCK) is lower than what is to be"
                + " registered. What to do: raise it with 'ulimit -l', or use smaller blocks, a"
                + " lower depth or --pinning per-transaction.\n");
  }

  @Test
  void mayNotPinMoreThanTheLimitOnLockedMemory() {
    String record = work.resolve("record.json").toString();
    List<String> command = asNobody();
    command.addAll(
        List.of(
            "-jar",
            jar.toString(),
            "PinBenchmark",
            "-p",
            "mechanism=io_uring-register",
            "-p",
            "blockBytes=1048576",
            "-p",
            "pages=4KiB",
            "-f",
            "1",
            "-wi",
            "0",
            "-i",
            "1",
            "-r",
            "50ms",
            "-foe",
            "true",
            "-jvmArgsAppend",
            "-Dp2pbench.fork.record=" + record));
    try (Jar jmh = Jar.execute(work, command)) {
      assertThat(jmh.result().exitCode()).isEqualTo(1);
    }
    assertThat(ForkRecord.read(Path.of(record)).orElseThrow().failure())
        .isEqualTo(
            new ForkRecord.Failure(
                RigException.Kind.BAD_INPUT,
                "pin of 1048576 bytes at offset 0 of ram memory by io_uring-register failed: ENOMEM"
                    + " (Cannot allocate memory). Probable cause: the limit on locked memory"
                    + " (RLIMIT_MEMLOCK) is lower than what is to be pinned. What to do: raise it"
                    + " with 'ulimit -l', or pin less."));
  }

  @Test
  void mayNotReadWhatBelongsToAnother() throws IOException {
    Path secret = Files.write(directory.resolve("secret"), new byte[4 << 20]);
    LoopDisk.run("chmod", "600", secret.toString());

    Jar.Result result = run("--memory", "ram", "--source", secret.toString(), "--out", "out");

    assertThat(result.exitCode()).isEqualTo(3);
    assertThat(result.err())
        .isEqualTo(
            "p2pbench: source '%s' cannot be read by this user (permission denied): run as a user"
                    .formatted(secret)
                + " who may, or give another --source\n");
    assertThat(work).isEmptyDirectory();
  }

  @Test
  void mayNotWriteWhereOthersDo() {
    Jar.Result out = run("--memory", "ram", "--dir", ".", "--out", directory + "/out");
    Jar.Result dir = run("--memory", "ram", "--dir", directory.toString(), "--out", "out");

    assertThat(out.exitCode()).isEqualTo(2);
    assertThat(out.err())
        .isEqualTo(
            "p2pbench: --out '%s/out' cannot be written (permission denied): name a directory that"
                    .formatted(directory)
                + " this user may write to\n");
    assertThat(dir.exitCode()).isEqualTo(2);
    assertThat(dir.err())
        .isEqualTo(
            "p2pbench: --dir '%s': this user may not write there: give another directory\n"
                .formatted(directory));
    assertThat(work).isEmptyDirectory();
  }

  private Jar.Result run(String... arguments) {
    List<String> command = asNobody();
    command.addAll(
        List.of(
            "-cp",
            jar.toString(),
            "org.p2pbench.launcher.Main",
            "run",
            "--profile",
            "lab",
            "--size",
            "1M",
            "--engine",
            "io_uring"));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--", "-wi", "0", "-i", "1", "-r", "50ms"));
    try (Jar started = Jar.execute(work, command)) {
      return started.result();
    }
  }

  private static List<String> asNobody() {
    List<String> command =
        new ArrayList<>(
            List.of(
                "setpriv",
                "--reuid=" + NOBODY,
                "--regid=" + NOBODY,
                "--clear-groups",
                "prlimit",
                "--memlock=65536:65536",
                Jar.java()));
    command.addAll(Jar.JVM_ARGUMENTS);
    return command;
  }
}
