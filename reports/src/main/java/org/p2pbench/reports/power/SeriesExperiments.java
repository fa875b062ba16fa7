// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.power;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.p2pbench.reports.power.Experiment.Outcome;
import org.p2pbench.reports.power.Generator.Kind;
import org.p2pbench.reports.regression.ChangePoint;
import org.p2pbench.reports.regression.ChangePoints;
import org.p2pbench.reports.regression.RunSeries;

/** Series of runs: changes where there are none, and where there are. */
final class SeriesExperiments {
  private static final double[] LEVELS = {ChangePoints.LIST_ALPHA, ChangePoints.ALERT_ALPHA};
  private static final int[] PLACES = {50, 90, 95, 97};
  private static final int RUNS = 100;
  private static final double MARGIN = 0.05;

  /** Noise, step, outliers; power to come close to at level 0.05 by place, then at 0.02. */
  private static final double[][] STEPS = {
    {0.02, 0.03, 0, 0.86, 0.84, 0.56, 0.28, 0.86, 0.80, 0.40, 0.17},
    {0.02, 0.05, 0, 0.99, 0.99, 0.97, 0.82, 0.99, 0.99, 0.96, 0.74},
    {0.05, 0.03, 0, 0.26, 0.10, 0.05, 0.02, 0.19, 0.07, 0.01, 0},
    {0.05, 0.05, 0, 0.63, 0.43, 0.18, 0.07, 0.62, 0.33, 0.11, 0.03},
    {0.05, 0.10, 0, 0.96, 0.93, 0.85, 0.57, 0.96, 0.92, 0.76, 0.45},
    {0.05, 0.10, 1, 0.94, 0.87, 0.64, 0.41, 0.94, 0.83, 0.51, 0.22},
    {0.10, 0.05, 0, 0.14, 0.07, 0.02, 0, 0.10, 0.04, 0, 0},
    {0.10, 0.10, 0, 0.61, 0.40, 0.16, 0.06, 0.59, 0.28, 0.11, 0.02},
  };

  /** Noise, height, runs that it lasts; share to come close to at level 0.05. */
  private static final double[][] BUMPS = {
    {0.02, 0.05, 5, 0.58}, {0.02, 0.05, 10, 0.85}, {0.05, 0.10, 10, 0.57}, {0.05, 0.10, 20, 0.82},
  };

  private SeriesExperiments() {}

  static List<Experiment> all() {
    List<Experiment> all = new ArrayList<>();
    for (Kind kind : new Kind[] {Kind.NORMAL, Kind.OUTLIERS, Kind.SKEWED}) {
      for (int runs : new int[] {20, 50, 100, 200, 500}) {
        all.add(flat(kind, runs, runs == 500 ? 1_000 : 2_000));
      }
    }
    for (Kind kind : new Kind[] {Kind.AR3, Kind.AR6}) {
      for (int runs : new int[] {20, 50, 100, 200}) {
        all.add(flat(kind, runs, 1_000));
      }
    }
    for (double[] row : STEPS) {
      for (int i = 0; i < PLACES.length; i++) {
        all.add(step(row, i));
      }
    }
    for (double[] row : BUMPS) {
      all.add(bump(row[0], row[1], (int) row[2], row[3]));
    }
    all.add(spike(99, "last"));
    all.add(spike(50, "middle"));
    return all;
  }

  private static Experiment flat(Kind kind, int runs, int repetitions) {
    boolean independent = kind != Kind.AR3 && kind != Kind.AR6;
    List<Outcome> outcomes = new ArrayList<>();
    for (double level : LEVELS) {
      // Correlated runs: one bound, and where blocks cannot help none is promised.
      Bound correlated =
          kind == Kind.AR3 && runs >= 100 && level == 0.05 ? Bound.atMost(0.10) : Bound.NONE;
      outcomes.add(
          new Outcome(
              "a change, level " + level,
              independent ? Bound.level(level, repetitions) : correlated));
    }
    return new Experiment(
        "series",
        "%d runs, A/A, %s".formatted(runs, kind),
        repetitions,
        outcomes,
        (random, seed) -> {
          double[] logs = new Generator(random).runs(runs, kind);
          return atLevels(logs, 0.02, seed, changes -> !changes.isEmpty());
        });
  }

  private static Experiment step(double[] row, int place) {
    int at = PLACES[place];
    double noise = row[0];
    double step = Math.log1p(row[1]) / noise;
    Kind kind = row[2] == 0 ? Kind.NORMAL : Kind.OUTLIERS;
    String name =
        String.format(
            Locale.ROOT,
            "+%.0f %% at run %d of %d, %.0f %% noise, %s",
            row[1] * 100,
            at,
            RUNS,
            noise * 100,
            kind);
    return new Experiment(
        "series",
        name,
        500,
        List.of(
            new Outcome("found within 3, level 0.05", Bound.atLeast(row[3 + place] - MARGIN)),
            new Outcome("found within 3, level 0.02", Bound.atLeast(row[7 + place] - MARGIN))),
        (random, seed) -> {
          double[] logs = new Generator(random).runs(RUNS, kind);
          for (int i = at; i < RUNS; i++) {
            logs[i] += step;
          }
          return atLevels(logs, noise, seed, changes -> hasNear(changes, at, 3));
        });
  }

  private static Experiment bump(double noise, double height, int length, double bound) {
    int at = 45;
    return Experiment.of(
        "series",
        String.format(
            Locale.ROOT, "+%.0f %% for %d runs, %.0f %% noise", height * 100, length, noise * 100),
        500,
        "both ends within 2, level 0.05",
        Bound.atLeast(bound - MARGIN),
        (random, seed) -> {
          double[] logs = new Generator(random).runs(RUNS, Kind.NORMAL);
          for (int i = at; i < at + length; i++) {
            logs[i] += Math.log1p(height) / noise;
          }
          List<ChangePoint> changes = changes(logs, noise, seed, ChangePoints.LIST_ALPHA);
          return hasNear(changes, at, 2) && hasNear(changes, at + length, 2);
        });
  }

  private static Experiment spike(int at, String place) {
    return new Experiment(
        "series",
        "one run 6 sigma off, the " + place,
        1_000,
        List.of(
            new Outcome("a change, level 0.05", Bound.NONE),
            new Outcome("a change, level 0.02", Bound.atMost(0.10))), // the level of alerts
        (random, seed) -> {
          double[] logs = new Generator(random).runs(RUNS, Kind.NORMAL);
          logs[at] += 6;
          return atLevels(logs, 0.02, seed, changes -> !changes.isEmpty());
        });
  }

  private interface Seen {
    boolean in(List<ChangePoint> changes);
  }

  private static double[] atLevels(double[] logs, double noise, long seed, Seen seen) {
    double[] outcomes = new double[LEVELS.length];
    for (int i = 0; i < LEVELS.length; i++) {
      outcomes[i] = seen.in(changes(logs, noise, seed, LEVELS[i])) ? 1 : 0;
    }
    return outcomes;
  }

  private static List<ChangePoint> changes(double[] logs, double noise, long seed, double level) {
    double[] values = new double[logs.length];
    for (int i = 0; i < logs.length; i++) {
      values[i] = Math.exp(noise * logs[i]);
    }
    return ChangePoints.analyse(new RunSeries(Long.toHexString(seed), values), level).changes();
  }

  private static boolean hasNear(List<ChangePoint> changes, int place, int within) {
    return changes.stream().anyMatch(c -> Math.abs(c.index() - place) <= within);
  }
}
