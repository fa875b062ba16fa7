// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Runs {@code benchmarks.jar} as its users do: as a process of its own. */
public final class Jar implements AutoCloseable {

  /** Longest that anything here may take, in seconds: far more than it does. */
  private static final long PATIENCE_SECONDS = 120;

  private static final long POLL_MS = 50;

  /**
   * For the launcher's own JVM: the manifest's word about native access counts for -jar alone, and
   * from JDK 24 on the JVM warns of what JMH does. JDK 17 does not know the last one.
   */
  static final List<String> JVM_ARGUMENTS =
      List.of(
          "--enable-native-access=ALL-UNNAMED",
          "-XX:+IgnoreUnrecognizedVMOptions",
          "--sun-misc-unsafe-memory-access=allow");

  private final Process process;
  private final Path out;
  private final Path err;

  private Jar(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /**
   * What came of it.
   *
   * @param exitCode 128 and more: a signal
   * @param out all of its standard output
   * @param err all of its standard error
   */
  public record Result(int exitCode, String out, String err) {}

  /** The jar, which must have been built. */
  public static Path path() {
    Path jar = Path.of("target", "benchmarks.jar").toAbsolutePath();
    assertThat(jar).as("what 'mvn package' makes").exists();
    return jar;
  }

  /** The java that runs these tests. */
  public static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** Starts a command of p2pbench in that directory. */
  public static Jar start(Path directory, String... arguments) {
    return start(directory, List.of(), arguments);
  }

  /** Starts a command of p2pbench with arguments for its JVM. */
  public static Jar start(Path directory, List<String> jvmArguments, String... arguments) {
    List<String> command = new ArrayList<>(List.of(java()));
    command.addAll(JVM_ARGUMENTS);
    command.addAll(jvmArguments);
    command.addAll(List.of("-cp", path().toString(), "org.p2pbench.launcher.Main"));
    command.addAll(Arrays.asList(arguments));
    return execute(directory, command);
  }

  /** Runs JMH's own command line, as {@code java -jar benchmarks.jar} does. */
  public static Result jmh(Path directory, String... arguments) {
    List<String> command = new ArrayList<>(List.of(java(), "-jar", path().toString()));
    command.addAll(Arrays.asList(arguments));
    try (Jar jar = execute(directory, command)) {
      return jar.result();
    }
  }

  /** Arguments of a run of one row that takes a second or two, and of what else is given. */
  static String[] smallRun(String engine, String... more) {
    List<String> arguments =
        new ArrayList<>(List.of("run", "--profile", "lab", "--memory", "ram", "--size", "4k"));
    arguments.addAll(List.of("--engine", engine));
    arguments.addAll(List.of(more));
    return arguments.toArray(String[]::new);
  }

  /** Runs a command of p2pbench to its end. */
  public static Result run(Path directory, String... arguments) {
    try (Jar jar = start(directory, arguments)) {
      return jar.result();
    }
  }

  static Jar execute(Path directory, List<String> command) {
    try {
      Path out = Files.createTempFile("p2pbench-test", ".out");
      Path err = Files.createTempFile("p2pbench-test", ".err");
      Process process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      return new Jar(process, out, err);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** The process. */
  public Process process() {
    return process;
  }

  /** What it wrote to standard error by now. */
  String errSoFar() {
    return text(err);
  }

  /** Waits for the end. */
  public Result result() {
    try {
      assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
          .as("it ends; so far it said: %s%s", text(out), text(err))
          .isTrue();
      return new Result(process.exitValue(), text(out), text(err));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }

  /** Waits until something holds that the process brings about. */
  public void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.getAsBoolean()) {
      assertThat(process.isAlive()).as("%s; it said: %s%s", what, text(out), text(err)).isTrue();
      assertThat(System.nanoTime()).as(what).isLessThan(end);
      try {
        Thread.sleep(POLL_MS);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(interrupted);
      }
    }
  }

  /** The content of a file, empty where there is none. */
  static String text(Path file) {
    try {
      return Files.exists(file) ? Files.readString(file) : "";
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** A JSON file. */
  public static JsonNode json(Path file) {
    try {
      return new ObjectMapper().readTree(file.toFile());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    try {
      Files.deleteIfExists(out);
      Files.deleteIfExists(err);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
