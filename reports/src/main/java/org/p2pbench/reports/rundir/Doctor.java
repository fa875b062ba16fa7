// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.rundir;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * doctor.json, as far as the report shows it: why the direct path works on that machine or not, and
 * what would spoil a measurement there. {@code remedy} is null where nothing is wrong.
 */
public record Doctor(Answer answer, String reason, String remedy, List<Check> checks) {

  /** Checks what the report cannot do without: the answer. */
  public Doctor {
    Members.present(answer, "answer");
    reason = Members.known(reason);
    checks = Members.list(checks);
  }

  /** Whether the direct path works. */
  public enum Answer {
    /** It works. */
    @JsonProperty("yes")
    YES,
    /** It does not. */
    @JsonProperty("no")
    NO,
    /** It could not be told. */
    @JsonProperty("unknown")
    UNKNOWN
  }

  /** One thing that was looked at. {@code subject} is null where that is the machine. */
  public record Check(
      String topic,
      String subject,
      Verdict verdict,
      String finding,
      List<String> evidence,
      String remedy) {
    /** Checks that there is a verdict. */
    public Check {
      Members.present(verdict, "verdict");
      topic = Members.known(topic);
      finding = Members.known(finding);
      evidence = Members.list(evidence);
    }
  }

  /** Verdict of a check. */
  public enum Verdict {
    /** As it should be. */
    @JsonProperty("ok")
    OK,
    /** The figures may suffer. */
    @JsonProperty("warning")
    WARNING,
    /** The direct path does not work. */
    @JsonProperty("problem")
    PROBLEM,
    /** It could not be seen. */
    @JsonProperty("unknown")
    UNKNOWN
  }
}
