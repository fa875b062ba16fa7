// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.io.PrintStream;
import java.util.Locale;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** Shows how far a run is and how long it still takes; off a terminal it says nothing. */
final class Progress implements AutoCloseable {

  private final ProgressBar bar;

  private Progress(ProgressBar bar) {
    this.bar = bar;
  }

  static Progress of(String task, int forks, PrintStream err) {
    // System.console() is null as soon as one of the standard streams is no terminal (up to JDK
    // 21).
    boolean terminal = System.console() != null && !"dumb".equals(System.getenv("TERM"));
    if (!terminal) {
      return new Progress(null);
    }
    return new Progress(
        new ProgressBarBuilder()
            .setTaskName(task)
            .setInitialMax(forks)
            .setUnit(" forks", 1)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(500)
            .setConsumer(new me.tongfei.progressbar.ConsoleProgressBarConsumer(err))
            .build());
  }

  void starting(Plan.Fork fork) {
    if (bar != null) {
      bar.setExtraMessage(String.format(Locale.ROOT, " %s", fork.row().id()));
    }
  }

  void done() {
    if (bar != null) {
      bar.step();
    }
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
