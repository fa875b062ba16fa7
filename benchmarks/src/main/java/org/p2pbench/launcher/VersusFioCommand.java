// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.p2pbench.transaction.ForkSettings;
import org.p2pbench.transaction.FreshEnds;
import org.p2pbench.transaction.MemoryChoice;
import org.p2pbench.transaction.RigException;
import org.p2pbench.transaction.TransferSpec;
import org.p2pbench.transfer.Engine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code versus-fio}: the same drain by p2pbench and by fio, in alternating pairs. */
@Command(
    name = "versus-fio",
    mixinStandardHelpOptions = true,
    description = {
      "Measures the same drain by p2pbench and by fio in alternating pairs on one fresh file. The"
          + " last line is 'ratio MEDIAN': p2pbench's rate to fio's.",
      "",
      "Both write the same blocks in the same order with O_DIRECT; p2pbench stamps and records every"
          + " transaction, fio takes its latency statistics, each as it does by default."
    },
    footer = {
      "",
      "Examples:",
      "  @|bold ${ROOT-COMMAND-NAME} versus-fio|@",
      "  @|bold ${ROOT-COMMAND-NAME} versus-fio --case uring-128k --dir /mnt/nvme --pairs 9|@",
      "",
      "Exit codes: 0 measured; 1 one of the two failed; 2 bad input; 3 cannot be done on this"
          + " machine."
    })
final class VersusFioCommand implements Callable<Integer> {

  /** ENOENT, as JDK 17 and as later ones put it. */
  private static final Pattern NOT_THERE = Pattern.compile("\\berror[=:] ?2\\b");

  private static final long SPAN_BYTES = 64L << 20;
  private static final int DISK_SPAN_FACTOR = 8;

  @Option(
      names = "--case",
      paramLabel = "NAME",
      description =
          "sync-4k: 4 KiB, sync, depth 1, on tmpfs, where nothing but the loop counts (default);"
              + " uring-128k: 128 KiB, io_uring, depth 32, on the disk below --dir.")
  private String name = "sync-4k";

  @Option(names = "--pairs", paramLabel = "N", description = "Pairs. Default: ${DEFAULT-VALUE}.")
  private int pairs = 5;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "Length of each measurement. Default: ${DEFAULT-VALUE}.")
  private int seconds = 3;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description =
          "Where the file goes. Default: /dev/shm for sync-4k, the working directory for uring-128k.")
  private Path dir;

  VersusFioCommand() {}

  /** One way to compare. */
  private record Case(Engine engine, long blockBytes, int depth, String fioEngine, Path dir) {}

  @Override
  public Integer call() {
    try (Interruption interruption = Interruption.expect(() -> {})) {
      try {
        return measure();
      } catch (RuntimeException e) {
        interruption.awaitEndIfBegun();
        throw e;
      }
    }
  }

  private int measure() {
    Case chosen = chosen();
    if (!Files.isDirectory(chosen.dir)) {
      throw new CommandFailure(
          CommandFailure.BAD_INPUT,
          "--dir '%s' is no directory that can be seen: make it, or give another"
              .formatted(chosen.dir));
    }
    String version = fioVersion();
    TransferSpec spec =
        TransferSpec.of(MemoryChoice.RAM, chosen.engine, chosen.blockBytes)
            .scaled(chosen.depth, 1)
            .drainOnly();
    long span = chosen.depth > 1 ? SPAN_BYTES * DISK_SPAN_FACTOR : SPAN_BYTES;
    ForkSettings settings = ForkSettings.freshBelow(chosen.dir, span);
    Stuck stuck = new Stuck(settings.ioTimeout(), System.err);
    try (FreshEnds fresh =
        stuck.unlessWriting(
            span,
            "writing a fresh file below '%s'".formatted(settings.dir()),
            () -> FreshEnds.make(settings, false))) {
      Path target = fresh.ends().targets().get(0);
      System.out.printf(
          "%s, %s, depth %d, %s: p2pbench against %s %s%n",
          ByteSize.format(chosen.blockBytes),
          "sequential drain",
          chosen.depth,
          chosen.dir,
          version,
          chosen.fioEngine);
      double[] ratios = compare(chosen, spec, fresh.ends(), target);
      Arrays.sort(ratios);
      System.out.printf(
          Locale.ROOT,
          "spread %.3f to %.3f over %d pairs%n",
          ratios[0],
          ratios[ratios.length - 1],
          ratios.length);
      System.out.printf(Locale.ROOT, "ratio %.3f%n", median(ratios));
    }
    return 0;
  }

  private Case chosen() {
    if (pairs < 1 || seconds < 1) {
      throw new CommandFailure(
          CommandFailure.BAD_INPUT, "--pairs and --seconds are at least 1: raise them");
    }
    return switch (name) {
      case "sync-4k" ->
          new Case(Engine.SYNC, 4096, 1, "psync", dir == null ? Path.of("/dev/shm") : dir);
      case "uring-128k" ->
          new Case(Engine.IO_URING, 131_072, 32, "io_uring", dir == null ? Path.of(".") : dir);
      default ->
          throw new CommandFailure(
              CommandFailure.BAD_INPUT,
              "unknown case '%s': one of sync-4k, uring-128k".formatted(name));
    };
  }

  private double[] compare(Case chosen, TransferSpec spec, ForkSettings settings, Path target) {
    double[] ratios = new double[pairs];
    for (int pair = 0; pair < pairs; pair++) {
      double ours;
      double theirs;
      if (pair % 2 == 0) {
        ours = ours(spec, settings, pair);
        theirs = fio(chosen, target);
      } else {
        theirs = fio(chosen, target);
        ours = ours(spec, settings, pair);
      }
      ratios[pair] = ours / theirs;
      System.out.printf(
          Locale.ROOT,
          "pair %d: p2pbench %,.0f/s, fio %,.0f/s, ratio %.3f%n",
          pair + 1,
          ours,
          theirs,
          ratios[pair]);
    }
    return ratios;
  }

  private static double median(double[] sorted) {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : Math.sqrt(sorted[middle - 1] * sorted[middle]);
  }

  private double ours(TransferSpec spec, ForkSettings settings, int pair) {
    Profile.Timing timing =
        new Profile.Timing(1, 1, Duration.ofSeconds(1), 1, Duration.ofSeconds(seconds));
    PrintStream silent = new PrintStream(OutputStream.nullOutputStream());
    ForkRunner runner =
        new ForkRunner(
            timing,
            settings,
            JmhArguments.none(),
            Profilers.NONE,
            PreparedRun.OWN_CLASS_PATH,
            silent);
    try {
      return runner
          .run(new Plan.Fork(RowPlan.of(spec), pair, 0), null, null)
          .result()
          .getPrimaryResult()
          .getScore();
    } catch (RigException e) {
      if (e.kind() == RigException.Kind.HUNG) {
        throw Stuck.halt(System.err, e.getMessage());
      }
      throw e;
    }
  }

  private double fio(Case chosen, Path target) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "fio",
                "--name=drain",
                "--rw=write",
                "--direct=1",
                "--thread",
                "--time_based",
                "--ramp_time=1",
                "--output-format=json",
                "--overwrite=1",
                "--allow_file_create=0"));
    command.add("--filename=" + target);
    command.add("--ioengine=" + chosen.fioEngine);
    command.add("--bs=" + chosen.blockBytes);
    command.add("--iodepth=" + chosen.depth);
    command.add("--runtime=" + seconds);
    if (chosen.depth > 1) {
      command.add("--registerfiles=1");
    }
    Duration patience = ForkSettings.DEFAULT_IO_TIMEOUT.plusSeconds(seconds + 1L);
    String output =
        new Stuck(patience, System.err)
            .unless("fio on '%s'".formatted(target), () -> execute(command));
    try {
      JsonNode json = new ObjectMapper().readTree(output.substring(output.indexOf('{')));
      return json.at("/jobs/0/write/iops").asDouble();
    } catch (IOException | RuntimeException e) {
      throw new CommandFailure(
          CommandFailure.FAILED, "fio's output could not be read: " + output.strip());
    }
  }

  private static String fioVersion() {
    return execute(List.of("fio", "--version")).strip();
  }

  private static String execute(List<String> command) {
    Process process = start(command);
    try {
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (process.waitFor() != 0) {
        throw new CommandFailure(
            CommandFailure.FAILED, "'%s' failed: %s".formatted(String.join(" ", command), output));
      }
      return output;
    } catch (IOException e) {
      throw new CommandFailure(
          CommandFailure.FAILED,
          "what '%s' says cannot be read (%s): try again"
              .formatted(String.join(" ", command), IoReason.of(e)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure(CommandFailure.FAILED, "interrupted");
    }
  }

  private static Process start(List<String> command) {
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      String reason = String.valueOf(e.getMessage());
      throw new CommandFailure(
          CommandFailure.CANNOT,
          NOT_THERE.matcher(reason).find()
              ? "fio is not installed: apt-get install fio, or ./run.sh test"
              : "fio cannot be started (%s): see that the fio in PATH can be executed"
                  .formatted(reason));
    }
  }
}
