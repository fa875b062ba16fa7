// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.p2pbench.reports.rundir.Stage;

/**
 * Makes run directories as run-directory.md describes them, with figures from a seeded generator:
 * the same bytes every time. Latencies are lognormal with a few stalls, forks differ by a few per
 * cent, pinning costs a fixed amount per page.
 */
public final class SampleRun {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int ITERATIONS = 3;

  private final String machineClass;
  private final String cmb;
  private final ObjectNode environment = JSON.createObjectNode();
  private final ObjectNode rowsFile = JSON.createObjectNode();
  private final ArrayNode rows;
  private final Map<String, Histogram[][]> logs = new java.util.LinkedHashMap<>();
  private int rounds = 4;
  private long samplesPerIteration = 4_000;
  private long seed;
  private double drift = 0.02;
  private final Map<Stage, Double> slower = new EnumMap<>(Stage.class);

  private SampleRun(String machineClass, String cmb) {
    this.machineClass = machineClass;
    this.cmb = cmb;
    environment(environment);
    rowsFile.put("format", "p2pbench-rows").put("version", 1).put("status", "complete");
    rowsFile.putNull("failure");
    rowsFile
        .putObject("plan")
        .put("profile", "smoke")
        .put("rounds", 4)
        .put("order", "ABBA")
        .put("forksPlanned", 24)
        .put("forksDone", 24);
    rows = rowsFile.putArray("rows");
  }

  /** A machine without a CMB. */
  public static SampleRun emulated() {
    return new SampleRun("emulated", "cmb-emulated");
  }

  /** A QEMU guest. */
  public static SampleRun lab() {
    SampleRun run = new SampleRun("lab", "cmb");
    run.environment.put("machineClassReason", "QEMU NVMe controller with a CMB of 64 MiB");
    run.environment
        .putObject("lab")
        .put("accelerator", "tcg")
        .put("qemu", "7.2.15")
        .put("topology", "two drives below one switch")
        .put("kernelPackage", "linux-image-7.3.4-amd64")
        .put("kernelSha256", "00ff");
    return run;
  }

  /** A machine with a real CMB. */
  public static SampleRun hardware() {
    SampleRun run = new SampleRun("hardware", "cmb");
    run.environment.put("machineClassReason", "nvme0 has a CMB of 64 MiB");
    ObjectNode cmb = JSON.createObjectNode();
    cmb.put("bytes", 67108864L).put("availableBytes", 66977792L).put("published", true);
    cmb.put("allocatePath", "/sys/bus/pci/devices/0000:03:00.0/p2pmem/allocate");
    run.environment.set(
        "cmb", cmb.deepCopy().put("controller", "nvme0").put("pciAddress", "0000:03:00.0"));
    ObjectNode controller = run.environment.putArray("controllers").addObject();
    controller.put("name", "nvme0").put("pciAddress", "0000:03:00.0").put("model", "Example 9000");
    controller.put("serial", "S1").put("firmware", "1.0").put("numaNode", 0);
    controller.put("linkSpeed", "16.0 GT/s PCIe").put("linkWidth", 4).set("cmb", cmb);
    return run;
  }

  /** Forks of the rows that are added from now on. */
  public SampleRun rounds(int rounds) {
    this.rounds = rounds;
    return this;
  }

  /** Transactions per iteration of the rows that are added from now on. */
  public SampleRun samples(long samplesPerIteration) {
    this.samplesPerIteration = samplesPerIteration;
    return this;
  }

  /** Other chance for the rows that are added from now on: another run of the same. */
  public SampleRun seed(long seed) {
    this.seed = seed;
    return this;
  }

  /** How much slower each round is than the one before, for the rows added from now on. */
  public SampleRun drift(double drift) {
    this.drift = drift;
    return this;
  }

  /** A stage of the rows that are added from now on takes this much longer: 0.1 is 10 %. */
  public SampleRun slower(Stage stage, double share) {
    slower.put(stage, share);
    return this;
  }

  /** environment.json, to be changed. */
  public ObjectNode environment() {
    return environment;
  }

  /** rows.json, to be changed. */
  public ObjectNode rowsFile() {
    return rowsFile;
  }

  /** Takes a row away that was added. */
  public SampleRun withoutRow(int index) {
    logs.remove(rows.remove(index).get("id").asText());
    return this;
  }

  /** Every fork so far has six iterations, each a third faster than the one before. */
  public SampleRun warmingUp() {
    for (var row : rows) {
      for (var fork : row.get("forks")) {
        ArrayNode iterations = (ArrayNode) fork.get("iterations");
        ObjectNode first = (ObjectNode) iterations.get(0);
        iterations.removeAll();
        for (int i = 0; i < 2 * ITERATIONS; i++) {
          double score = first.get("score").asDouble() * Math.pow(4.0 / 3, i);
          iterations.add(first.deepCopy().put("score", score));
        }
      }
    }
    return this;
  }

  /** A row by its place. */
  public ObjectNode row(int index) {
    return (ObjectNode) rows.get(index);
  }

  /** The CMB or its stand-in and RAM, pinned at each transaction, driven by pread and pwrite. */
  public SampleRun twins(long... sizes) {
    for (long bytes : sizes) {
      transfer(Route.of(cmb, "per-transaction", 0, "4KiB"), "sync", bytes, 1, 1);
      transfer(Route.of("ram", "per-transaction", 0, "4KiB"), "sync", bytes, 1, 1);
    }
    return this;
  }

  /** RAM alone, driven by pread and pwrite. */
  public SampleRun bounce(long... sizes) {
    for (long bytes : sizes) {
      transfer(Route.of("ram", "per-transaction", 0, "4KiB"), "sync", bytes, 1, 1);
    }
    return this;
  }

  /** The page cache and RAM, driven by pread and pwrite. */
  public SampleRun buffered(long... sizes) {
    for (long bytes : sizes) {
      transfer(Route.of("page-cache", "none", 0, "4KiB"), "sync", bytes, 1, 1);
    }
    return bounce(sizes);
  }

  /** Everything that a full run has a little of. */
  public SampleRun everything(long... sizes) {
    for (long bytes : sizes) {
      for (String memory : new String[] {cmb, "ram"}) {
        transfer(Route.of(memory, "per-transaction", 0, "4KiB"), "io_uring", bytes, 1, 1);
        if (!memory.equals("cmb")) {
          transfer(Route.of(memory, "registered", 0, "4KiB"), "io_uring", bytes, 1, 1);
        }
      }
      transfer(Route.of("ram", "per-transaction", 1, "4KiB"), "io_uring", bytes, 1, 1);
      transfer(Route.of("ram", "per-transaction", 0, "2MiB"), "io_uring", bytes, 1, 1);
      transfer(Route.of("page-cache", "none", 0, "4KiB"), "io_uring", bytes, 1, 1);
      twins(bytes);
    }
    for (int depth : new int[] {2, 4, 8, 16, 32}) {
      transfer(Route.of(cmb, "per-transaction", 0, "4KiB"), "io_uring", 4096, depth, 1);
      transfer(Route.of("ram", "per-transaction", 0, "4KiB"), "io_uring", 4096, depth, 1);
    }
    for (int threads : new int[] {2, 4}) {
      transfer(Route.of(cmb, "per-transaction", 0, "4KiB"), "sync", 4096, 1, threads);
      transfer(Route.of("ram", "per-transaction", 0, "4KiB"), "sync", 4096, 1, threads);
    }
    if (cmb.equals("cmb")) {
      refused(
          "registered",
          "the kernel refuses to register device memory (EREMOTEIO): a long-term pin may not be"
              + " taken on P2P pages");
    }
    drains(4096, 65536);
    costs();
    return this;
  }

  /** A triad on one CPU beside transfers of each size, and each of the two alone. */
  public SampleRun busyMemory(long... sizes) {
    for (long bytes : sizes) {
      busy(bare("busy-memory", "busy-memory-triad-alone-" + bytes), bytes, true, 1.0);
      for (boolean beside : new boolean[] {false, true}) {
        for (String memory : new String[] {cmb, "ram"}) {
          Route path = Route.of(memory, "per-transaction", 0, "4KiB");
          ObjectNode row = row("busy-memory", path, "sync", bytes, 1, 1);
          row.put("id", row.get("id").asText() + (beside ? "-beside" : "-without"));
          slower.put(Stage.FILL, beside ? 0.25 : 0.0);
          forks(row, path, bytes, 1, 1, List.of(Stage.FILL, Stage.DRAIN, Stage.TRANSACTION), true);
          busy(row, bytes, beside, memory.equals("cmb") ? 0.97 : 0.86);
        }
      }
    }
    slower.remove(Stage.FILL);
    return this;
  }

  private void busy(ObjectNode row, long bytes, boolean loaded, double left) {
    row.put("group", "busy-memory/triad-sequential-t1-s100/sync-" + bytes + "-d1-t1");
    ((ObjectNode) row.get("parameters"))
        .put("load", loaded ? "triad" : "none")
        .put("loadPattern", "sequential")
        .put("loadThreads", 1)
        .put("loadShare", 100)
        .put("loadBytes", 134_217_728L)
        .put("loadCpus", "1")
        .put("transferCpus", "0")
        .put("placement", "apart");
    if (!row.has("forks")) {
      ArrayNode forks = row.putArray("forks");
      for (int round = 0; round < rounds; round++) {
        ObjectNode fork = forks.addObject().put("round", round).put("position", round % 2);
        fork.putArray("iterations").addObject().put("score", 14_000.0 * left);
      }
    }
    Random random = new Random(row.get("id").asText().hashCode() + seed);
    row.get("forks")
        .forEach(
            fork ->
                fork.get("iterations")
                    .forEach(
                        iteration -> {
                          double part = left * Math.exp(0.01 * random.nextGaussian());
                          if (loaded) {
                            ((ObjectNode) iteration)
                                .put("neighbourBytes", (long) (15e9 * part))
                                .put("neighbourNs", 1_000_000_000L)
                                .put("neighbourLatencyNs", 95.0 / part);
                          }
                        }));
  }

  /**
   * A transfer of 4 KiB through RAM with profilers off and on: stages cost 4 % of the time, those
   * of every run 5 %, kernel nothing; memory traffic cannot be counted.
   */
  public SampleRun overheads() {
    Map<String, Double> cost = new java.util.LinkedHashMap<>();
    cost.put("none", 0.0);
    cost.put("stages", 0.04);
    cost.put("stages+pins", 0.041);
    cost.put("stages+kernel", 0.04);
    cost.put("stages+pins+cpu-time", 0.05);
    cost.forEach(this::underProfilers);
    ObjectNode dram = underProfilers("stages+dram", 0);
    dram.put("status", "refused").put("reason", "no uncore_imc events").putArray("forks");
    logs.remove(dram.get("id").asText());
    return this;
  }

  private ObjectNode underProfilers(String profilers, double cost) {
    Route path = Route.of("ram", "per-transaction", 0, "4KiB");
    ObjectNode row = row("overhead", path, "sync", 4096, 1, 1);
    String plain = row.get("id").asText();
    row.put("group", "overhead/" + plain);
    ((ObjectNode) row.get("parameters")).put("transaction", "transfer").put("profilers", profilers);
    List<Stage> stages = List.of(Stage.FILL, Stage.DRAIN, Stage.TRANSACTION);
    stages.forEach(stage -> slower.put(stage, cost));
    double before = drift;
    drift = 0.001;
    forks(row, path, 4096, 1, 1, stages, true);
    drift = before;
    stages.forEach(slower::remove);
    Histogram[][] log = logs.remove(plain);
    row.put("id", plain + "-" + profilers.replace('+', '-'));
    boolean stamped = !profilers.equals("none");
    if (stamped) {
      logs.put(row.get("id").asText(), log);
    }
    for (int round = 0; round < row.get("forks").size(); round++) {
      String hlog = "hlog/" + row.get("id").asText() + ".fork" + round + ".hlog";
      ((ObjectNode) row.get("forks").get(round)).put("hlog", stamped ? hlog : null);
    }
    return row;
  }

  /** A row that the kernel refused. */
  public SampleRun refused(String pinning, String reason) {
    Route path = Route.of(cmb, pinning, 0, "4KiB");
    ObjectNode row = row("transfer", path, "io_uring", 4096, 1, 1);
    row.put("status", "refused").put("reason", reason).putArray("forks");
    return this;
  }

  /**
   * Transfers of 4 KiB in an open loop. The path through RAM does 10,000 of them a second, that
   * through the CMB a quarter more; service takes 100 us and 80 us, and the wait grows as the load
   * nears what a path can do. Beyond that it achieves what it can.
   */
  public SampleRun openLoop(long... rates) {
    for (long rate : rates) {
      for (String memory : new String[] {cmb, "ram"}) {
        Route path = Route.of(memory, "per-transaction", 0, "4KiB");
        ObjectNode row = row("open-loop", path, "io_uring", 4096, 1, 1);
        ((ObjectNode) row.get("parameters")).put("arrivals", "poisson").put("ratePerSecond", rate);
        String load = "-poisson-" + rate;
        row.put("id", row.get("id").asText() + load);
        row.put("group", row.get("group").asText() + load);
        pacedForks(row, path, rate, memory.equals("ram") ? 100_000 : 80_000);
      }
    }
    return this;
  }

  private void pacedForks(ObjectNode row, Route path, long rate, double serviceNs) {
    String id = row.get("id").asText();
    double capacity = 1e9 / serviceNs;
    double load = Math.min(rate / capacity, 0.999);
    Histogram[][] histograms = new Histogram[rounds][2];
    ArrayNode forks = row.putArray("forks");
    for (int round = 0; round < rounds; round++) {
      Random random = new Random(id.hashCode() * 31L + round + 1_000_003L * seed);
      ObjectNode fork = forks.addObject().put("round", round).put("position", round % 2);
      proof(fork, 4096, path);
      Histogram service = new Histogram(3);
      Histogram transaction = new Histogram(3);
      for (long i = 0; i < samplesPerIteration; i++) {
        double served = serviceNs * Math.exp(0.05 * random.nextGaussian());
        double waited = -Math.log(1 - random.nextDouble()) * serviceNs * load / 2 / (1 - load);
        service.recordValue((long) served);
        transaction.recordValue((long) (served + waited));
      }
      service.setTag(Stage.SERVICE.tag());
      transaction.setTag(Stage.TRANSACTION.tag());
      histograms[round] = new Histogram[] {transaction, service};
      iteration(
          fork.putArray("iterations").addObject(), Math.min(rate, capacity), path, 4096, true);
      fork.put("hlog", "hlog/" + id + ".fork" + round + ".hlog");
    }
    logs.put(id, histograms);
  }

  private void drains(long... sizes) {
    for (long bytes : sizes) {
      for (String memory : new String[] {cmb, "ram"}) {
        Route path = Route.of(memory, "per-transaction", 0, "4KiB");
        ObjectNode row = row("drain", path, "sync", bytes, 1, 1);
        forks(row, path, bytes, 1, 1, List.of(Stage.DRAIN, Stage.TRANSACTION), true);
      }
    }
  }

  /** Pinning alone. */
  public SampleRun pins(String memory, String mechanism, String pages, long... sizes) {
    for (long bytes : sizes) {
      ObjectNode row = bare("pin", "pin-%s-%s-%s-%d".formatted(memory, mechanism, pages, bytes));
      ObjectNode p = (ObjectNode) row.get("parameters");
      p.put("memory", memory)
          .put("mechanism", mechanism)
          .put("blockBytes", bytes)
          .put("pages", pages);
      Route path = Route.of(memory, "registered", 0, pages);
      forks(row, path, bytes, 1, 1, List.of(Stage.PIN, Stage.UNPIN), false);
    }
    return this;
  }

  private void costs() {
    pins("ram", "io_uring-register", "4KiB", 4096, 32768, 262144, 2097152);
    pins("ram", "io_uring-register", "2MiB", 2097152);
    for (String to : new String[] {"ram", cmb}) {
      for (long bytes = 4096; bytes <= 2097152; bytes *= 8) {
        ObjectNode row = bare("copy", "copy-ram-" + to + "-" + bytes);
        ObjectNode p = (ObjectNode) row.get("parameters");
        p.put("from", "ram").put("to", to).put("blockBytes", bytes);
        Route path = Route.of(to, "none", 0, "4KiB");
        forks(row, path, bytes, 1, 1, List.of(Stage.COPY), false);
      }
    }
    Map<String, Double> baselines = new java.util.LinkedHashMap<>();
    baselines.put("emptyCall", 152.0);
    baselines.put("timeStamp", 21.0);
    baselines.put("histogramRecord", 4.4);
    baselines.put("emptyTransaction", 31.0);
    baselines.forEach(
        (what, ns) -> {
          ObjectNode row = bare("baseline", "baseline-" + what);
          ((ObjectNode) row.get("parameters")).put("what", what);
          ArrayNode forks = row.putArray("forks");
          for (int round = 0; round < rounds; round++) {
            ObjectNode fork = forks.addObject().put("round", round).put("position", 0);
            fork.putArray("iterations")
                .addObject()
                .put("score", ns * (1 + round * 0.004))
                .put("scoreUnit", "ns/op");
          }
        });
  }

  private void transfer(Route path, String engine, long bytes, int depth, int threads) {
    ObjectNode row = row("transfer", path, engine, bytes, depth, threads);
    List<Stage> stages =
        path.staging > 0
            ? List.of(Stage.FILL, Stage.COPY, Stage.DRAIN, Stage.TRANSACTION)
            : List.of(Stage.FILL, Stage.DRAIN, Stage.TRANSACTION);
    forks(row, path, bytes, depth, threads, stages, true);
  }

  private ObjectNode bare(String benchmark, String id) {
    ObjectNode row = rows.addObject().put("id", id).put("benchmark", benchmark).put("group", id);
    row.putObject("parameters");
    row.put("machineClass", machineClass).put("status", "measured").putNull("reason");
    return row;
  }

  private ObjectNode row(
      String benchmark, Route path, String engine, long bytes, int depth, int threads) {
    String shape = engine + "-" + bytes + "-d" + depth + "-t" + threads;
    String id =
        String.join(
            "-", benchmark, path.memory, path.pinning, shape, "s" + path.staging, path.pages);
    ObjectNode row = bare(benchmark, id);
    row.put("group", benchmark + "/" + shape.replace('-', '/') + "/sequential");
    ((ObjectNode) row.get("parameters"))
        .put("memory", path.memory)
        .put("pinning", path.pinning)
        .put("engine", engine)
        .put("blockBytes", bytes)
        .put("depth", depth)
        .put("threads", threads)
        .put("staging", path.staging)
        .put("pattern", "sequential")
        .put("pages", path.pages);
    return row;
  }

  private void forks(
      ObjectNode row,
      Route path,
      long bytes,
      int depth,
      int threads,
      List<Stage> stages,
      boolean moves) {
    String id = row.get("id").asText();
    Histogram[][] histograms = new Histogram[rounds][];
    ArrayNode forks = row.putArray("forks");
    for (int round = 0; round < rounds; round++) {
      Random random = new Random(id.hashCode() * 31L + round + 1_000_003L * seed);
      double forkFactor = Math.exp(0.015 * random.nextGaussian() + drift * round);
      ObjectNode fork = forks.addObject().put("round", round).put("position", round % 2);
      fork.put("startedAt", "2026-01-31T12:00:0" + round + "Z").put("pagesGot", path.pages);
      if (moves) {
        proof(fork, bytes, path);
      }
      ArrayNode iterations = fork.putArray("iterations");
      histograms[round] = new Histogram[ITERATIONS * stages.size()];
      for (int i = 0; i < ITERATIONS; i++) {
        Map<Stage, Histogram> interval = interval(random, path, bytes, depth, stages, forkFactor);
        int s = 0;
        double busyNs = 0;
        for (Stage stage : stages) {
          Histogram histogram = interval.get(stage);
          histogram.setTag(stage.tag());
          histogram.setStartTimeStamp(1_769_860_800_000L + 1_000L * i);
          histogram.setEndTimeStamp(1_769_860_801_000L + 1_000L * i);
          histograms[round][i * stages.size() + s++] = histogram;
          busyNs += stage == Stage.TRANSACTION ? 0 : histogram.getMean();
        }
        double score = 1e9 / busyNs * Math.pow(depth, 0.6) * Math.pow(threads, 0.8);
        iteration(iterations.addObject(), score, path, bytes, moves);
      }
      fork.put("hlog", "hlog/" + id + ".fork" + round + ".hlog");
    }
    logs.put(id, histograms);
  }

  private static void proof(ObjectNode fork, long bytes, Route path) {
    fork.putObject("verification")
        .put("verdict", "verified")
        .put("blocks", 32)
        .put("bytes", 32 * bytes)
        .put("detail", "32 blocks read back");
    ObjectNode witness = fork.putObject("witness").put("verdict", "proven");
    long pages = 2 * Math.max(1, bytes / 4096) * 32;
    witness
        .putArray("evidence")
        .addObject()
        .put("witness", "pins")
        .put("verdict", "confirms")
        .put(
            "detail",
            path.pinning.equals("per-transaction")
                ? pages + " pins for " + pages + " pages moved"
                : "no pins for " + pages + " pages moved");
  }

  private void iteration(
      ObjectNode iteration, double score, Route path, long bytes, boolean moves) {
    long transactions = Math.round(score * 1.002);
    long pages = Math.max(1, bytes / 4096);
    long pins = path.pinning.equals("per-transaction") ? 2 * pages * transactions : 0;
    iteration.put("score", score).put("scoreUnit", "ops/s").put("seconds", 1.0);
    iteration.put("transactions", transactions);
    if (moves) {
      iteration
          .put("cpuUserNs", 600 * transactions)
          .put("cpuSystemNs", (long) (3_000 + pinNs(path, bytes)) * transactions)
          .put("voluntarySwitches", transactions)
          .put("involuntarySwitches", transactions / 1000)
          .put("pinsAcquired", pins)
          .put("pinsReleased", pins);
    }
  }

  private static double pinNs(Route path, long bytes) {
    if (!path.pinning.equals("per-transaction")) {
      return path.pinning.equals("registered") ? 150 : 0;
    }
    return path.pages.equals("2MiB") ? 400 : 350 + 60.0 * bytes / 4096;
  }

  /** Draws the latencies of one iteration. */
  private Map<Stage, Histogram> interval(
      Random random, Route path, long bytes, int depth, List<Stage> stages, double forkFactor) {
    Map<Stage, Histogram> histograms = new EnumMap<>(Stage.class);
    stages.forEach(stage -> histograms.put(stage, new Histogram(3)));
    for (long i = 0; i < samplesPerIteration; i++) {
      long sum = 0;
      for (Stage stage : stages) {
        if (stage != Stage.TRANSACTION) {
          double typical =
              typicalNs(stage, path, bytes)
                  * forkFactor
                  * Math.pow(depth, 0.4)
                  * (1 + slower.getOrDefault(stage, 0.0));
          double stall = random.nextDouble() < 0.0008 ? 8 + 6 * random.nextDouble() : 1;
          long ns = Math.max(1, (long) (typical * stall * Math.exp(0.12 * random.nextGaussian())));
          histograms.get(stage).recordValue(ns);
          sum += ns;
        }
      }
      if (histograms.containsKey(Stage.TRANSACTION)) {
        histograms.get(Stage.TRANSACTION).recordValue(sum);
      }
    }
    return histograms;
  }

  private static double typicalNs(Stage stage, Route path, long bytes) {
    double direct = path.memory.equals("cmb") ? 0.85 : 1;
    boolean cached = path.memory.equals("page-cache");
    return switch (stage) {
      case FILL -> direct * ((cached ? 2_000 : 6_000) + bytes / 2.8) + pinNs(path, bytes);
      case DRAIN -> direct * ((cached ? 3_000 : 9_000) + bytes / 1.9) + pinNs(path, bytes);
      case COPY -> 80 + bytes / (path.memory.equals("cmb") ? 0.9 : 9.0);
      case PIN -> 700 + (path.pages.equals("2MiB") ? 200 : 25.0 * bytes / 4096);
      case UNPIN -> 600 + (path.pages.equals("2MiB") ? 100 : 12.0 * bytes / 4096);
      case TRANSACTION, SERVICE, NEIGHBOUR -> throw new IllegalArgumentException("not drawn");
    };
  }

  /** Writes the directory and returns it. */
  public Path write(Path directory) throws IOException {
    Files.createDirectories(directory.resolve("hlog"));
    writeJson(directory.resolve("environment.json"), environment);
    writeJson(directory.resolve("rows.json"), rowsFile);
    Files.writeString(directory.resolve("jmh.json"), "[]\n");
    for (Map.Entry<String, Histogram[][]> log : logs.entrySet()) {
      for (int round = 0; round < log.getValue().length; round++) {
        Path file = directory.resolve("hlog/" + log.getKey() + ".fork" + round + ".hlog");
        writeLog(file, log.getValue()[round]);
      }
    }
    return directory;
  }

  private static void writeLog(Path file, Histogram[] intervals) throws IOException {
    try (PrintStream out = new PrintStream(Files.newOutputStream(file), false, "UTF-8")) {
      HistogramLogWriter writer = new HistogramLogWriter(out);
      writer.outputLogFormatVersion();
      writer.outputStartTime(1_769_860_800_000L);
      writer.outputLegend();
      for (Histogram interval : intervals) {
        writer.outputIntervalHistogram(interval);
      }
    }
  }

  private static void writeJson(Path file, ObjectNode node) throws IOException {
    Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node) + "\n");
  }

  private void environment(ObjectNode e) {
    e.put("format", "p2pbench-environment").put("version", 1);
    e.putObject("p2pbench")
        .put("version", "0.1.0")
        .put("revision", "1a2b3c4")
        .put("dirty", false)
        .put("abi", 1);
    e.put("machineClass", machineClass);
    e.put("machineClassReason", "no NVMe controller with a CMB on this machine");
    e.put("startedAt", "2026-01-31T12:00:00Z");
    e.putArray("commandLine").add("run").add("--profile").add("smoke");
    e.putObject("host")
        .put("kernel", "6.12.1")
        .put("os", "Debian GNU/Linux 12 (bookworm)")
        .put("architecture", "x86_64")
        .put("virtualization", "kvm")
        .put("bootParameters", "quiet");
    e.putObject("cpu")
        .put("model", "Example CPU")
        .put("sockets", 1)
        .put("cores", 2)
        .put("threads", 2)
        .put("governor", "unknown")
        .put("clockSource", "tsc")
        .put("stampSource", "tsc");
    e.putObject("memory")
        .put("totalBytes", 25769803776L)
        .put("basePageBytes", 4096)
        .put("hugePages", 0)
        .put("transparentHugePages", "madvise");
    e.putArray("numa").addObject().put("node", 0).put("cpus", "0-1").putNull("memoryBytes");
    e.putObject("iommu").put("mode", "none").put("groups", 0);
    e.putObject("source")
        .put("path", "/data/source")
        .put("kind", "file")
        .put("bytes", 268435456)
        .put("filesystem", "ext4")
        .put("mountOptions", "rw,relatime")
        .put("blockDevice", "vda")
        .put("logicalBlockBytes", 512)
        .put("scheduler", "none")
        .putNull("controller");
    e.putNull("target");
    e.putNull("cmb");
    e.putArray("controllers");
    e.putArray("pciTopology");
    e.putObject("jvm")
        .put("version", "17.0.15+6")
        .put("vendor", "Debian")
        .put("name", "OpenJDK 64-Bit Server VM")
        .putArray("flags");
    e.putNull("lab");
  }

  /** Memory, pinning, staging and pages of a path. */
  private record Route(String memory, String pinning, int staging, String pages) {
    static Route of(String memory, String pinning, int staging, String pages) {
      return new Route(memory, pinning, staging, pages);
    }
  }

  /** Writes samples for looking at: {@code KIND DIRECTORY}. */
  public static void main(String[] arguments) throws IOException {
    SampleRun run =
        switch (arguments[0]) {
          case "hardware" -> hardware();
          case "lab" -> lab();
          default -> emulated();
        };
    run.samples(40_000)
        .everything(4096, 16384, 65536, 262144, 1048576)
        .busyMemory(65536, 1048576)
        .openLoop(2000, 5000, 8000, 9500, 11500)
        .rounds(8)
        .overheads()
        .write(Path.of(arguments[1]));
  }
}
