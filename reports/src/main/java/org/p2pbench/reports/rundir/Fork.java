// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.rundir;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * One JVM that measured a row once. {@code hlog} is relative to the run directory, or null; what a
 * profiler found is null where it was not asked for.
 */
public record Fork(
    Integer round,
    Integer position,
    String startedAt,
    String pagesGot,
    Verification verification,
    Witness witness,
    List<Iteration> iterations,
    String hlog,
    KernelTimes kernel,
    PinStrangers pinStrangers,
    Unavailable perf,
    Unavailable dram) {

  /** Checks the round and that the log stays within the run directory. */
  public Fork {
    Members.notNegative(Members.present(round, "round"), "round");
    iterations = Members.list(iterations);
    if (hlog != null && !hlog.matches("hlog/[^/\\\\\\x00-\\x1f]+")) {
      throw new IllegalArgumentException("hlog is \"" + hlog + "\", not a file in hlog/");
    }
  }

  /** Why a profiler that was asked for found nothing out, or not all. */
  public record Unavailable(String unavailable) {
    /** Checks that there is a reason. */
    public Unavailable {
      Members.text(unavailable, "unavailable");
    }
  }

  /** What came back from the target when seeded blocks were read again. */
  public record Verification(Verdict verdict, Long blocks, Long bytes, String detail) {
    /** Checks that there is a verdict. */
    public Verification {
      Members.present(verdict, "verdict");
    }

    /** Whether the data was right. */
    public enum Verdict {
      /** It was. */
      @JsonProperty("verified")
      VERIFIED,
      /** No data moves. */
      @JsonProperty("not-applicable")
      NOT_APPLICABLE
    }
  }

  /** Whether the transactions really used the memory that the row names. */
  public record Witness(Verdict verdict, List<Evidence> evidence) {
    /** Checks that there is a verdict. */
    public Witness {
      Members.present(verdict, "verdict");
      evidence = Members.list(evidence);
    }

    /** What the evidence adds up to. */
    public enum Verdict {
      /** They did. */
      @JsonProperty("proven")
      PROVEN,
      /** They did not. */
      @JsonProperty("refuted")
      REFUTED,
      /** It cannot be told on this machine. */
      @JsonProperty("cannot-tell")
      CANNOT_TELL,
      /** The row claims no memory. */
      @JsonProperty("not-applicable")
      NOT_APPLICABLE
    }

    /** What one witness says. */
    public record Evidence(String witness, Says verdict, String detail) {
      /** Checks name and verdict. */
      public Evidence {
        Members.text(witness, "witness");
        Members.present(verdict, "verdict");
        detail = detail == null ? "" : detail;
      }

      /** Which way a witness points. */
      public enum Says {
        /** For the claim. */
        @JsonProperty("confirms")
        CONFIRMS,
        /** Against the claim. */
        @JsonProperty("contradicts")
        CONTRADICTS,
        /** Nothing: it is not there. */
        @JsonProperty("unavailable")
        UNAVAILABLE
      }
    }
  }
}
