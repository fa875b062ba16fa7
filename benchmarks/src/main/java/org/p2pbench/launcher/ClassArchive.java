// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.p2pbench.jmh.TransferBenchmark;
import org.p2pbench.transaction.ForkSettings;

/**
 * The classes of a fork as the JVM keeps them (class data sharing), so that a run spends its time
 * measuring and not loading classes: about a third of a second for each fork. It changes how a JVM
 * starts, not what it measures. Used by one thread.
 */
final class ClassArchive implements AutoCloseable {

  /** With fewer forks, making it takes longer than it saves. */
  private static final int LEAST_FORKS = 10;

  private static final String FILE = "fork.jsa";
  private static final long SPAN_BYTES = 1L << 20;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Path directory;

  private ClassArchive(Path directory) {
    this.directory = directory;
  }

  /**
   * Makes one by a trial on small fresh files; one that holds nothing where that fails.
   *
   * @param forks that will use it
   * @param run what those measure
   */
  static ClassArchive make(int forks, PreparedRun run) {
    Path directory = null;
    if (forks >= LEAST_FORKS) {
      try {
        directory = Files.createTempDirectory("p2pbench-classes");
        directory.toFile().deleteOnExit();
        directory.resolve(FILE).toFile().deleteOnExit();
        tryOut(directory, run);
      } catch (IOException slower) {
        // Forks then load their classes one by one.
        return new ClassArchive(directory);
      }
    }
    return new ClassArchive(directory);
  }

  /** What a fork's JVM is told. */
  List<String> jvmArguments() {
    return file()
        .filter(Files::exists)
        .map(f -> List.of("-XX:SharedArchiveFile=" + f))
        .orElse(List.of());
  }

  private Optional<Path> file() {
    return Optional.ofNullable(directory).map(d -> d.resolve(FILE));
  }

  private static void tryOut(Path directory, PreparedRun run) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:ArchiveClassesAtExit=" + directory.resolve(FILE));
    command.addAll(ForkSettings.freshBelow(run.settings().dir(), SPAN_BYTES).jvmArguments());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of("-Djmh.ignoreLock=true", "-cp", run.classPath()));
    command.addAll(List.of("org.openjdk.jmh.Main", TransferBenchmark.class.getName()));
    command.addAll(List.of("-f", "0", "-wi", "0", "-i", "1", "-r", "1ms", "-foe", "true"));
    command.addAll(List.of("-p", "memory=ram", "-p", "engine=sync", "-p", "blockBytes=4096"));
    command.addAll(List.of("-prof", "stages", "-prof", "cpu"));
    Process trial =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (!trial.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        trial.destroyForcibly();
      }
    } catch (InterruptedException e) {
      trial.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    try {
      if (directory != null) {
        Files.deleteIfExists(directory.resolve(FILE));
        Files.deleteIfExists(directory);
      }
    } catch (IOException leftBehind) {
      // Some megabytes in the temporary directory, which the system empties.
      return;
    }
  }
}
