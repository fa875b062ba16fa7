// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

import java.util.List;
import java.util.Optional;

/**
 * One thing that was looked at. Immutable.
 *
 * @param topic what it is about, one word with dashes; several checks may share it
 * @param subject what it was looked at on: a device, a path; empty for the machine
 * @param finding the verdict's sentence, without a full stop
 * @param evidence what was read and where
 * @param remedy a line to paste, or what to do where no line does it; empty where nothing is wrong
 */
public record Check(
    String topic,
    Optional<String> subject,
    Status status,
    String finding,
    List<String> evidence,
    Optional<String> remedy) {
  /** Verdicts, the worst last but one. */
  public enum Status {
    /** As it should be. */
    OK,
    /** The path works, but a measurement would suffer, or a result be hard to read. */
    WARNING,
    /** The path does not work. */
    PROBLEM,
    /** It could not be seen; the finding says why. */
    UNKNOWN;

    /** The word that doctor.json uses. */
    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  public Check {
    evidence = List.copyOf(evidence);
  }

  static Check of(String topic, Status status, String finding, String... evidence) {
    return new Check(topic, Optional.empty(), status, finding, List.of(evidence), Optional.empty());
  }

  Check on(String newSubject) {
    return new Check(topic, Optional.of(newSubject), status, finding, evidence, remedy);
  }

  Check remedy(String line) {
    return new Check(topic, subject, status, finding, evidence, Optional.of(line));
  }

  Check evidence(List<String> newEvidence) {
    return new Check(topic, subject, status, finding, newEvidence, remedy);
  }
}
