// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.p2pbench.reports.charts.Units;
import org.p2pbench.reports.regression.Change;
import org.p2pbench.reports.regression.Verdict;

/** The words of all outputs. */
final class Wording {
  private Wording() {}

  /** "regressed", "cannot tell". */
  static String verdict(Verdict verdict) {
    return verdict.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** The same, with "(waived)" where it is let pass. */
  static String verdict(MetricChange change) {
    return verdict(change.verdict()) + (change.waiver().isPresent() ? " (waived)" : "");
  }

  /** "12.3 µs → 13.6 µs". */
  static String values(MetricChange change) {
    String before =
        change.change().method() == Change.Method.HISTORY
            ? pastLevel(change)
            : value(change, change.baseline());
    return before + " → " + value(change, change.candidate());
  }

  /** Of all the stored runs that the candidate is held against, not of the newest one alone. */
  private static String pastLevel(MetricChange change) {
    return MetricChange.median(change.candidate())
        .map(head -> change.metric().text(head / change.change().ratio()))
        .orElse("not measurable");
  }

  static String value(MetricChange change, double[] forks) {
    if (forks.length == 0) {
      return "none";
    }
    return MetricChange.median(forks).map(change.metric()::text).orElse("not measurable");
  }

  /** "+10.4 % [+8.0 %, +12.9 %]", or "" where there is no ratio. */
  static String effect(MetricChange change) {
    Change c = change.change();
    String interval = interval(change);
    return point(c.ratio()) + (interval.isEmpty() ? "" : " " + interval);
  }

  /** "[+8.0 %, +12.9 %]", or "" where there is none. */
  static String interval(MetricChange change) {
    Change c = change.change();
    boolean known = Double.isFinite(c.low()) && Double.isFinite(c.high());
    return !known || c.method() == Change.Method.EXACT
        ? ""
        : "[" + percent(c.low()) + ", " + percent(c.high()) + "]";
  }

  private static String point(double ratio) {
    return Double.isFinite(ratio) ? percent(ratio) : "";
  }

  /** A ratio as signed percent of change: "+10.4 %". */
  static String percent(double ratio) {
    double percent = (ratio - 1) * 100;
    if (Math.abs(percent) < 0.005) {
      return "±0 %";
    }
    String digits =
        Math.abs(percent) < 0.1
            ? String.format(Locale.ROOT, "%.2f", Math.abs(percent))
            : Math.abs(percent) < 100
                ? String.format(Locale.ROOT, "%.1f", Math.abs(percent))
                : Units.number(Math.abs(percent));
    return (percent < 0 ? "−" : "+") + digits + " %";
  }

  /** Why the verdict is what it is, with what else a reader should know. */
  static String reason(MetricChange change) {
    List<String> parts = new ArrayList<>();
    parts.add(change.judgement().reason());
    change.change().warnings().stream()
        .filter(warning -> !parts.get(0).contains(warning))
        .forEach(parts::add);
    modes(change).ifPresent(parts::add);
    medians(change).ifPresent(parts::add);
    int outliers = change.change().outliers().size();
    if (outliers > 0) {
      parts.add(outliers == 1 ? "1 fork lies far off" : outliers + " forks lie far off");
    }
    change.waiver().ifPresent(waiver -> parts.add("waived: " + waiver));
    return String.join("; ", parts);
  }

  /**
   * What the two values shown would say, where that is another thing: the change is of means on the
   * log scale, without outliers, which sees more than medians do.
   */
  private static Optional<String> medians(MetricChange change) {
    Change c = change.change();
    boolean ofForks = c.method().judges() && c.method() != Change.Method.HISTORY;
    Optional<Double> before = MetricChange.median(change.baseline());
    Optional<Double> after = MetricChange.median(change.candidate());
    if (!ofForks || before.isEmpty() || after.isEmpty() || !(c.halfWidth() > 0)) {
      return Optional.empty();
    }
    double ratio = after.get() / before.get();
    double apart = Math.abs(Math.log(ratio / c.ratio()));
    return apart > c.halfWidth() / 2
        ? Optional.of("medians alone: " + percent(ratio))
        : Optional.empty();
  }

  private static Optional<String> modes(MetricChange change) {
    return change
        .change()
        .modes()
        .map(
            modes ->
                String.format(
                    Locale.ROOT,
                    "forks fall into two groups: %.0f %% then %.0f %% above %s",
                    100 * modes.baselineAbove(),
                    100 * modes.candidateAbove(),
                    change.metric().text(modes.threshold())));
  }

  /** One line about a change: "p99 of drain 12.3 µs → 13.6 µs, +10.4 % [...], p = 0.008". */
  static String sentence(MetricChange change) {
    String effect = effect(change);
    return change.metric().label()
        + " "
        + values(change)
        + (effect.isEmpty() ? "" : ", " + effect)
        + " ("
        + reason(change)
        + ")";
  }

  /** "2 regressed, 1 improved, 40 equivalent, 17 cannot tell (60 metrics of 10 rows)". */
  static String counts(RunComparison comparison) {
    List<String> parts = new ArrayList<>();
    for (Verdict verdict : Verdict.values()) {
      long count = comparison.count(verdict);
      if (count > 0 || verdict == Verdict.REGRESSED) {
        parts.add(count + " " + verdict(verdict));
      }
    }
    if (comparison.waived() > 0) {
      parts.add(comparison.waived() + " of them waived");
    }
    return String.join(", ", parts);
  }

  /** Everything that belongs beside the figures, each with its rank: warning or note. */
  static List<String> remarks(RunComparison comparison) {
    List<String> remarks = new ArrayList<>();
    comparison.design().warning().ifPresent(warning -> remarks.add("warning: " + warning));
    comparison
        .environment()
        .forEach(difference -> remarks.add("warning: " + difference.sentence()));
    comparison.notes().forEach(note -> remarks.add("note: " + note));
    comparison
        .added()
        .forEach(rows -> remarks.add("note: only the candidate has " + rows.id() + "."));
    return remarks;
  }

  /** Text from elsewhere on one line. */
  static String oneLine(String text) {
    return text.replaceAll("[\\p{Cntrl}]+", " ");
  }
}
