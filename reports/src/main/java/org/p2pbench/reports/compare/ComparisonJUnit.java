// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.compare;

import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.p2pbench.reports.regression.Verdict;

/**
 * The comparison as JUnit XML: a suite for each row, a case for each metric and for the row's
 * function. A regression is a failure; what cannot be told, or is waived, is skipped with the
 * reason.
 */
public final class ComparisonJUnit {
  private ComparisonJUnit() {}

  private record Case(String row, String name, Verdict verdict, boolean failed, String message) {
    boolean skipped() {
      return !failed && (verdict == Verdict.CANNOT_TELL || verdict == Verdict.REGRESSED);
    }
  }

  /** The file's text. */
  public static String of(RunComparison comparison, Summary summary) {
    List<Case> cases =
        Stream.of(facts(comparison), changes(comparison), problems(summary))
            .flatMap(s -> s)
            .toList();
    Map<String, List<Case>> suites =
        cases.stream()
            .collect(Collectors.groupingBy(Case::row, LinkedHashMap::new, Collectors.toList()));
    StringWriter out = new StringWriter();
    try {
      XMLStreamWriter xml = XMLOutputFactory.newFactory().createXMLStreamWriter(out);
      xml.writeStartDocument("UTF-8", "1.0");
      start(xml, "testsuites", "p2pbench " + comparison.machineClass().label(), cases);
      for (Map.Entry<String, List<Case>> suite : suites.entrySet()) {
        start(xml, "testsuite", suite.getKey(), suite.getValue());
        for (Case one : suite.getValue()) {
          write(xml, one);
        }
        xml.writeEndElement();
      }
      xml.writeEndElement();
      xml.writeEndDocument();
    } catch (XMLStreamException e) {
      throw new IllegalStateException(e);
    }
    return out + "\n";
  }

  private static Stream<Case> facts(RunComparison comparison) {
    return comparison.facts().stream()
        .map(f -> new Case(f.rows().id(), Fact.NAME, f.verdict(), f.regressed(), f.sentence()));
  }

  private static Stream<Case> changes(RunComparison comparison) {
    return comparison.changes().stream()
        .map(
            c ->
                new Case(
                    c.rows().id(),
                    c.metric().name(),
                    c.verdict(),
                    c.regressed(),
                    Wording.sentence(c)));
  }

  /** What cannot be judged fails: a tool that reads only this file must not take it for a pass. */
  private static Stream<Case> problems(Summary summary) {
    return summary.problems().stream()
        .map(problem -> new Case("gate", problem, Verdict.CANNOT_TELL, true, problem));
  }

  private static void start(XMLStreamWriter xml, String element, String name, List<Case> cases)
      throws XMLStreamException {
    xml.writeCharacters("\n");
    xml.writeStartElement(element);
    xml.writeAttribute("name", clean(name));
    xml.writeAttribute("tests", String.valueOf(cases.size()));
    xml.writeAttribute("failures", String.valueOf(cases.stream().filter(Case::failed).count()));
    xml.writeAttribute("errors", "0");
    xml.writeAttribute("skipped", String.valueOf(cases.stream().filter(Case::skipped).count()));
  }

  private static void write(XMLStreamWriter xml, Case one) throws XMLStreamException {
    xml.writeCharacters("\n");
    xml.writeStartElement("testcase");
    xml.writeAttribute("classname", clean(one.row()));
    xml.writeAttribute("name", clean(one.name()));
    if (one.failed() || one.skipped()) {
      xml.writeEmptyElement(one.failed() ? "failure" : "skipped");
      xml.writeAttribute("message", clean(one.message()));
    }
    xml.writeEndElement();
  }

  /** XML has no way to write most control characters. */
  private static String clean(String text) {
    return text.replaceAll("[\\x00-\\x1f\\x7f\\ufffe\\uffff]+", " ");
  }
}
