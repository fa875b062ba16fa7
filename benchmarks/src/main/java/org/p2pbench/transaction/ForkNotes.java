// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the profilers of a fork found out of it as a whole, beside JMH's figures of each iteration:
 * members of the fork's entry in {@code rows.json}. They lie beside the fork's record, where there
 * is one, and are written by rename. Thread-safe.
 */
public final class ForkNotes {

  private static final ForkNotes OF_THIS_FORK =
      new ForkNotes(ForkSettings.ofThisFork().record().map(ForkNotes::beside));

  private final Optional<Path> file;
  private final Map<String, Object> members = new LinkedHashMap<>();

  private ForkNotes(Optional<Path> file) {
    this.file = file;
  }

  /** The notes of this JVM. */
  public static ForkNotes ofThisFork() {
    return OF_THIS_FORK;
  }

  /** Where the notes lie that belong to a fork's record. */
  public static Path beside(Path record) {
    return record.resolveSibling(record.getFileName() + ".notes");
  }

  /**
   * Adds or replaces a member.
   *
   * @param value maps of names to values, lists, texts, numbers, booleans and null
   */
  public synchronized void put(String member, Map<String, ?> value) {
    members.put(member, value);
    file.ifPresent(this::write);
  }

  private void write(Path to) {
    Path part = to.resolveSibling(to.getFileName() + ".part");
    try {
      try (JsonGenerator json =
          new JsonFactory().createGenerator(part.toFile(), JsonEncoding.UTF8)) {
        write(json, members);
      }
      Files.move(part, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException("the fork's notes " + to + " cannot be written", e);
    }
  }

  /** By hand: data binding would cost every fork a quarter of its start. */
  private static void write(JsonGenerator json, Object value) throws IOException {
    if (value instanceof Map<?, ?> map) {
      json.writeStartObject();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        json.writeFieldName(entry.getKey().toString());
        write(json, entry.getValue());
      }
      json.writeEndObject();
    } else if (value instanceof List<?> list) {
      json.writeStartArray();
      for (Object element : list) {
        write(json, element);
      }
      json.writeEndArray();
    } else if (value instanceof Long || value instanceof Integer) {
      json.writeNumber(((Number) value).longValue());
    } else if (value instanceof Double number) {
      json.writeNumber(number);
    } else if (value instanceof Boolean truth) {
      json.writeBoolean(truth);
    } else if (value == null) {
      json.writeNull();
    } else {
      json.writeString(value.toString());
    }
  }

  /** Reads notes, as the launcher does; none where no profiler had anything to say. */
  public static ObjectNode read(Path file) {
    ObjectMapper mapper = new ObjectMapper();
    try {
      return (ObjectNode) mapper.readTree(Files.readAllBytes(file));
    } catch (IOException none) {
      return mapper.createObjectNode();
    }
  }
}
