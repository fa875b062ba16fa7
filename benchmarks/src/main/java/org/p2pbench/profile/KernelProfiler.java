// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.profile;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.HdrHistogram.Histogram;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.profile.ProfilerException;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.runner.IterationType;
import org.p2pbench.tracing.KernelStage;
import org.p2pbench.tracing.KernelTrace;
import org.p2pbench.tracing.StageTimes;
import org.p2pbench.tracing.TraceException;
import org.p2pbench.transaction.ForkNotes;
import org.p2pbench.transaction.Measurements;
import org.p2pbench.transaction.Stage;

/**
 * Where the kernel spends a transaction: pin, submit, device, unmap, unpin, completion, wake-up,
 * for one thread at depth 1. The fork's last warm-up iteration is traced, and no measured one.
 */
public class KernelProfiler implements InternalProfiler {

  /** What was found out, by option: trying takes longer than all else here. */
  private static final Map<String, Found> FOUND = new ConcurrentHashMap<>();

  private static final String OPTION = "tracer=";

  private final KernelTrace.Method method;
  private KernelTrace trace;
  private int warmUps;
  private int measured;
  private Sample sample;
  private String obstacle;
  private final Mean untraced = new Mean();

  /**
   * What came of trying.
   *
   * @param method that works, or null
   * @param obstacle why none does, or null
   */
  private record Found(KernelTrace.Method method, String obstacle) {}

  /** Transactions and the time they took. */
  private static final class Mean {
    private long transactions;
    private double totalNs;

    private void add(Histogram histogram) {
      transactions += histogram.getTotalCount();
      totalNs += histogram.getMean() * histogram.getTotalCount();
    }

    private double ns() {
      return transactions == 0 ? 0 : totalNs / transactions;
    }
  }

  /**
   * What the traced iteration gave.
   *
   * @param times of the kernel's stages
   * @param transactions of which these are
   * @param userNs mean latency that user space saw of all transactions of that iteration
   */
  private record Sample(StageTimes times, double transactions, double userNs) {

    private double ns(KernelStage stage) {
      return times.totalNs(stage) / transactions;
    }

    private double kernelNs() {
      return Arrays.stream(KernelStage.values()).mapToDouble(this::ns).sum();
    }
  }

  /**
   * Made by JMH for its list of profilers, whichever is used: it does nothing, and always works.
   */
  public KernelProfiler() {
    method = null;
  }

  /**
   * Made by JMH in the launcher and in each fork.
   *
   * @param option {@code tracer=function_graph} or {@code tracer=kprobes}; blank: what works here
   * @throws ProfilerException why the kernel cannot be traced here, in one line
   */
  public KernelProfiler(String option) throws ProfilerException {
    Found found = find(option.strip());
    if (found.obstacle != null) {
      throw new ProfilerException("kernel: " + found.obstacle);
    }
    method = found.method;
  }

  /** Why the kernel cannot be traced on this machine, in one line; empty where it can be. */
  public static Optional<String> obstacle() {
    return Optional.ofNullable(find("").obstacle);
  }

  /** The option for forks of this JVM, which need not find out again what works here. */
  public static String optionForForks() {
    Found found = find("");
    return found.method == null ? "" : OPTION + found.method.option();
  }

  private static Found find(String option) {
    return FOUND.computeIfAbsent(
        option,
        o -> {
          try {
            return new Found(method(o), null);
          } catch (TraceException | IllegalArgumentException e) {
            return new Found(null, e.getMessage());
          }
        });
  }

  private static KernelTrace.Method method(String option) {
    if (option.isEmpty()) {
      return KernelTrace.method();
    }
    if (!option.startsWith(OPTION)) {
      throw new IllegalArgumentException(
          "unknown option '%s': tracer=function_graph or tracer=kprobes".formatted(option));
    }
    KernelTrace.Method asked = KernelTrace.Method.parse(option.substring(OPTION.length()));
    KernelTrace.expect(asked);
    return asked;
  }

  @Override
  public String getDescription() {
    return "Where the kernel spends a transaction: pin, submit, device, unmap, unpin, completion,"
        + " wake-up (last warm-up iteration only)";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    Measurements.ofThisFork().startRecording();
    Measurements.ofThisFork().openWindow();
    if (iteration.getType() == IterationType.WARMUP
        && ++warmUps == benchmark.getWarmup().getCount()) {
      begin(benchmark);
    }
  }

  private void begin(BenchmarkParams benchmark) {
    if (!benchmark.getParamsKeys().contains("depth")) {
      obstacle = "this benchmark does no I/O";
      return;
    }
    if (benchmark.getThreads() != 1 || !benchmark.getParam("depth").equals("1")) {
      obstacle = "transactions overlap: stages are told apart for one thread at depth 1";
      return;
    }
    try {
      trace = KernelTrace.open(method);
      trace.start();
    } catch (TraceException e) {
      obstacle = e.getMessage();
      end();
    }
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    Measurements measurements = Measurements.ofThisFork();
    if (trace != null) {
      read(measurements);
      end();
    }
    List<Result<?>> results = new ArrayList<>();
    if (iteration.getType() == IterationType.MEASUREMENT) {
      measured++;
      histogram(measurements, Stage.TRANSACTION).ifPresent(untraced::add);
      if (measured == benchmark.getMeasurement().getCount()) {
        tell(new WindowProfiler.Sink(results));
      }
    }
    return results;
  }

  private void read(Measurements measurements) {
    try {
      trace.stop();
      StageTimes times = trace.read(measurements.openedNs(), measurements.closedNs());
      long transfersEach =
          List.of(Stage.FILL, Stage.DRAIN).stream()
              .filter(stage -> histogram(measurements, stage).isPresent())
              .count();
      double userNs =
          histogram(measurements, Stage.TRANSACTION).map(Histogram::getMean).orElse(0.0);
      if (times.transfers() < transfersEach || transfersEach == 0) {
        obstacle =
            "no I/O of this process was seen in the trace of %.1f s"
                .formatted((measurements.closedNs() - measurements.openedNs()) / 1e9);
        return;
      }
      sample = new Sample(times, (double) times.transfers() / transfersEach, userNs);
    } catch (TraceException e) {
      obstacle = e.getMessage();
    }
  }

  private void end() {
    if (trace != null) {
      try {
        trace.close();
      } catch (TraceException e) {
        obstacle = e.getMessage();
      }
      trace = null;
    }
  }

  private static Optional<Histogram> histogram(Measurements measurements, Stage stage) {
    return Optional.ofNullable(measurements.histograms().get(stage))
        .filter(h -> h.getTotalCount() > 0);
  }

  private void tell(WindowProfiler.Sink sink) {
    if (sample == null) {
      String why =
          obstacle != null ? obstacle : "there was no warm-up iteration to trace: use -wi 1";
      System.err.println("kernel: " + why);
      ForkNotes.ofThisFork().put("kernel", Map.of("unavailable", why));
      return;
    }
    List<Map<String, Object>> stages = new ArrayList<>();
    for (KernelStage stage : KernelStage.values()) {
      double calls = sample.times.calls(stage) / sample.transactions;
      if (sample.ns(stage) > 0 || calls > 0) {
        sink.average("kernel." + stage.label(), sample.ns(stage), "ns/tx");
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("stage", stage.label());
        told.put("functions", List.copyOf(sample.times.functions(stage)));
        told.put("callsPerTransaction", calls);
        told.put("nsPerTransaction", sample.ns(stage));
        stages.add(told);
      }
    }
    sink.average("kernel.sum", sample.kernelNs(), "ns/tx");
    sink.average("kernel.user", sample.userNs, "ns/tx");
    Double slowdown = untraced.ns() > 0 ? sample.userNs / untraced.ns() : null;
    if (slowdown != null) {
      sink.average("kernel.slowdown", slowdown, "x");
    }
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("tracer", method.label());
    told.put("transactions", Math.round(sample.transactions));
    told.put("userNs", sample.userNs);
    told.put("kernelNs", sample.kernelNs());
    told.put("slowdown", slowdown);
    told.put("stages", stages);
    ForkNotes.ofThisFork().put("kernel", told);
  }
}
