// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.proof;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whether transactions really used the memory and the pinning claimed.
 *
 * @param outcome the witnesses taken together
 * @param evidence what each of them said
 */
public record PathVerdict(Outcome outcome, List<Evidence> evidence) {

  /** The witnesses taken together. */
  public enum Outcome {
    /** All that the witnesses needed for this claim say confirms it, and none contradicts. */
    PROVEN("proven"),
    /** At least one witness contradicts the claim. */
    REFUTED("refuted"),
    /** A witness needed for this claim could not see. */
    CANNOT_TELL("cannot-tell"),
    /** Nothing is claimed, as for buffered I/O. */
    NOT_APPLICABLE("not-applicable");

    private final String label;

    Outcome(String label) {
      this.label = label;
    }

    /** The name used in files and reports. */
    public String label() {
      return label;
    }
  }

  /**
   * Decides from the evidence.
   *
   * @param needed witnesses without which the claim is not proven
   * @param evidence of every witness that was asked
   */
  static PathVerdict of(List<Evidence.Witness> needed, List<Evidence> evidence) {
    boolean refuted = evidence.stream().anyMatch(e -> e.verdict() == Evidence.Verdict.CONTRADICTS);
    if (refuted) {
      return new PathVerdict(Outcome.REFUTED, evidence);
    }
    boolean proven = needed.stream().allMatch(witness -> confirmedBy(witness, evidence));
    return new PathVerdict(proven ? Outcome.PROVEN : Outcome.CANNOT_TELL, evidence);
  }

  /** A witness of both ends may have seen one of them only. */
  private static boolean confirmedBy(Evidence.Witness witness, List<Evidence> evidence) {
    List<Evidence> own = evidence.stream().filter(e -> e.witness() == witness).toList();
    return !own.isEmpty() && own.stream().allMatch(e -> e.verdict() == Evidence.Verdict.CONFIRMS);
  }

  /**
   * Several paths as one: proven where each of them is, refuted where one is.
   *
   * @param verdicts by what a reader calls their paths, at least one
   */
  public static PathVerdict together(Map<String, PathVerdict> verdicts) {
    List<Evidence> evidence = new ArrayList<>();
    verdicts.forEach((path, verdict) -> verdict.evidence.forEach(e -> evidence.add(e.of(path))));
    return new PathVerdict(
        Stream.of(Outcome.REFUTED, Outcome.CANNOT_TELL, Outcome.NOT_APPLICABLE, Outcome.PROVEN)
            .filter(outcome -> verdicts.values().stream().anyMatch(v -> v.outcome == outcome))
            .findFirst()
            .orElseThrow(),
        evidence);
  }

  /** What the contradicting witnesses saw, in one line. */
  public String contradictions() {
    return evidence.stream()
        .filter(e -> e.verdict() == Evidence.Verdict.CONTRADICTS)
        .map(e -> e.witness().label() + ": " + e.detail())
        .collect(Collectors.joining("; "));
  }
}
