// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.compare;

import java.util.Optional;
import org.p2pbench.reports.metrics.RowValues;
import org.p2pbench.reports.regression.Verdict;
import org.p2pbench.reports.rundir.Fork;
import org.p2pbench.reports.rundir.Row;

/**
 * Whether a row still does what it did: measured, its data verified, its path proven. No chance is
 * in it.
 *
 * @param sentence what was found, such as "was verified and proven, is verified, not proven"
 * @param waiver why a regression is let pass, where it is
 */
public record Fact(RowPair rows, Verdict verdict, String sentence, Optional<String> waiver) {

  /** How far a row came; each step takes the one before it. */
  private enum Level {
    ABSENT("absent"),
    REFUSED("refused"),
    FAILED("failed"),
    MEASURED("measured"),
    VERIFIED("verified"),
    PROVEN("verified and proven");

    private final String words;

    Level(String words) {
      this.words = words;
    }
  }

  /** What facts are called where metrics have a name. */
  public static final String NAME = "function";

  /** The same, let pass. */
  public Fact waived(String reason) {
    return new Fact(rows, verdict, sentence, Optional.of(reason));
  }

  /** Whether it got worse and nobody lets that pass. */
  public boolean regressed() {
    return verdict == Verdict.REGRESSED && waiver.isEmpty();
  }

  /** The fact about a pair, one of which may be absent; empty where the candidate alone has it. */
  static Optional<Fact> of(RowPair rows) {
    Level before = level(rows.baseline());
    Level after = level(rows.candidate());
    if (before == Level.ABSENT || (before.compareTo(Level.MEASURED) < 0 && after == before)) {
      return Optional.empty();
    }
    if (after == before) {
      return Optional.of(
          new Fact(rows, Verdict.EQUIVALENT, after.words + ", as before", Optional.empty()));
    }
    boolean worse = after.compareTo(before) < 0;
    String reason = rows.candidate().map(candidate -> reason(candidate.row(), after)).orElse("");
    String sentence = "was " + before.words + ", is " + after.words + reason;
    if (after == Level.ABSENT) {
      return Optional.of(new Fact(rows, Verdict.CANNOT_TELL, sentence, Optional.empty()));
    }
    return Optional.of(
        new Fact(rows, worse ? Verdict.REGRESSED : Verdict.IMPROVED, sentence, Optional.empty()));
  }

  private static Level level(Optional<RowValues> values) {
    if (values.isEmpty()) {
      return Level.ABSENT;
    }
    Row row = values.get().row();
    return switch (row.status()) {
      case REFUSED -> Level.REFUSED;
      case FAILED -> Level.FAILED;
      case MEASURED -> {
        if (row.forks().isEmpty()) {
          yield Level.ABSENT;
        }
        if (!row.forks().stream().allMatch(Fact::verified)) {
          yield Level.MEASURED;
        }
        yield row.forks().stream().allMatch(Fact::proven) ? Level.PROVEN : Level.VERIFIED;
      }
    };
  }

  private static boolean verified(Fork fork) {
    return fork.verification() != null
        && fork.verification().verdict() == Fork.Verification.Verdict.VERIFIED;
  }

  private static boolean proven(Fork fork) {
    return fork.witness() != null && fork.witness().verdict() == Fork.Witness.Verdict.PROVEN;
  }

  private static String reason(Row row, Level level) {
    if (level == Level.VERIFIED) {
      long unproven = row.forks().stream().filter(fork -> !proven(fork)).count();
      return ", not proven (" + unproven + " of " + row.forks().size() + " forks)";
    }
    if (level == Level.MEASURED) {
      return ", not verified";
    }
    return row.reason() == null ? "" : " (" + row.reason() + ")";
  }
}
