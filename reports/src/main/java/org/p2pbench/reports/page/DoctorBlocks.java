// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.p2pbench.reports.rundir.Doctor;
import org.p2pbench.reports.rundir.Doctor.Verdict;
import org.p2pbench.reports.rundir.MachineClass;
import org.p2pbench.reports.rundir.RunDirectory;

/** What the doctor said before the run: the answer, the topology, the checks. Stateless. */
final class DoctorBlocks {
  private DoctorBlocks() {}

  /** No blocks for a run that was measured without the doctor. */
  static List<Block> of(RunDirectory run) {
    List<Block> blocks = new ArrayList<>();
    run.doctor()
        .ifPresent(
            doctor -> {
              blocks.add(new Block.Heading("The doctor, before the run"));
              blocks.add(new Block.Text(answer(doctor)));
            });
    run.topologySvg().ifPresent(svg -> blocks.add(picture(svg, run.machineClass())));
    run.doctor()
        .filter(doctor -> !doctor.checks().isEmpty())
        .ifPresent(doctor -> blocks.add(checks(doctor, run.machineClass())));
    return List.copyOf(blocks);
  }

  private static List<String> answer(Doctor doctor) {
    String word =
        switch (doctor.answer()) {
          case YES -> "The direct path works";
          case NO -> "The direct path does not work";
          case UNKNOWN -> "Whether the direct path works could not be told";
        };
    List<String> paragraphs = new ArrayList<>();
    paragraphs.add(word + ": " + doctor.reason() + ".");
    if (doctor.remedy() != null) {
      paragraphs.add("What to do: " + doctor.remedy() + ".");
    }
    return paragraphs;
  }

  private static Block.Picture picture(String svg, MachineClass machineClass) {
    return new Block.Picture(
        machineClass,
        Base64.getEncoder().encodeToString(svg.getBytes(StandardCharsets.UTF_8)),
        "PCI topology and both data paths",
        "Functions that could exchange data, and the ports above them.");
  }

  private static Block.Table checks(Doctor doctor, MachineClass machineClass) {
    List<List<List<Cell>>> groups =
        List.of(Verdict.PROBLEM, Verdict.WARNING, Verdict.UNKNOWN, Verdict.OK).stream()
            .map(verdict -> rows(doctor, verdict))
            .filter(group -> !group.isEmpty())
            .toList();
    return new Block.Table(
        machineClass, "Checks", List.of("What", "Verdict", "Finding", "Remedy"), groups, "");
  }

  private static List<List<Cell>> rows(Doctor doctor, Verdict verdict) {
    return doctor.checks().stream()
        .filter(check -> check.verdict() == verdict)
        .map(
            check ->
                List.of(
                    new Cell(check.topic(), Objects.toString(check.subject(), ""), Cell.Look.HEAD),
                    Cell.text(verdict.name().toLowerCase(java.util.Locale.ROOT)),
                    new Cell(check.finding(), String.join("; ", check.evidence()), Cell.Look.TEXT),
                    Cell.text(Objects.toString(check.remedy(), ""))))
        .toList();
  }
}
