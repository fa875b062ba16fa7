// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import org.p2pbench.proof.Evidence;
import org.p2pbench.proof.PathVerdict;

/**
 * What a fork tells the launcher beside JMH's own results: proofs, or why there are none. Written
 * whole by rename, so that a fork killed at any moment leaves the last one complete.
 *
 * @param pagesGot pages really behind the buffer, null where no memory is used
 * @param verification of data, null before it is done
 * @param witness of the path, null before it is heard
 * @param failure why the fork ended early, null while all is well
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record ForkRecord(
    String pagesGot, Verification verification, Witness witness, Failure failure) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Nothing to tell yet. */
  public static final ForkRecord EMPTY = new ForkRecord(null, null, null, null);

  /**
   * What became of the seeded blocks.
   *
   * @param verdict {@code verified} or {@code not-applicable}
   * @param blocks that went through the path
   * @param bytes in all
   * @param detail in words
   */
  public record Verification(String verdict, long blocks, long bytes, String detail) {

    /** Where no data moves. */
    public static final Verification NOT_APPLICABLE =
        new Verification("not-applicable", 0, 0, "no data moves from source to target");
  }

  /**
   * What the witnesses say of the path.
   *
   * @param verdict label of {@link PathVerdict.Outcome}
   * @param evidence of each
   */
  public record Witness(String verdict, List<Testimony> evidence) {

    /** Where nothing is claimed of the path. */
    public static Witness notApplicable() {
      return new Witness(PathVerdict.Outcome.NOT_APPLICABLE.label(), List.of());
    }

    static Witness of(PathVerdict verdict) {
      return new Witness(
          verdict.outcome().label(), verdict.evidence().stream().map(Testimony::of).toList());
    }
  }

  /**
   * One witness.
   *
   * @param witness its name
   * @param verdict what it says
   * @param detail what it saw
   */
  public record Testimony(String witness, String verdict, String detail) {
    static Testimony of(Evidence evidence) {
      return new Testimony(
          evidence.witness().label(), evidence.verdict().label(), evidence.detail());
    }
  }

  /**
   * Why the fork ended.
   *
   * @param kind how the run goes on
   * @param message one line
   */
  public record Failure(RigException.Kind kind, String message) {}

  /** The same record with a failure. */
  public ForkRecord failed(RigException.Kind kind, String message) {
    return new ForkRecord(pagesGot, verification, witness, new Failure(kind, message));
  }

  /** Writes the record by rename. */
  public void write(Path file) {
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try {
      JSON.writeValue(part.toFile(), this);
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("the fork's record " + file + " cannot be written", e);
    }
  }

  /** Reads a record; empty where the fork died before it wrote one. */
  public static Optional<ForkRecord> read(Path file) {
    try {
      return Optional.of(JSON.readValue(file.toFile(), ForkRecord.class));
    } catch (IOException missingOrHalf) {
      return Optional.empty();
    }
  }
}
