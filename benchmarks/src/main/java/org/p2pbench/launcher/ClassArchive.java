// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.p2pbench.transaction.ForkSettings;
import org.p2pbench.transaction.MemoryChoice;
import org.p2pbench.transaction.RigException;
import org.p2pbench.transaction.TransferSpec;
import org.p2pbench.transfer.Engine;

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
  private static final long BLOCK_BYTES = 4096;
  private static final String HISTOGRAMS = "trial.hlog";
  private static final Profile.Timing TRIAL =
      new Profile.Timing(1, 0, Duration.ofMillis(1), 1, Duration.ofMillis(1));

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
    if (forks >= LEAST_FORKS && !given()) {
      try {
        directory = Files.createTempDirectory("p2pbench-classes");
        directory.toFile().deleteOnExit();
        directory.resolve(FILE).toFile().deleteOnExit();
        directory.resolve(HISTOGRAMS).toFile().deleteOnExit();
        tryOut(directory, run);
      } catch (IOException slower) {
        // Forks then load their classes one by one.
        return new ClassArchive(directory);
      }
    }
    return new ClassArchive(directory);
  }

  /** Whether this JVM, and with it every fork, was given one by whoever started it. */
  private static boolean given() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .anyMatch(argument -> argument.startsWith("-XX:SharedArchiveFile"));
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

  /**
   * One fork like those to come, on small fresh files: it goes through the same classes, those of
   * JMH's talk with its forks included.
   */
  private static void tryOut(Path directory, PreparedRun run) {
    RowPlan row = RowPlan.of(TransferSpec.of(MemoryChoice.RAM, Engine.SYNC, BLOCK_BYTES));
    JmhArguments arguments =
        JmhArguments.none().with(List.of("-XX:ArchiveClassesAtExit=" + directory.resolve(FILE)));
    ForkRunner runner =
        new ForkRunner(
            TRIAL,
            ForkSettings.freshBelow(run.settings().dir(), SPAN_BYTES),
            arguments,
            Profilers.NONE,
            run.classPath(),
            new PrintStream(OutputStream.nullOutputStream()));
    Path hlog = directory.resolve(HISTOGRAMS);
    try {
      runner.run(new Plan.Fork(row, 0, 0), hlog, HISTOGRAMS);
      Files.deleteIfExists(hlog);
    } catch (RigException | IOException slower) {
      // What is wrong here the first fork of the run tells, too; it then has no archive.
      return;
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
