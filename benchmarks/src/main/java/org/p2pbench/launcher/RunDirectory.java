// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.p2pbench.doctor.Diagnosis;
import org.p2pbench.doctor.DoctorJson;
import org.p2pbench.doctor.TopologyDrawing;

/**
 * Writes a run directory as {@code reports/run-directory.md} describes it. Thread-safe: a shutdown
 * hook may finish what the main thread is writing. Files are replaced by rename, so that a run
 * killed at any moment leaves whole ones. A file that cannot be written, as on a full disk, ends
 * the run: that is a {@link CommandFailure} of whatever was to be written.
 */
final class RunDirectory implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String ROWS = "rows.json";

  private final Path path;
  private final Plan plan;
  private final String machineClass;
  private final int forksPlanned;
  private final Optional<AbSide> ab;
  private final Map<String, Row> rows = new LinkedHashMap<>();
  private String status = "running";
  private ObjectNode failure;
  private int forksDone;
  private boolean unwritable;

  /** A row so far. */
  private static final class Row {
    private final RowPlan plan;
    private final ArrayNode forks = JSON.createArrayNode();
    private final List<RunResult> results = new ArrayList<>();
    private String status = "measured";
    private String reason;

    private Row(RowPlan plan) {
      this.plan = plan;
    }
  }

  private RunDirectory(Path path, Plan plan, String machineClass, Optional<AbSide> ab) {
    this.path = path;
    this.plan = plan;
    this.machineClass = machineClass;
    this.forksPlanned = plan.forks().size();
    this.ab = ab;
  }

  /** Begins a run, or one side of a comparison, in a directory that was reserved for it. */
  static RunDirectory begin(
      Reservation reserved, Plan plan, String machineClass, Optional<AbSide> ab) {
    RunDirectory directory = new RunDirectory(reserved.path, plan, machineClass, ab);
    directory.writeRows();
    return directory;
  }

  /** A place for a run, given back when closed unless a run has begun there. */
  static final class Reservation implements AutoCloseable {

    private final Path path;
    private final List<Path> made;

    private Reservation(Path path, List<Path> made) {
      this.path = path;
      this.made = made;
    }

    @Override
    public void close() {
      if (Files.exists(path.resolve(ROWS))) {
        return;
      }
      try {
        for (Path directory : made) {
          Files.deleteIfExists(directory);
        }
      } catch (IOException inUse) {
        // Somebody else put something there.
        return;
      }
    }
  }

  /**
   * Checks that a run may be put there, and makes the directory.
   *
   * @param path absent or empty
   * @throws CommandFailure 2 where it holds something or cannot be written
   */
  static Reservation reserve(Path path) {
    requireDirectory(path);
    try {
      refuseOverwriting(path);
      Path histograms = path.resolve("hlog");
      List<Path> made = missing(histograms);
      Files.createDirectories(histograms);
      return new Reservation(path, made);
    } catch (IOException e) {
      throw unwritable(path, e);
    }
  }

  /** Refuses a directory that holds anything, or is none. */
  static void requireEmpty(Path path) {
    requireDirectory(path);
    try {
      refuseOverwriting(path);
    } catch (IOException e) {
      throw unwritable(path, e);
    }
  }

  private static void requireDirectory(Path path) {
    if (Files.exists(path) && !Files.isDirectory(path)) {
      throw new CommandFailure(
          CommandFailure.BAD_INPUT,
          "--out '%s' is not a directory: name one that is new or empty".formatted(path));
    }
  }

  private static CommandFailure unwritable(Path path, IOException e) {
    return new CommandFailure(
        CommandFailure.BAD_INPUT,
        "--out '%s' cannot be written (%s): name a directory that this user may write to"
            .formatted(path, IoReason.of(e)));
  }

  /** Directories that are not there yet, the innermost first. */
  private static List<Path> missing(Path path) {
    List<Path> missing = new ArrayList<>();
    for (Path at = path.toAbsolutePath().normalize();
        at != null && !Files.exists(at);
        at = at.getParent()) {
      missing.add(at);
    }
    return missing;
  }

  private static void refuseOverwriting(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> entries = Files.list(path)) {
      // A run that could not begin leaves an empty one.
      if (entries.anyMatch(p -> !p.getFileName().toString().equals("hlog"))) {
        String what = Files.exists(path.resolve(ROWS)) ? "another run" : "other files";
        throw new CommandFailure(
            CommandFailure.BAD_INPUT,
            "--out '%s' holds %s already, and nothing is overwritten: name a new directory"
                .formatted(path, what));
      }
    }
  }

  Path path() {
    return path;
  }

  /** Where a fork writes its histograms, relative to the directory. */
  static String hlogName(Plan.Fork fork) {
    return "hlog/%s.fork%d.hlog".formatted(fork.row().id(), fork.round());
  }

  synchronized void environment(ObjectNode environment) {
    write("environment.json", environment.toPrettyString());
  }

  /** What the doctor said of the path, and its drawing where there is one. */
  synchronized void diagnosis(Diagnosis diagnosis) {
    write("doctor.json", DoctorJson.of(diagnosis).toPrettyString());
    TopologyDrawing.of(diagnosis).ifPresent(drawing -> write("topology.svg", drawing));
  }

  /** Adds a fork that was measured and writes everything. */
  synchronized void measured(Plan.Fork fork, ObjectNode told, RunResult result) {
    Row row = row(fork.row());
    row.forks.add(told);
    row.results.add(result);
    forksDone++;
    writeRows();
    writeJmh();
  }

  /** Says that the kernel or the machine does not allow a row. */
  synchronized void refused(RowPlan plan, String reason) {
    Row row = row(plan);
    row.status = "refused";
    row.reason = reason;
    writeRows();
  }

  /** Says that a fork of a row, if it is one, failed and with it the run, unless it has ended. */
  synchronized void failed(RowPlan plan, String reason) {
    if (!status.equals("running")) {
      return;
    }
    if (plan != null) {
      Row row = row(plan);
      row.status = "failed";
      row.reason = reason;
    }
    tellFailure(plan, reason);
    end("failed");
  }

  private void tellFailure(RowPlan plan, String reason) {
    failure = JSON.createObjectNode();
    failure.put("row", plan == null ? null : plan.id());
    failure.put("message", reason);
  }

  /** Ends the run with that status, unless it has ended already. */
  synchronized void end(String finalStatus) {
    if (status.equals("running")) {
      status = finalStatus;
      writeRows();
    }
  }

  /** A run that did not come to its end, whatever the reason, is not left as one that goes on. */
  @Override
  public synchronized void close() {
    failed(null, "measuring ended before the last fork: the command's last line says why");
  }

  /** Whether a file could not be written: then nothing else is tried here, such as a report. */
  synchronized boolean unwritable() {
    return unwritable;
  }

  private Row row(RowPlan plan) {
    return rows.computeIfAbsent(plan.id(), id -> new Row(plan));
  }

  private void writeRows() {
    ObjectNode root = JSON.createObjectNode();
    root.put("format", "p2pbench-rows").put("version", 1).put("status", status);
    root.set("failure", failure);
    ab.ifPresent(
        side ->
            root.putObject("ab")
                .put("id", side.id())
                .put("side", side.side())
                .put("stage", side.stage()));
    ObjectNode told =
        root.putObject("plan")
            .put("profile", plan.profile())
            .put("rounds", plan.timing().rounds())
            .put("order", "ABBA")
            .put("forksPlanned", forksPlanned)
            .put("forksDone", forksDone);
    plan.p99BoundNs().ifPresent(bound -> told.put("p99BoundNs", bound));
    ArrayNode list = root.putArray("rows");
    rows.values().forEach(r -> list.add(json(r)));
    write(ROWS, root.toPrettyString());
  }

  private ObjectNode json(Row row) {
    ObjectNode node = JSON.createObjectNode();
    node.put("id", row.plan.id());
    node.put("benchmark", row.plan.question());
    node.put("group", row.plan.group());
    node.set("parameters", JSON.valueToTree(row.plan.parameters()));
    // Where no row of the machine's CMB is measured the machine class is "emulated" anyway; beside
    // CMB rows, system memory of the same machine is of the same class.
    node.put("machineClass", machineClass);
    node.put("status", row.status);
    node.put("reason", row.reason);
    node.set("forks", row.forks);
    return node;
  }

  private void writeJmh() {
    List<RunResult> merged =
        rows.values().stream()
            .filter(r -> !r.results.isEmpty())
            .map(r -> merge(r.results))
            .toList();
    // Not straight into the file: a stream that prints says nothing of a full disk.
    ByteArrayOutputStream json = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(json, false, StandardCharsets.UTF_8)) {
      ResultFormatFactory.getInstance(ResultFormatType.JSON, out).writeOut(merged);
    }
    write("jmh.json", json.toString(StandardCharsets.UTF_8));
  }

  /** One result of as many forks as ran one by one. */
  private static RunResult merge(List<RunResult> forks) {
    Collection<BenchmarkResult> all = new ArrayList<>();
    forks.forEach(f -> all.addAll(f.getBenchmarkResults()));
    return new RunResult(withForks(forks.get(0).getParams(), forks.size()), all);
  }

  private static BenchmarkParams withForks(BenchmarkParams p, int forks) {
    return new BenchmarkParams(
        p.getBenchmark(),
        p.generatedBenchmark(),
        p.shouldSynchIterations(),
        p.getThreads(),
        p.getThreadGroups(),
        p.getThreadGroupLabels(),
        forks,
        p.getWarmupForks(),
        p.getWarmup(),
        p.getMeasurement(),
        p.getMode(),
        workload(p),
        p.getTimeUnit(),
        p.getOpsPerInvocation(),
        p.getJvm(),
        p.getJvmArgs(),
        p.getJdkVersion(),
        p.getVmName(),
        p.getVmVersion(),
        p.getJmhVersion(),
        p.getTimeout());
  }

  private static org.openjdk.jmh.runner.WorkloadParams workload(BenchmarkParams p) {
    org.openjdk.jmh.runner.WorkloadParams params = new org.openjdk.jmh.runner.WorkloadParams();
    int order = 0;
    for (String key : p.getParamsKeys()) {
      params.put(key, p.getParam(key), order++);
    }
    return params;
  }

  private void write(String name, String text) {
    Path file = path.resolve(name);
    Path part = path.resolve(name + ".part");
    try {
      Files.writeString(part, text);
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      delete(part);
      throw unwritten(file, e);
    }
  }

  /** Ends the run with what was written so far. That it failed may still find room. */
  private CommandFailure unwritten(Path file, IOException e) {
    CommandFailure unwritten =
        new CommandFailure(
            CommandFailure.FAILED,
            "'%s' cannot be written (%s): make room or give permission there, or name another --out; what was measured before is kept"
                .formatted(file, IoReason.of(e)));
    if (unwritable) {
      return unwritten;
    }
    unwritable = true;
    if (failure == null && !status.equals("interrupted")) {
      status = "failed";
      tellFailure(null, unwritten.getMessage());
    }
    try {
      writeRows();
    } catch (CommandFailure noRoom) {
      // What is there stays as it is, like that of a run that was killed.
      return unwritten;
    }
    return unwritten;
  }

  private static void delete(Path part) {
    try {
      Files.deleteIfExists(part);
    } catch (IOException leftBehind) {
      // Readers do not look at it.
      return;
    }
  }
}
