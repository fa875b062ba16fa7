// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.p2pbench.reports.charts.Units;
import org.p2pbench.reports.rundir.Fork;
import org.p2pbench.reports.rundir.Fork.Verification;
import org.p2pbench.reports.rundir.Fork.Witness;
import org.p2pbench.reports.rundir.PinStrangers;
import org.p2pbench.reports.rundir.Row;
import org.p2pbench.reports.rundir.Row.RowStatus;
import org.p2pbench.reports.statistics.Analysis;
import org.p2pbench.reports.statistics.RowFigures;
import org.p2pbench.reports.statistics.Setting;

/** Whether the data was right and the path was the one claimed, and what could not be measured. */
final class ProofSection implements SectionBuilder {

  @Override
  public Optional<Section> build(Findings findings) {
    Analysis analysis = findings.analysis();
    List<Block> blocks = new ArrayList<>();
    List<RowFigures> moved =
        analysis.rows().stream().filter(ProofSection::claimsSomething).toList();
    if (!moved.isEmpty()) {
      blocks.add(proofs(analysis, moved));
    }
    strangers(analysis).ifPresent(blocks::add);
    table(analysis, RowStatus.REFUSED, "Refused by the kernel or the machine")
        .ifPresent(blocks::add);
    table(analysis, RowStatus.FAILED, "Failed").ifPresent(blocks::add);
    return blocks.isEmpty() ? Optional.empty() : Optional.of(new Section("proof", "Proof", blocks));
  }

  /** Rows whose pins may not all be their own. */
  private static Optional<Block> strangers(Analysis analysis) {
    List<String> remarks = new ArrayList<>();
    for (RowFigures row : analysis.rows()) {
      row.row().forks().stream()
          .map(Fork::pinStrangers)
          .filter(s -> s != null && s.flagged() && s.share() != null)
          .max(Comparator.comparing(PinStrangers::share))
          .ifPresent(
              s ->
                  remarks.add(
                      "Pins of "
                          + row.row().id()
                          + " are not all its own: other processes pinned "
                          + Units.number(s.pinsPerSecond())
                          + " pages a second, "
                          + Units.number(100 * s.share())
                          + " % of what was counted."));
    }
    return remarks.isEmpty() ? Optional.empty() : Optional.of(new Block.Text(remarks));
  }

  /** Rows that move no data and claim no memory, such as baselines, have nothing to prove. */
  private static boolean claimsSomething(RowFigures row) {
    boolean data =
        row.row().forks().stream()
            .map(Fork::verification)
            .anyMatch(v -> v != null && v.verdict() != Verification.Verdict.NOT_APPLICABLE);
    boolean memory =
        verdicts(row).stream().anyMatch(w -> w.verdict() != Witness.Verdict.NOT_APPLICABLE);
    return data || memory;
  }

  private static Block.Table proofs(Analysis analysis, List<RowFigures> rows) {
    return new Block.Table(
        analysis.machineClass(),
        "Was the data right, and was it the path claimed?",
        List.of("Row", "Data", "Path", "Evidence"),
        List.of(rows.stream().map(row -> proof(row, analysis)).toList()),
        "Data: seeded blocks went through the path and were read back by another descriptor before"
            + " it was measured. Evidence is that of the fork with the weakest verdict.");
  }

  private static List<Cell> proof(RowFigures row, Analysis analysis) {
    Optional<Witness> weakest = verdicts(row).stream().max(Comparator.comparing(w -> weakness(w)));
    String evidence =
        weakest.map(Witness::evidence).orElse(List.of()).stream()
            .map(e -> e.witness() + " " + says(e) + (e.detail().isEmpty() ? "" : ": " + e.detail()))
            .collect(Collectors.joining("\n"));
    return List.of(
        new Cell(name(row.row(), analysis), detail(row), Cell.Look.HEAD),
        data(row),
        path(row),
        Cell.text(evidence.isEmpty() ? "none" : evidence));
  }

  private static Cell data(RowFigures row) {
    List<Verification> verified =
        row.row().forks().stream()
            .map(Fork::verification)
            .filter(v -> v != null && v.verdict() == Verification.Verdict.VERIFIED)
            .toList();
    int forks = row.row().forks().size();
    if (verified.isEmpty()) {
      return Cell.text("no data moves");
    }
    long bytes = verified.stream().mapToLong(v -> v.bytes() == null ? 0 : v.bytes()).sum();
    String count =
        verified.size() == forks ? "verified" : "verified in " + verified.size() + " of " + forks;
    return new Cell(count, bytes == 0 ? "" : Units.bytes(bytes), Cell.Look.TEXT);
  }

  private static Cell path(RowFigures row) {
    List<Witness> verdicts = verdicts(row);
    String text =
        verdicts.stream()
            .map(Witness::verdict)
            .distinct()
            .map(
                verdict -> {
                  long n = verdicts.stream().filter(w -> w.verdict() == verdict).count();
                  return words(verdict) + (n == verdicts.size() ? "" : " (" + n + ")");
                })
            .collect(Collectors.joining(", "));
    boolean refuted = verdicts.stream().anyMatch(w -> w.verdict() == Witness.Verdict.REFUTED);
    return new Cell(text, "", refuted ? Cell.Look.WORSE : Cell.Look.TEXT);
  }

  private static List<Witness> verdicts(RowFigures row) {
    return row.row().forks().stream().map(Fork::witness).filter(w -> w != null).toList();
  }

  private static int weakness(Witness witness) {
    return switch (witness.verdict()) {
      case PROVEN -> 0;
      case NOT_APPLICABLE -> 1;
      case CANNOT_TELL -> 2;
      case REFUTED -> 3;
    };
  }

  private static String words(Witness.Verdict verdict) {
    return switch (verdict) {
      case PROVEN -> "proven";
      case REFUTED -> "refuted";
      case CANNOT_TELL -> "cannot tell";
      case NOT_APPLICABLE -> "no memory claimed";
    };
  }

  private static String says(Witness.Evidence evidence) {
    return switch (evidence.verdict()) {
      case CONFIRMS -> "confirms";
      case CONTRADICTS -> "contradicts";
      case UNAVAILABLE -> "unavailable";
    };
  }

  private static Optional<Block> table(Analysis analysis, RowStatus status, String caption) {
    List<List<Cell>> rows =
        analysis.rows().stream()
            .filter(row -> row.row().status() == status)
            .map(
                row ->
                    List.of(
                        new Cell(name(row.row(), analysis), detail(row), Cell.Look.HEAD),
                        Cell.text(row.row().reason() == null ? "unknown" : row.row().reason())))
            .toList();
    return rows.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new Block.Table(
                analysis.machineClass(), caption, List.of("Row", "Reason"), List.of(rows), ""));
  }

  /** How the row was driven, and the pages that it got where it asked for others. */
  private static String detail(RowFigures row) {
    boolean moves =
        List.of("transfer", "drain", "open-loop", "overhead").contains(row.row().benchmark());
    String setting = moves ? Paths.setting(Setting.of(row.row())) : "";
    String pages = Paths.pagesNote(row);
    return setting + (setting.isEmpty() || pages.isEmpty() ? "" : "; ") + pages;
  }

  /** A row in the field's words. */
  static String name(Row row, Analysis analysis) {
    RowFigures figures = new RowFigures(row, List.of());
    String size =
        row.parameters().blockBytes() == null
            ? ""
            : ", " + Units.bytes(row.parameters().blockBytes());
    return switch (row.benchmark()) {
      case "transfer", "drain" -> row.benchmark() + size + ", " + Paths.name(figures, analysis);
      case "open-loop" ->
          "open loop"
              + size
              + ", "
              + Paths.name(figures, analysis)
              + ", "
              + OpenLoopSection.offered(row.parameters());
      case "pin" -> "pin" + size + ", " + CostSections.pinName(figures);
      case "copy" -> "copy" + size + ", " + CostSections.copyName(figures);
      case "overhead" ->
          Overheads.rowName(
              row.parameters(), size.substring(2) + ", " + Paths.name(figures, analysis));
      default -> RowNames.of(row);
    };
  }
}
