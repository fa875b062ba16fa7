// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.p2pbench.reports.charts.Units;
import org.p2pbench.reports.rundir.MachineClass;
import org.p2pbench.reports.rundir.Stage;
import org.p2pbench.reports.statistics.Analysis;
import org.p2pbench.reports.statistics.Comparison;
import org.p2pbench.reports.statistics.Contrast;
import org.p2pbench.reports.statistics.Metric;
import org.p2pbench.reports.statistics.Ratio;
import org.p2pbench.reports.statistics.RowFigures;
import org.p2pbench.reports.statistics.Setting;
import org.p2pbench.reports.statistics.Spread;

/** The answer in words, and the few figures that stand beside it. */
final class Headline {
  private Headline() {}

  /** One or two sentences that a reader may quote. */
  static String of(Findings findings) {
    Analysis analysis = findings.analysis();
    String about =
        switch (analysis.machineClass()) {
          case EMULATED ->
              "This machine has no CMB. A memory region stands in for one, so nothing here is"
                  + " peer-to-peer: the figures show what pinning and copying cost, the part that"
                  + " P2P could save.";
          case LAB ->
              "This is the lab: an emulated NVMe controller behind a real kernel, in a QEMU guest."
                  + " It shows that the path through the CMB works; its timings say nothing about"
                  + " hardware.";
          case HARDWARE -> verdict(findings);
        };
    boolean nothing = analysis.rows().stream().allMatch(row -> row.forks().isEmpty());
    return nothing ? about(analysis, about) + "Nothing has been measured yet." : about;
  }

  private static String about(Analysis analysis, String about) {
    return analysis.machineClass() == MachineClass.HARDWARE ? "" : about + " ";
  }

  private static String verdict(Findings findings) {
    List<Contrast> contrasts = largest(findings.analysis(), Comparison.DIRECT);
    if (contrasts.isEmpty() && OpenLoopSection.asked(findings.analysis())) {
      return OpenLoopSection.sentences(findings.analysis());
    }
    if (contrasts.isEmpty()) {
      return "No transfer through the CMB was measured beside its twin in system memory, so this"
          + " run does not answer whether P2P is faster here.";
    }
    Map<String, List<String>> sizes = new LinkedHashMap<>();
    for (String verdict : List.of("faster", "slower", "weak", "undecided", "unknown")) {
      sizes.put(verdict, new ArrayList<>());
    }
    List<Ratio> ratios = findings.ratios().throughput(contrasts);
    for (int i = 0; i < contrasts.size(); i++) {
      sizes.get(word(ratios.get(i))).add(Units.bytes(contrasts.get(i).blockBytes()));
    }
    List<String> parts = new ArrayList<>();
    add(parts, "was faster than bouncing it through system memory at ", sizes.get("faster"));
    add(parts, "was slower than bouncing it through system memory at ", sizes.get("slower"));
    add(
        parts,
        "made a difference that holds alone, but not over the table, at ",
        sizes.get("weak"));
    add(parts, "made no clear difference at ", sizes.get("undecided"));
    add(parts, "cannot be judged, for too few pairs of forks, at ", sizes.get("unknown"));
    return "Moving data through the CMB "
        + join(parts)
        + " ("
        + Paths.setting(Setting.of(contrasts.get(0).a().row()))
        + ").";
  }

  private static void add(List<String> parts, String words, List<String> sizes) {
    if (!sizes.isEmpty()) {
      parts.add(words + join(sizes));
    }
  }

  private static String word(Ratio ratio) {
    if (ratio instanceof Ratio.Known known) {
      return switch (known.direction(Metric.THROUGHPUT)) {
        case BETTER -> "faster";
        case WORSE -> "slower";
        case UNCLEAR -> known.weak() ? "weak" : "undecided";
      };
    }
    return "unknown";
  }

  private static String join(List<String> words) {
    int last = words.size() - 1;
    return last == 0
        ? words.get(0)
        : String.join(", ", words.subList(0, last)) + " and " + words.get(last);
  }

  /** The figures that matter most, those of the whole question first. */
  static List<KeyFigure> keyFigures(Findings findings) {
    Analysis analysis = findings.analysis();
    List<KeyFigure> figures = new ArrayList<>(OpenLoopSection.keyFigures(analysis));
    boolean emulated = analysis.machineClass() == MachineClass.EMULATED;
    if (!emulated) {
      ratio(findings, Comparison.DIRECT).ifPresent(figures::add);
    }
    for (Comparison comparison : Comparison.values()) {
      if (comparison != Comparison.DIRECT) {
        ratio(findings, comparison).ifPresent(figures::add);
      }
    }
    pinning(analysis).ifPresent(figures::add);
    findings.pinCost().share().ifPresent(figures::add);
    BusySections.keyFigure(findings.busyScenes()).ifPresent(figures::add);
    return figures;
  }

  private static Optional<KeyFigure> ratio(Findings findings, Comparison comparison) {
    List<Contrast> contrasts = largest(findings.analysis(), comparison);
    List<KeyFigure.Value> values = new ArrayList<>();
    List<Ratio> ratios = findings.ratios().throughput(contrasts);
    for (Contrast contrast : ends(contrasts)) {
      if (ratios.get(contrasts.indexOf(contrast)) instanceof Ratio.Known known) {
        values.add(
            new KeyFigure.Value(
                Units.factor(known.point()),
                "at " + Units.bytes(contrast.blockBytes()),
                Figures.interval(known) + " " + Figures.verdict(known, Metric.THROUGHPUT)));
      }
    }
    if (values.isEmpty()) {
      return Optional.empty();
    }
    RowFigures a = contrasts.get(0).a();
    return Optional.of(
        new KeyFigure(
            comparison.label(),
            values,
            "throughput of "
                + Paths.name(a.parameters())
                + " divided by that of "
                + Paths.name(contrasts.get(0).b().parameters())
                + ", above 1× is faster; "
                + Paths.setting(Setting.of(a.row()))));
  }

  private static Optional<KeyFigure> pinning(Analysis analysis) {
    List<RowFigures> rows =
        analysis.measured("pin").stream()
            .filter(row -> String.valueOf(row.parameters().mechanism()).startsWith("io_uring"))
            .filter(row -> !"2MiB".equals(row.parameters().pages()))
            .filter(row -> pinNs(row).isPresent() && row.parameters().blockBytes() != null)
            .sorted(Comparator.comparing(row -> row.parameters().blockBytes()))
            .toList();
    if (rows.isEmpty()) {
      return Optional.empty();
    }
    List<KeyFigure.Value> values =
        ends(rows).stream()
            .map(
                row ->
                    new KeyFigure.Value(
                        Units.time(pinNs(row).get()),
                        "for " + Units.bytes(row.parameters().blockBytes()),
                        ""))
            .toList();
    return Optional.of(
        new KeyFigure(
            "Pinning and unpinning alone",
            values,
            "io_uring buffer registration and its undoing, medians added"));
  }

  /** Median pin plus median unpin, ns. */
  static Optional<Double> pinNs(RowFigures row) {
    Optional<Spread> pin = row.stagePercentile(Stage.PIN, 50);
    Optional<Spread> unpin = row.stagePercentile(Stage.UNPIN, 50);
    return pin.flatMap(p -> unpin.map(u -> p.median() + u.median()));
  }

  /** The contrasts of the setting and memory that has most of them; RAM where there is a choice. */
  private static List<Contrast> largest(Analysis analysis, Comparison comparison) {
    Map<String, List<Contrast>> families = new LinkedHashMap<>();
    for (List<RowFigures> rows : analysis.settings("transfer").values()) {
      for (Contrast contrast : analysis.contrasts(comparison, rows)) {
        String memory = contrast.a().parameters().memory();
        String key = ("ram".equals(memory) ? "0" : "1") + memory + Setting.of(contrast.a().row());
        families.computeIfAbsent(key, k -> new ArrayList<>()).add(contrast);
      }
    }
    return families.entrySet().stream()
        .sorted(
            Comparator.<Map.Entry<String, List<Contrast>>>comparingInt(e -> -e.getValue().size())
                .thenComparing(e -> e.getKey().charAt(0)))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(List.of());
  }

  /** The first and the last. */
  private static <T> List<T> ends(List<T> all) {
    return all.size() < 3 ? all : List.of(all.get(0), all.get(all.size() - 1));
  }
}
