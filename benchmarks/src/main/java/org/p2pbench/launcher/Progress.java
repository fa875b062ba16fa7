// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * Shows how far a run is and how long it still takes: a bar on a terminal; elsewhere a line each
 * tenth of the forks. Used by one thread.
 */
final class Progress implements AutoCloseable {

  /** Nobody asks where a shorter run is. */
  private static final Duration SHORT = Duration.ofMinutes(1);

  private static final int LINES = 10;

  private final String task;
  private final int forks;
  private final PrintStream err;
  private final LongSupplier nanoTime;
  private final ProgressBar bar;
  private final boolean lines;
  private final long begun;
  private int done;

  private Progress(
      String task,
      int forks,
      PrintStream err,
      LongSupplier nanoTime,
      ProgressBar bar,
      boolean lines) {
    this.task = task;
    this.forks = forks;
    this.err = err;
    this.nanoTime = nanoTime;
    this.bar = bar;
    this.lines = lines;
    this.begun = nanoTime.getAsLong();
  }

  /**
   * Of so many forks, on a terminal or elsewhere.
   *
   * @param wallTime about how long they take
   */
  static Progress of(String task, int forks, Duration wallTime, PrintStream err) {
    // System.console() is null as soon as one of the standard streams is no terminal (up to JDK
    // 21).
    boolean terminal = System.console() != null && !"dumb".equals(System.getenv("TERM"));
    if (!terminal) {
      return inLines(task, forks, wallTime, err, System::nanoTime);
    }
    ProgressBar bar =
        new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax(forks)
            .setUnit(" forks", 1)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(500)
            .setConsumer(new me.tongfei.progressbar.ConsoleProgressBarConsumer(err))
            .build();
    return new Progress(task, forks, err, System::nanoTime, bar, false);
  }

  /** Where there is no terminal; of what is over in a minute it says nothing. */
  static Progress inLines(
      String task, int forks, Duration wallTime, PrintStream err, LongSupplier nanoTime) {
    return new Progress(task, forks, err, nanoTime, null, wallTime.compareTo(SHORT) > 0);
  }

  void starting(Plan.Fork fork) {
    if (bar != null) {
      bar.setExtraMessage(String.format(Locale.ROOT, " %s", fork.row().id()));
    }
  }

  void done() {
    done++;
    if (bar != null) {
      bar.step();
    }
    if (lines && done < forks && done * LINES / forks > (done - 1) * LINES / forks) {
      long leftNs = (nanoTime.getAsLong() - begun) / done * (forks - done);
      err.printf(
          "%s: %d of %d forks done, about %s to go%n",
          task, done, forks, WallTime.words(Duration.ofNanos(leftNs)));
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
