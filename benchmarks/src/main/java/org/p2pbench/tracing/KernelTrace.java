// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.tracing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.LineNumberReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.StringTokenizer;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A trace of the kernel's I/O functions, recorded from {@link #start} to {@link #stop} into an
 * instance of its own. Nothing of it is left after {@link #close}, and what a killed process leaves
 * goes with {@link Tracefs#removeLeftovers}. Used by one thread.
 */
public final class KernelTrace implements AutoCloseable {

  private static final Path KALLSYMS = Path.of("/proc/kallsyms");

  /** Room for events on all CPUs together, and the least and most for each. */
  private static final int BUFFER_KIB = 64 << 10;

  private static final int LEAST_KIB = 1 << 10;
  private static final int MOST_KIB = 8 << 10;

  private static final List<String> GRAPH_OPTIONS =
      List.of("funcgraph-abstime", "funcgraph-proc", "funcgraph-tail", "nofuncgraph-overhead");

  private final Tracefs tracefs;
  private final Method method;
  private final String name = Tracefs.ownName();
  private final Path instance;
  private final Thread hook = new Thread(this::clear, "p2pbench-trace-end");
  private Set<Long> tids = Set.of();

  /** How functions are timed. */
  public enum Method {
    /** The tracer of that name. */
    FUNCTION_GRAPH("function_graph", "function_graph"),
    /** A probe at the begin and one at the end of each function. */
    PROBES("kprobe events", "kprobes");

    private final String label;
    private final String option;

    Method(String label, String option) {
      this.label = label;
      this.option = option;
    }

    /** The name in options. */
    public String option() {
      return option;
    }

    /** The name in results. */
    public String label() {
      return label;
    }

    /**
     * The method of that name.
     *
     * @throws IllegalArgumentException names the methods there are
     */
    public static Method parse(String text) {
      return Arrays.stream(values())
          .filter(method -> method.option.equals(text))
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "unknown tracer '%s': one of function_graph, kprobes".formatted(text)));
    }
  }

  private KernelTrace(Tracefs tracefs, Method method) {
    this.tracefs = tracefs;
    this.method = method;
    this.instance = tracefs.instance(name);
  }

  /**
   * Finds out which way of tracing really works here, by doing it for a moment.
   *
   * @throws TraceException why none does, in one line
   */
  public static Method method() {
    List<String> obstacles = new ArrayList<>();
    for (Method method : Method.values()) {
      try {
        tryOut(method);
        return method;
      } catch (TraceException e) {
        obstacles.add(e.getMessage());
      }
    }
    throw new TraceException(
        obstacles.stream().distinct().collect(Collectors.joining("; kprobe events: ")));
  }

  private static void tryOut(Method method) {
    open(method).close();
  }

  /**
   * Looks whether one way of tracing can be expected to work, without doing it.
   *
   * @throws TraceException why not, in one line
   */
  public static void expect(Method method) {
    Tracefs tracefs = Tracefs.ofThisMachine();
    if (method == Method.FUNCTION_GRAPH && !tracefs.tracers().contains("function_graph")) {
      throw new TraceException("this kernel has no function_graph tracer");
    }
    if (method == Method.PROBES && !Files.isWritable(tracefs.probes())) {
      throw new TraceException("this kernel has no kprobe events for this user");
    }
  }

  /**
   * Prepares a trace; nothing is recorded yet.
   *
   * @throws TraceException why that does not work here, in one line
   */
  public static KernelTrace open(Method method) {
    Tracefs.removeLeftovers();
    KernelTrace trace = new KernelTrace(Tracefs.ofThisMachine(), method);
    Runtime.getRuntime().addShutdownHook(trace.hook);
    try {
      trace.prepare();
      return trace;
    } catch (TraceException e) {
      trace.close();
      throw e;
    }
  }

  private void prepare() {
    expect(method);
    SortedMap<String, List<Integer>> functions = functions();
    KernelFunctions.check(functions.keySet());
    try {
      Files.createDirectory(instance);
    } catch (IOException e) {
      throw Tracefs.failed(instance, e);
    }
    Tracefs.write(instance.resolve("tracing_on"), "0");
    Tracefs.write(instance.resolve("trace_clock"), "mono");
    Tracefs.write(instance.resolve("options/overwrite"), "0");
    int cpus = Runtime.getRuntime().availableProcessors();
    int kib = Math.max(LEAST_KIB, Math.min(MOST_KIB, BUFFER_KIB / cpus));
    Tracefs.write(instance.resolve("buffer_size_kb"), String.valueOf(kib));
    if (method == Method.FUNCTION_GRAPH) {
      filter(functions);
      Tracefs.write(instance.resolve("current_tracer"), "function_graph");
      GRAPH_OPTIONS.forEach(o -> Tracefs.write(instance.resolve("trace_options"), o));
    } else {
      functions.keySet().forEach(this::probe);
      Tracefs.write(instance.resolve("events").resolve(name).resolve("enable"), "1");
    }
    for (String event : TraceParser.REQUEST_EVENTS.keySet()) {
      Tracefs.write(instance.resolve("events/block").resolve(event).resolve("enable"), "1");
    }
  }

  private void probe(String function) {
    Tracefs.append(tracefs.probes(), "p:%s/e_%s %s".formatted(name, function, function));
    Tracefs.append(tracefs.probes(), "r:%s/x_%s %s".formatted(name, function, function));
  }

  /**
   * Has these functions traced alone. They are told by number: for each name the kernel would look
   * up the symbol of every function that it can trace, which takes it minutes on a slow machine
   * with large modules. Numbers move where a module comes or goes meanwhile: then it is names.
   */
  private void filter(SortedMap<String, List<Integer>> functions) {
    Path file = instance.resolve("set_ftrace_filter");
    String numbers =
        functions.values().stream()
            .flatMap(List::stream)
            .map(String::valueOf)
            .collect(Collectors.joining(" "));
    try {
      Tracefs.write(file, numbers);
      if (filtered(file).equals(functions.keySet())) {
        return;
      }
    } catch (TraceException outOfRange) {
      // as good as other functions
    }
    Tracefs.write(file, String.join(" ", functions.keySet()));
  }

  private static Set<String> filtered(Path file) {
    return Tracefs.lines(file).stream()
        .map(line -> line.split(" ", 2)[0])
        .collect(Collectors.toSet());
  }

  /**
   * Those of the functions we know that this kernel has, each with its line numbers, from 1, in the
   * list that it is from: of static functions there may be several of a name.
   */
  private SortedMap<String, List<Integer>> functions() {
    Path list = tracefs.functions();
    if (!Files.exists(list)) {
      list = KALLSYMS;
    }
    Set<String> candidates = KernelFunctions.candidates();
    // Lines are "name [module]" or, in kallsyms, "address type name\t[module]".
    int word = list == KALLSYMS ? 2 : 0;
    SortedMap<String, List<Integer>> functions = new TreeMap<>();
    try (LineNumberReader lines = new LineNumberReader(Files.newBufferedReader(list))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        StringTokenizer words = new StringTokenizer(line);
        String name = words.countTokens() > word ? nth(words, word) : "";
        if (candidates.contains(name)) {
          functions.computeIfAbsent(name, n -> new ArrayList<>()).add(lines.getLineNumber());
        }
      }
      return functions;
    } catch (IOException e) {
      throw Tracefs.failed(list, e);
    }
  }

  private static String nth(StringTokenizer words, int n) {
    for (int i = 0; i < n; i++) {
      words.nextToken();
    }
    return words.nextToken();
  }

  /** Begins to record. */
  public void start() {
    tids = threads();
    Tracefs.write(instance.resolve("tracing_on"), "1");
  }

  /** Records no more; tracing costs until {@link #close}. */
  public void stop() {
    Tracefs.write(instance.resolve("tracing_on"), "0");
    tids = new HashSet<>(tids);
    tids.addAll(threads());
  }

  /** The threads of this process, the kernel's workers for it included. */
  private static Set<Long> threads() {
    String[] names = Path.of("/proc/self/task").toFile().list();
    return names == null
        ? Set.of()
        : Arrays.stream(names).map(Long::parseLong).collect(Collectors.toSet());
  }

  /**
   * Adds up where the time of this process's I/Os went. Where the buffer was full the I/Os from
   * then on are left out.
   *
   * @param fromNs I/Os that begin earlier are left out, by {@link System#nanoTime}
   * @param toNs I/Os that end later are left out
   */
  public StageTimes read(long fromNs, long toNs) {
    List<TraceEvent> events = new ArrayList<>();
    Path file = instance.resolve("trace");
    try (BufferedReader lines = Files.newBufferedReader(file)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (method == Method.FUNCTION_GRAPH) {
          TraceParser.graph(line, events);
        } else {
          TraceParser.probes(line, events);
        }
      }
    } catch (IOException e) {
      throw Tracefs.failed(file, e);
    }
    return Transfers.add(events, tids, fromNs, Math.min(toNs, wholeUntil(events)));
  }

  /** Until when no CPU's buffer was full. */
  private long wholeUntil(List<TraceEvent> events) {
    long untilNs = Long.MAX_VALUE;
    for (int cpu : events.stream().map(TraceEvent::cpu).collect(Collectors.toSet())) {
      Path stats = instance.resolve("per_cpu/cpu" + cpu).resolve("stats");
      boolean dropped =
          Tracefs.lines(stats).stream()
              .anyMatch(line -> line.startsWith("dropped events: ") && !line.endsWith(": 0"));
      if (dropped) {
        long lastNs =
            events.stream()
                .filter(e -> e.cpu() == cpu)
                .mapToLong(TraceEvent::atNs)
                .max()
                .getAsLong();
        untilNs = Math.min(untilNs, lastNs);
      }
    }
    return untilNs;
  }

  @Override
  public void close() {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException ending) {
      return; // the hook clears
    }
    clear();
  }

  private void clear() {
    tracefs.remove(name);
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s in %s", method.label(), instance);
  }
}
