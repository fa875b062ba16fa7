// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.page;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.p2pbench.reports.rundir.Environment;
import org.p2pbench.reports.statistics.Analysis;

/** Builds the report of a run. Stateless. */
public final class ReportBuilder {
  /** The page's sections in their order. A new section is added here. */
  private static final List<SectionBuilder> SECTIONS =
      List.of(
          new OpenLoopSection(),
          TransferSections::answer,
          TransferSections::latency,
          TransferSections::scaling,
          TransferSections::choices,
          TransferSections::drain,
          BusySections::busyMemory,
          new KernelSection(),
          new CounterSection(),
          CostSections::pinAndCopy,
          CostSections::baselines,
          TransferSections::otherSettings,
          new ProofSection(),
          new EnvironmentSection(),
          new ReadingSection());

  /** Everything that the page and the summary say. */
  public Report build(Analysis analysis) {
    Environment environment = analysis.run().environment();
    Findings findings = Findings.of(analysis);
    return new Report(
        analysis.machineClass(),
        environment.machineClassReason(),
        subtitle(analysis),
        Headline.of(findings),
        Headline.keyFigures(findings),
        analysis.missing(),
        Stream.concat(
                OpenLoopSection.answer(findings).stream(),
                TransferSections.answerTable(findings).stream())
            .toList(),
        SECTIONS.stream().map(s -> s.build(findings)).flatMap(Optional::stream).toList());
  }

  private static String subtitle(Analysis analysis) {
    Environment e = analysis.run().environment();
    String cpu = e.cpu() == null ? "unknown CPU" : e.cpu().model();
    String kernel = e.host() == null ? "unknown kernel" : "Linux " + e.host().kernel();
    String profile =
        analysis
            .run()
            .results()
            .map(r -> r.plan().profile())
            .map(p -> "profile " + p + ", ")
            .orElse("");
    return profile + e.startedAt() + ", " + cpu + ", " + kernel;
  }
}
