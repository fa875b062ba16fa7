// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
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
public record ForkRecord(
    String pagesGot, Verification verification, Witness witness, Failure failure) {

  /** The launcher's half: a fork, which only writes, never loads the classes of data binding. */
  private static final class Reader {
    static final ObjectMapper JSON = new ObjectMapper();
  }

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
      try (JsonGenerator json =
          new JsonFactory().createGenerator(part.toFile(), JsonEncoding.UTF8)) {
        write(json);
      }
      Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("the fork's record " + file + " cannot be written", e);
    }
  }

  /** By hand, token by token: data binding would cost every fork a quarter of its start. */
  private void write(JsonGenerator json) throws IOException {
    json.writeStartObject();
    json.writeStringField("pagesGot", pagesGot);
    if (verification == null) {
      json.writeNullField("verification");
    } else {
      json.writeObjectFieldStart("verification");
      json.writeStringField("verdict", verification.verdict());
      json.writeNumberField("blocks", verification.blocks());
      json.writeNumberField("bytes", verification.bytes());
      json.writeStringField("detail", verification.detail());
      json.writeEndObject();
    }
    if (witness == null) {
      json.writeNullField("witness");
    } else {
      json.writeObjectFieldStart("witness");
      json.writeStringField("verdict", witness.verdict());
      json.writeArrayFieldStart("evidence");
      for (Testimony testimony : witness.evidence()) {
        json.writeStartObject();
        json.writeStringField("witness", testimony.witness());
        json.writeStringField("verdict", testimony.verdict());
        json.writeStringField("detail", testimony.detail());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    if (failure == null) {
      json.writeNullField("failure");
    } else {
      json.writeObjectFieldStart("failure");
      json.writeStringField("kind", failure.kind().name());
      json.writeStringField("message", failure.message());
      json.writeEndObject();
    }
    json.writeEndObject();
  }

  /** Reads a record; empty where the fork died before it wrote one. */
  public static Optional<ForkRecord> read(Path file) {
    try {
      return Optional.of(Reader.JSON.readValue(file.toFile(), ForkRecord.class));
    } catch (IOException missingOrHalf) {
      return Optional.empty();
    }
  }
}
