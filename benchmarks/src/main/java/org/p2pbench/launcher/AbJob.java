// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.p2pbench.transaction.FreshEnds;

/**
 * Two sides on one machine in alternating forks (A B B A): first the baseline against itself, then
 * few forks of everything, then fresh forks of what looks worse. The verdict is the reporting
 * program's, which shares nothing with this one but the directories. Used by one thread.
 */
final class AbJob {

  /** Rows that the null control measures; it asks of the machine, not of a row. */
  private static final int NULL_ROWS = 3;

  private final PreparedRun a;
  private final PreparedRun b;
  private final Path root;
  private final PrintStream out;
  private final PrintStream err;
  private final String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());

  /**
   * Plans a comparison.
   *
   * @param a the baseline
   * @param b what is compared with it, on the same rows
   * @param root new or empty directory of the comparison
   */
  AbJob(PreparedRun a, PreparedRun b, Path root, PrintStream out, PrintStream err) {
    this.a = a;
    this.b = b;
    this.root = root;
    this.out = out;
    this.err = err;
  }

  /**
   * Checks that the rates of open loops are known before anything is measured: percentages would
   * become other rates on the other side.
   *
   * @throws CommandFailure 2 where they are percentages
   */
  static void requireKnownRates(PreparedRun side) {
    if (side.plan().rows().stream().anyMatch(row -> row.share().isPresent())) {
      throw new CommandFailure(
          CommandFailure.BAD_INPUT,
          "--rate in per cent would be another rate on each side: give transactions per second");
    }
  }

  /**
   * Checks that two sides measure the same rows.
   *
   * @throws CommandFailure 2 where they do not
   */
  static void requireSameRows(PreparedRun a, PreparedRun b) {
    List<String> ofA = a.plan().rows().stream().map(RowPlan::id).toList();
    List<String> ofB = b.plan().rows().stream().map(RowPlan::id).toList();
    if (!ofA.equals(ofB)) {
      String odd =
          ofA.stream()
              .filter(row -> !ofB.contains(row))
              .findFirst()
              .orElseGet(() -> ofB.stream().filter(row -> !ofA.contains(row)).findFirst().get());
      throw new CommandFailure(
          CommandFailure.BAD_INPUT,
          "--a and --b measure different rows, such as '%s' on one side only: let them differ in jar, places or JVM; memories and pinnings are compared by a run's own report"
              .formatted(odd));
    }
  }

  /**
   * Screens and confirms.
   *
   * @param screenForks forks of each side and row in the first stage
   * @param confirmForks fresh forks of what the first stage finds
   * @return exit code of the verdict
   */
  int compare(int screenForks, int confirmForks) {
    requireFreshRoot();
    try (FreshEnds freshA = a.freshEnds();
        FreshEnds freshB = sharesFiles() ? null : b.freshEnds();
        ClassArchive classesA = ClassArchive.make(forks(a, screenForks), a);
        ClassArchive classesB =
            sharesClasses() ? null : ClassArchive.make(forks(b, screenForks), b)) {
      Side sideA = new Side("a", a.between(freshA), classesA);
      Side sideB =
          new Side(
              "b",
              b.between(sharesFiles() ? freshA : freshB),
              sharesClasses() ? classesA : classesB);
      List<RowPlan> rows = a.plan().rows();
      stage(
          "null",
          sideA,
          sideA.named("b"),
          rows.subList(0, Math.min(NULL_ROWS, rows.size())),
          screenForks);
      stage("screen", sideA, sideB, rows, screenForks);
      int screened = Reporting.call(err, "ab", root.toString(), "--stage", "screen");
      if (screened != 0) {
        return screened;
      }
      List<String> worse = screened();
      if (!worse.isEmpty()) {
        stage(
            "confirm",
            sideA,
            sideB,
            rows.stream().filter(row -> worse.contains(row.id())).toList(),
            confirmForks);
      }
    }
    return Reporting.call(err, "ab", root.toString());
  }

  /**
   * Measures the baseline against itself.
   *
   * @param forks of each side and row
   * @return exit code of the reporting program, which says what this machine can see
   */
  int calibrate(int forks) {
    requireFreshRoot();
    try (FreshEnds fresh = a.freshEnds();
        ClassArchive classes = ClassArchive.make(forks(a, forks), a)) {
      Side side = new Side("a", a.between(fresh), classes);
      stage("null", side, side.named("b"), a.plan().rows(), forks);
    }
    return Reporting.call(err, "calibrate", root.toString());
  }

  private void requireFreshRoot() {
    RunDirectory.requireEmpty(root);
    // Given back at once: only whether it can be had is asked here.
    RunDirectory.reserve(root.resolve("null").resolve("a")).close();
  }

  /** The same ends for both sides, where they do not differ in them: files differ on a disk. */
  private boolean sharesFiles() {
    return a.settings().equals(b.settings());
  }

  /** The same jar loads the same classes. */
  private boolean sharesClasses() {
    return a.classPath().equals(b.classPath());
  }

  /** Forks of both sides in the first stage, at least: what an archive of classes is made for. */
  private static int forks(PreparedRun run, int rounds) {
    return 2 * run.plan().rows().size() * rounds;
  }

  private void stage(String stage, Side first, Side second, List<RowPlan> rows, int rounds) {
    Plan plan = a.plan().repeating(rows, rounds);
    out.printf("%s: %d rows, %d forks of each side%n", stage, rows.size(), rounds);
    try (Measured sideA = begin(stage, first, plan);
        Measured sideB = begin(stage, second, plan);
        Progress progress =
            Progress.of(
                stage, 2 * plan.forks().size(), a.planning(plan).wallTime().multipliedBy(2), err)) {
      for (RowPlan row : rows) {
        for (int round = 0; round < rounds; round++) {
          List<Measured> order = round % 2 == 0 ? List.of(sideA, sideB) : List.of(sideB, sideA);
          for (int position = 0; position < order.size(); position++) {
            Plan.Fork fork = new Plan.Fork(row, round, position);
            progress.starting(fork);
            order.get(position).session.measure(fork);
            progress.done();
          }
        }
      }
      sideA.directory.end("complete");
      sideB.directory.end("complete");
    }
  }

  /** One side, throughout the comparison. */
  private record Side(String name, PreparedRun run, ClassArchive classes) {
    /** The same run as if it were the other side. */
    Side named(String other) {
      return new Side(other, run, classes);
    }
  }

  /** One side in one stage. */
  private record Measured(RunDirectory directory, RunSession session) implements AutoCloseable {
    @Override
    public void close() {
      try (directory) {
        session.close();
      }
    }
  }

  private Measured begin(String stage, Side side, Plan plan) {
    PreparedRun run = side.run().planning(plan);
    RunDirectory directory =
        run.begin(
            RunDirectory.reserve(root.resolve(stage).resolve(side.name())),
            run.machine(),
            Optional.of(new AbSide(id, side.name(), stage)));
    try {
      return new Measured(directory, RunSession.open(run, directory, side.classes(), err));
    } catch (RuntimeException e) {
      directory.close();
      throw e;
    }
  }

  /** Rows that the reporting program wants to see again, a line each. */
  private List<String> screened() {
    Path file = root.resolve("screen").resolve("screened.txt");
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new CommandFailure(
          CommandFailure.FAILED,
          "'%s' cannot be read (%s), so nothing can be confirmed; what was measured is kept"
              .formatted(file, IoReason.of(e)));
    }
  }
}
