// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.p2pbench.profile.CpuProfiler;
import org.p2pbench.profile.Labels;
import org.p2pbench.transaction.ForkNotes;
import org.p2pbench.transaction.ForkRecord;
import org.p2pbench.transaction.ForkSettings;
import org.p2pbench.transaction.RigException;

/**
 * Runs one JMH fork at a time and puts what JMH measured and what the fork told together. Used by
 * one thread.
 */
final class ForkRunner {

  /** Beyond its iterations, what a fork may take for set-up, proofs and tear-down. */
  private static final Duration ALLOWANCE = Duration.ofMinutes(5);

  /** A fork that told of its failure, or was killed, is given so long to end. */
  private static final Duration LAST_WORDS = Duration.ofSeconds(2);

  private static final Duration POLL = Duration.ofMillis(500);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Profile.Timing timing;
  private final ForkSettings settings;
  private final JmhArguments jmhArguments;
  private final Profilers profilers;
  private final String classPath;
  private final PrintStream jmhLog;

  /**
   * A fork that was measured.
   *
   * @param told its entry in {@code rows.json}
   * @param result what JMH measured
   */
  record Measured(ObjectNode told, RunResult result) {}

  /**
   * Makes a runner.
   *
   * @param timing of every fork
   * @param settings of every fork
   * @param jmhArguments the user's own, which come before what the plan says
   * @param profilers that the user asked for
   * @param classPath of the forks; the benchmarks in it are those of this jar
   * @param jmhLog where JMH prints
   */
  ForkRunner(
      Profile.Timing timing,
      ForkSettings settings,
      JmhArguments jmhArguments,
      Profilers profilers,
      String classPath,
      PrintStream jmhLog) {
    this.timing = timing;
    this.settings = settings;
    this.jmhArguments = jmhArguments;
    this.profilers = profilers;
    this.classPath = classPath;
    this.jmhLog = jmhLog;
  }

  /**
   * Runs a fork.
   *
   * @param fork which
   * @param hlog where its histograms go, null for none
   * @param hlogName the same as the run directory names it
   * @throws RigException why there is no result, in one line
   */
  Measured run(Plan.Fork fork, Path hlog, String hlogName) {
    Profilers.obstacle(fork.row()).ifPresent(ForkRunner::refuse);
    Path recordFile = temporaryFile();
    try {
      final Instant startedAt = Instant.now();
      ForkSettings reporting = settings.reportingTo(recordFile, hlog);
      Collection<RunResult> results = runGuarded(fork, reporting, recordFile);
      ForkRecord record = ForkRecord.read(recordFile).orElse(ForkRecord.EMPTY);
      RunResult result = only(results, record);
      ObjectNode told = JSON.createObjectNode();
      told.put("round", fork.round()).put("position", fork.position());
      told.put("startedAt", startedAt.truncatedTo(ChronoUnit.SECONDS).toString());
      told.put("pagesGot", record.pagesGot());
      told.set("verification", JSON.valueToTree(orNotApplicable(record.verification())));
      told.set("witness", JSON.valueToTree(orNotApplicable(record.witness())));
      told.set("iterations", iterations(result));
      told.put("hlog", hlog != null && Files.exists(hlog) ? hlogName : null);
      profilers.tellMissing(fork.row(), told);
      told.setAll(ForkNotes.read(ForkNotes.beside(recordFile)));
      return new Measured(told, result);
    } finally {
      delete(recordFile);
      delete(ForkNotes.beside(recordFile));
    }
  }

  private static void refuse(String why) {
    throw new RigException(RigException.Kind.REFUSED, why);
  }

  private static ForkRecord.Verification orNotApplicable(ForkRecord.Verification told) {
    return told == null ? ForkRecord.Verification.NOT_APPLICABLE : told;
  }

  private static ForkRecord.Witness orNotApplicable(ForkRecord.Witness told) {
    return told == null ? ForkRecord.Witness.notApplicable() : told;
  }

  /**
   * JMH waits for a fork without limit, and a fork whose thread is stuck in the kernel cannot end:
   * the wait is done aside and given up after a limit.
   */
  private Collection<RunResult> runGuarded(
      Plan.Fork fork, ForkSettings reporting, Path recordFile) {
    OutputFormat out = OutputFormatFactory.createFormatInstance(jmhLog, VerboseMode.NORMAL);
    FutureTask<Collection<RunResult>> task =
        new FutureTask<>(() -> new Runner(options(fork, reporting), out).run());
    // JMH hands its own class path to its forks, and has no option for another.
    System.setProperty("java.class.path", classPath);
    Thread thread = new Thread(task, "p2pbench-fork");
    thread.setDaemon(true);
    thread.start();
    Duration limit =
        jmhArguments
            .ofFork(fork.row().timed(timing))
            .multipliedBy(4)
            .plus(settings.ioTimeout())
            .plus(ALLOWANCE);
    try {
      return await(task, recordFile, limit);
    } catch (ExecutionException e) {
      throw failure(
          recordFile, "the fork failed (%s): see jmh.log".formatted(rootReason(e.getCause())));
    } catch (TimeoutException e) {
      RigException told =
          failure(
              recordFile,
              "the fork did not end within %d s; its process may be stuck in the kernel, see dmesg"
                  .formatted(limit.toSeconds()));
      throw forkCanBeEnded() ? told : hung(told);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RigException(RigException.Kind.FAILED, "interrupted", e);
    }
  }

  /** Waits up to a limit, but not for a fork that has told why it failed and still does not end. */
  private static Collection<RunResult> await(
      FutureTask<Collection<RunResult>> task, Path recordFile, Duration limit)
      throws ExecutionException, InterruptedException, TimeoutException {
    long end = System.nanoTime() + limit.toNanos();
    boolean failed = false;
    while (true) {
      try {
        return task.get(POLL.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException running) {
        if (!failed && ForkRecord.read(recordFile).map(ForkRecord::failure).isPresent()) {
          failed = true;
          end = Math.min(end, System.nanoTime() + LAST_WORDS.toNanos());
        }
        if (System.nanoTime() - end > 0) {
          throw running;
        }
      }
    }
  }

  /** Kills the fork; false where it stays, for one of its threads is stuck in the kernel. */
  private static boolean forkCanBeEnded() {
    List<ProcessHandle> forks = ProcessHandle.current().descendants().toList();
    forks.forEach(ProcessHandle::destroyForcibly);
    long end = System.nanoTime() + LAST_WORDS.toNanos();
    while (forks.stream().anyMatch(ProcessHandle::isAlive)) {
      if (System.nanoTime() - end > 0) {
        return false;
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
    return true;
  }

  private static RigException hung(RigException told) {
    return new RigException(
        RigException.Kind.HUNG,
        told.getMessage()
            + "; process %s cannot end before that, and fresh files stay until a later run"
                .formatted(
                    ProcessHandle.current()
                        .descendants()
                        .map(p -> String.valueOf(p.pid()))
                        .collect(Collectors.joining(", "))));
  }

  /** JMH wraps what happened, and tells of it by suppressed exceptions. */
  private static String rootReason(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null || root.getSuppressed().length > 0) {
      root = root.getCause() != null ? root.getCause() : root.getSuppressed()[0];
    }
    return String.valueOf(root.getMessage()).lines().findFirst().orElse(root.toString());
  }

  private static RunResult only(Collection<RunResult> results, ForkRecord record) {
    if (results.size() == 1 && record.failure() == null) {
      return results.iterator().next();
    }
    if (record.failure() != null) {
      throw new RigException(record.failure().kind(), record.failure().message());
    }
    throw new RigException(RigException.Kind.FAILED, "the fork died without a word: see jmh.log");
  }

  private static RigException failure(Path recordFile, String otherwise) {
    return ForkRecord.read(recordFile)
        .map(ForkRecord::failure)
        .map(f -> new RigException(f.kind(), f.message()))
        .orElseGet(() -> new RigException(RigException.Kind.FAILED, otherwise));
  }

  private Options options(Plan.Fork fork, ForkSettings reporting) {
    RowPlan row = fork.row();
    ChainedOptionsBuilder options =
        jmhArguments
            .of(
                row.timed(timing),
                profilers.moreWarmUps(row),
                jvmArguments(reporting, fork.round()))
            .include("^" + Pattern.quote(row.method()) + "$")
            .threads(row.threads())
            .forks(1)
            .shouldFailOnError(true);
    profilers.addTo(options, row);
    if (row.batch() > 0) {
      options.operationsPerInvocation(row.batch());
    }
    row.jmhParameters().forEach(options::param);
    return options.build();
  }

  /** The round is the seed: twins of one round meet the same arrivals, rounds others. */
  private static List<String> jvmArguments(ForkSettings reporting, int round) {
    List<String> arguments = new ArrayList<>(reporting.jvmArguments());
    arguments.add("-Dp2pbench.seed=" + round);
    arguments.add("--enable-native-access=ALL-UNNAMED");
    String nativePath = System.getProperty("p2pbench.native.path");
    if (nativePath != null) {
      arguments.add("-Dp2pbench.native.path=" + nativePath);
    }
    return arguments;
  }

  private static ArrayNode iterations(RunResult result) {
    ArrayNode iterations = JSON.createArrayNode();
    result.getBenchmarkResults().stream()
        .flatMap(b -> b.getIterationResults().stream())
        .forEach(i -> iterations.add(iteration(i)));
    return iterations;
  }

  private static ObjectNode iteration(IterationResult iteration) {
    ObjectNode node = JSON.createObjectNode();
    node.put("score", iteration.getPrimaryResult().getScore());
    node.put("scoreUnit", iteration.getPrimaryResult().getScoreUnit());
    node.put("seconds", iteration.getParams().getTime().convertTo(TimeUnit.NANOSECONDS) / 1e9);
    copy(iteration, Labels.TRANSACTIONS, node, "transactions");
    copy(iteration, Labels.CPU_USER, node, "cpuUserNs");
    copy(iteration, Labels.CPU_SYSTEM, node, "cpuSystemNs");
    copy(iteration, Labels.VOLUNTARY, node, "voluntarySwitches");
    copy(iteration, Labels.INVOLUNTARY, node, "involuntarySwitches");
    copy(iteration, Labels.PINS_ACQUIRED, node, "pinsAcquired");
    copy(iteration, Labels.PINS_RELEASED, node, "pinsReleased");
    copy(iteration, Labels.DRAM, node, "dramBytes");
    for (String event : CpuProfiler.events()) {
      copy(iteration, Labels.PERF + event, node, event);
    }
    threads(iteration, node);
    copy(iteration, Labels.NEIGHBOUR_BYTES, node, "neighbourBytes");
    copy(iteration, Labels.NEIGHBOUR_NS, node, "neighbourNs");
    Result<?> latency = iteration.getSecondaryResults().get(Labels.NEIGHBOUR_LATENCY);
    if (latency != null) {
      node.put("neighbourLatencyNs", latency.getScore());
    }
    return node;
  }

  private static void threads(IterationResult from, ObjectNode to) {
    if (!from.getSecondaryResults().containsKey(Labels.OF_THREAD + 0)) {
      return;
    }
    ArrayNode threads = to.putArray("threadTransactions");
    Result<?> each = from.getSecondaryResults().get(Labels.OF_THREAD + 0);
    for (int i = 0; each != null; each = from.getSecondaryResults().get(Labels.OF_THREAD + i)) {
      threads.add(Math.round(each.getScore()));
      i++;
    }
  }

  private static void copy(IterationResult from, String label, ObjectNode to, String member) {
    Result<?> result = from.getSecondaryResults().get(label);
    if (result != null) {
      to.put(member, Math.round(result.getScore()));
    }
  }

  private static Path temporaryFile() {
    try {
      Path file = Files.createTempFile("p2pbench-fork", ".json");
      Files.delete(file);
      return file;
    } catch (IOException e) {
      throw new CommandFailure(
          CommandFailure.CANNOT,
          "no temporary file can be made (%s): set java.io.tmpdir to a directory that can be written"
              .formatted(e.getMessage()));
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException leftBehind) {
      // A few hundred bytes in the temporary directory harm nobody.
      return;
    }
  }
}
