// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.history;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.p2pbench.reports.metrics.ForkValue;
import org.p2pbench.reports.metrics.MeasuredRun;
import org.p2pbench.reports.metrics.RowValues;
import org.p2pbench.reports.metrics.TrackedMetric;
import org.p2pbench.reports.regression.Tails;
import org.p2pbench.reports.rundir.BadRunDirectoryException;
import org.p2pbench.reports.rundir.Environment;
import org.p2pbench.reports.rundir.IoReason;
import org.p2pbench.reports.rundir.Results;
import org.p2pbench.reports.rundir.RunDirectory;
import org.p2pbench.reports.statistics.Spread;

/** From a run directory to what is stored of it. Stateless. */
public final class RunEntry {
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
  private static final int DIGITS = 8;

  private RunEntry() {}

  /**
   * What the user says of a run.
   *
   * @param revision null: that of environment.json
   * @param label null: none
   * @param accepted whether it may be a baseline
   */
  public record Words(String revision, String branch, String label, boolean accepted) {}

  /**
   * What is stored of a run that has ended.
   *
   * @throws BadRunDirectoryException where a latency log is damaged or a file cannot be read
   * @throws StoreException where the run has not ended well, has no time, or measured nothing
   */
  public static StoredRun of(Path directory, Words words)
      throws BadRunDirectoryException, StoreException {
    MeasuredRun measured = MeasuredRun.read(directory);
    RunDirectory run = measured.run();
    checkComplete(run);
    return new StoredRun(
        id(run),
        digest(run),
        run.environment().startedAt(),
        words.revision() == null ? revision(run.environment()) : words.revision(),
        words.branch(),
        words.label(),
        words.accepted(),
        run.machineClass(),
        measured.fingerprint().hash(),
        measured.fingerprint().identity(),
        measured.fingerprint().circumstances(),
        run.path().toAbsolutePath().normalize().toString(),
        rows(measured));
  }

  /**
   * The id that a run has in every store: when it began, and the digest of its environment.json.
   *
   * @throws StoreException where its start is not known
   */
  public static String id(RunDirectory run) throws StoreException, BadRunDirectoryException {
    String digest = StoreJson.digest(bytes(run.path().resolve("environment.json")));
    return STAMP.format(started(run)) + "-" + digest.substring(0, DIGITS);
  }

  private static Instant started(RunDirectory run) throws StoreException {
    try {
      return Instant.parse(run.environment().startedAt());
    } catch (DateTimeParseException e) {
      throw StoreException.badInput(
          run.path().resolve("environment.json")
              + ": \"startedAt\" is \""
              + run.environment().startedAt()
              + "\", not a time such as 2026-01-31T12:00:00Z: a history is in order of time."
              + " Measure again with the clock set.");
    }
  }

  private static void checkComplete(RunDirectory run) throws StoreException {
    boolean complete =
        run.results().map(r -> r.status() == Results.RunStatus.COMPLETE).orElse(false);
    if (!complete) {
      throw StoreException.cannot(
          run.path()
              + ": the run is not complete: "
              + String.join(" ", run.missing())
              + " A history holds complete runs: measure again.");
    }
  }

  private static String digest(RunDirectory run) throws BadRunDirectoryException {
    return StoreJson.digest(
        bytes(run.path().resolve("environment.json")), bytes(run.path().resolve("rows.json")));
  }

  private static byte[] bytes(Path file) throws BadRunDirectoryException {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new BadRunDirectoryException(
          file + ": cannot be read (" + IoReason.of(e) + "). Make it readable, then try again.");
    }
  }

  private static String revision(Environment environment) {
    Environment.Build build = environment.p2pbench();
    if (build == null) {
      return "unknown";
    }
    return build.revision() + (Boolean.TRUE.equals(build.dirty()) ? "-dirty" : "");
  }

  private static List<StoredRow> rows(MeasuredRun run) throws StoreException {
    List<StoredRow> rows =
        run.rows().values().stream()
            .filter(row -> !row.figures().forks().isEmpty())
            .map(
                row ->
                    new StoredRow(
                        row.row().benchmark(),
                        row.row().machineClass(),
                        row.row().parameters(),
                        metrics(row)))
            .toList();
    if (rows.isEmpty()) {
      throw StoreException.cannot(
          run.run().path() + ": nothing was measured: no row has a fork. Measure again.");
    }
    return rows;
  }

  private static Map<String, StoredValue> metrics(RowValues row) {
    Map<String, StoredValue> metrics = new LinkedHashMap<>();
    for (TrackedMetric metric : TrackedMetric.all()) {
      double[] forks = forks(row, metric);
      Spread.of(forks)
          .ifPresent(s -> metrics.put(metric.name(), new StoredValue(s.median(), forks)));
    }
    return metrics;
  }

  /**
   * A metric that only a part of the forks has is not stored: for a percentile, these would be the
   * fast ones.
   */
  private static double[] forks(RowValues row, TrackedMetric metric) {
    double[] forks =
        row.values().getOrDefault(metric, List.of()).stream()
            .filter(fork -> Double.isFinite(fork.value()))
            .filter(
                fork ->
                    metric.kind() != TrackedMetric.Kind.PERCENTILE
                        || fork.samples() >= Tails.samplesNeeded(metric.percentile()))
            .mapToDouble(ForkValue::value)
            .toArray();
    return forks.length == row.figures().forks().size() ? forks : new double[0];
  }
}
