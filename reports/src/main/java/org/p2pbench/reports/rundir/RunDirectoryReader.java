// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.rundir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads a run directory, finished or not. Stateless. */
public final class RunDirectoryReader {
  private static final int VERSION = 1;
  private static final String MEASURE_AGAIN =
      "Restore it from a copy, or measure again into a new directory.";

  /**
   * Reads everything but the latency logs, which {@link LatencyLog} reads one at a time.
   *
   * @throws BadRunDirectoryException where it is no run directory or a file of it is damaged
   */
  public RunDirectory read(Path path) throws BadRunDirectoryException {
    Path environmentFile = environmentFile(path);
    Environment environment =
        new JsonFile(environmentFile, MEASURE_AGAIN)
            .read(Environment.class, "p2pbench-environment", VERSION);
    Path rowsFile = path.resolve("rows.json");
    Optional<Results> results = Optional.empty();
    if (Files.exists(rowsFile)) {
      results =
          Optional.of(
              new JsonFile(rowsFile, MEASURE_AGAIN).read(Results.class, "p2pbench-rows", VERSION));
    }
    boolean jmh = checkJmh(path.resolve("jmh.json"));
    return new RunDirectory(
        path,
        environment,
        results,
        doctor(path.resolve("doctor.json")),
        picture(path.resolve("topology.svg")),
        missing(path, results, jmh));
  }

  private static Optional<Doctor> doctor(Path file) throws BadRunDirectoryException {
    return Files.exists(file)
        ? Optional.of(
            new JsonFile(
                    file, "Restore it from a copy, or delete it: the report can do without it.")
                .read(Doctor.class, "p2pbench-doctor", VERSION))
        : Optional.empty();
  }

  /** The page shows it as an image, in which no script runs and nothing is fetched. */
  private static Optional<String> picture(Path file) throws BadRunDirectoryException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Files.readString(file));
    } catch (IOException e) {
      throw new BadRunDirectoryException(
          file + ": cannot be read (" + IoReason.of(e) + "). Make it readable, then try again.");
    }
  }

  private static Path environmentFile(Path path) throws BadRunDirectoryException {
    String advice = ". Give the directory that `run --out` wrote.";
    if (!Files.exists(path)) {
      throw new BadRunDirectoryException(path + ": there is no such directory" + advice);
    }
    if (!Files.isDirectory(path)) {
      throw new BadRunDirectoryException(path + ": not a directory" + advice);
    }
    Path file = path.resolve("environment.json");
    if (!Files.exists(file)) {
      throw new BadRunDirectoryException(
          path + ": not a run directory, it has no environment.json" + advice);
    }
    return file;
  }

  /** The report takes nothing from it; all the same nobody should share a damaged file unawares. */
  private static boolean checkJmh(Path file) throws BadRunDirectoryException {
    if (!Files.exists(file)) {
      return false;
    }
    new JsonFile(file, "Restore it from a copy, or delete it: the report can do without it.")
        .readTree();
    return true;
  }

  private static List<String> missing(Path path, Optional<Results> results, boolean jmh) {
    List<String> missing = new ArrayList<>();
    if (results.isEmpty()) {
      missing.add("rows.json is not there: the run ended before its first fork was done.");
    } else {
      progress(results.get()).ifPresent(missing::add);
    }
    if (!jmh) {
      missing.add("jmh.json is not there.");
    }
    for (Row row : results.map(Results::rows).orElse(List.of())) {
      for (Fork fork : row.forks()) {
        if (fork.hlog() != null && !Files.exists(path.resolve(fork.hlog()))) {
          missing.add(fork.hlog() + " is not there: this fork has no latencies.");
        }
      }
    }
    return missing;
  }

  private static Optional<String> progress(Results results) {
    Integer done = results.plan().forksDone();
    Integer planned = results.plan().forksPlanned();
    String forks =
        done == null || planned == null ? "" : ": " + done + " of " + planned + " forks are here";
    return switch (results.status()) {
      case COMPLETE -> Optional.empty();
      case RUNNING -> Optional.of("The run was killed or is still going" + forks + ".");
      case INTERRUPTED -> Optional.of("The run was interrupted" + forks + ".");
      case FAILED -> Optional.of("The run failed" + forks + ": " + failure(results.failure()));
    };
  }

  private static String failure(Results.Failure failure) {
    if (failure == null || failure.message() == null) {
      return "no reason was recorded.";
    }
    return (failure.row() == null ? "" : failure.row() + ": ") + failure.message();
  }
}
