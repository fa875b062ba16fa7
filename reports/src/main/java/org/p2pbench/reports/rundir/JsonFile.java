// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.rundir;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.stream.Collectors;

/**
 * One JSON file of ours: syntax, format, version and members, each failure as one line with its
 * place.
 */
public final class JsonFile {
  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              JsonFactory.builder().enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER).build())
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
          .build();

  private static final ObjectReader MEMBER =
      MAPPER.reader().without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private static final String NEWER = "Use the p2pbench that wrote it, or a newer one.";

  private final Path path;
  private final String name;
  private final String given;
  private final String remedy;

  /**
   * @param remedy what to do about a damaged file, a whole sentence
   */
  public JsonFile(Path path, String remedy) {
    this(path, path.toString(), null, remedy);
  }

  private JsonFile(Path path, String name, String given, String remedy) {
    this.path = path;
    this.name = name;
    this.given = given;
    this.remedy = remedy;
  }

  /**
   * The same for text that is in no file.
   *
   * @param name where it is from, as messages say it
   */
  public static JsonFile parse(String name, String text, String remedy) {
    return new JsonFile(null, name, text, remedy);
  }

  /**
   * Reads a file of ours, whose {@code format} and {@code version} must be the ones given.
   *
   * @throws BadRunDirectoryException where the file cannot be read or is damaged
   */
  public <T> T read(Class<T> type, String format, int version) throws BadRunDirectoryException {
    String text = text();
    checkVersion(head(text), format, version);
    try {
      return MAPPER.readValue(text, type);
    } catch (JsonProcessingException e) {
      throw bad(e);
    }
  }

  /** Checks that the whole file is JSON. */
  JsonNode readTree() throws BadRunDirectoryException {
    return tree(text());
  }

  private String text() throws BadRunDirectoryException {
    if (given != null) {
      return given;
    }
    try {
      return Files.readString(path);
    } catch (CharacterCodingException e) {
      throw new BadRunDirectoryException(name + ": not UTF-8 text. " + remedy);
    } catch (IOException e) {
      throw new BadRunDirectoryException(
          name + ": cannot be read (" + IoReason.of(e) + "). Make it readable, then try again.");
    }
  }

  private JsonNode tree(String text) throws BadRunDirectoryException {
    try {
      JsonNode tree = MAPPER.readTree(text);
      if (tree == null || tree.isMissingNode()) {
        throw new BadRunDirectoryException(name + ": the file is empty. " + remedy);
      }
      return tree;
    } catch (JsonProcessingException e) {
      throw bad(e);
    }
  }

  /** The members that every file of ours has, without a tree of all the rest. */
  private JsonNode head(String text) throws BadRunDirectoryException {
    ObjectNode head = MAPPER.createObjectNode();
    try (JsonParser parser = MAPPER.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return tree(text);
      }
      while (head.size() < 2 && parser.nextToken() == JsonToken.FIELD_NAME) {
        String member = parser.currentName();
        parser.nextToken();
        if (member.equals("format") || member.equals("version")) {
          head.set(member, MEMBER.readTree(parser));
        } else {
          parser.skipChildren();
        }
      }
      return head;
    } catch (JsonProcessingException e) {
      throw bad(e);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // text cannot fail to be read
    }
  }

  private void checkVersion(JsonNode tree, String format, int version)
      throws BadRunDirectoryException {
    String foundFormat = tree.path("format").asText("");
    if (!foundFormat.equals(format)) {
      throw new BadRunDirectoryException(
          name + ": \"format\" is \"" + foundFormat + "\", not \"" + format + "\". " + remedy);
    }
    JsonNode found = tree.path("version");
    if (!found.isInt() || found.asInt() != version) {
      throw new BadRunDirectoryException(
          name
              + ": \"version\" is "
              + (found.isMissingNode() ? "missing" : found)
              + ", and this p2pbench reads version "
              + version
              + ". "
              + (found.asInt(version) < version ? remedy : NEWER));
    }
  }

  private BadRunDirectoryException bad(JsonProcessingException e) {
    JsonLocation at = e.getLocation();
    String place = at == null ? "" : ", line " + at.getLineNr() + ", column " + at.getColumnNr();
    return new BadRunDirectoryException(name + place + ": " + reason(e) + ". " + remedy);
  }

  private static String reason(JsonProcessingException e) {
    String where = e instanceof JsonMappingException mapping ? member(mapping) : "";
    if (e instanceof InvalidFormatException format && format.getTargetType().isEnum()) {
      return where + "\"" + format.getValue() + "\" is not one of " + words(format);
    }
    if (e.getCause() instanceof IllegalArgumentException cause) {
      return where + cause.getMessage();
    }
    if (e.getCause() instanceof JsonParseException syntax) {
      return syntax(syntax);
    }
    if (e instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
      return where + wanted(mismatch.getTargetType()) + " belongs here";
    }
    if (e instanceof JsonMappingException) {
      return where + "not a value that belongs here";
    }
    return syntax(e);
  }

  /** The member's path, such as {@code rows[3].forks[0].round: }. */
  private static String member(JsonMappingException e) {
    StringBuilder path = new StringBuilder();
    for (JsonMappingException.Reference step : e.getPath()) {
      if (step.getFieldName() == null) {
        path.append('[').append(step.getIndex()).append(']');
      } else {
        path.append(path.length() == 0 ? "" : ".").append(step.getFieldName());
      }
    }
    return path.length() == 0 ? "" : path + ": ";
  }

  private static String words(InvalidFormatException e) {
    return Arrays.stream(e.getTargetType().getEnumConstants())
        .map(constant -> MAPPER.convertValue(constant, String.class))
        .collect(Collectors.joining(", "));
  }

  private static String wanted(Class<?> type) {
    if (type == Boolean.class) {
      return "true or false";
    }
    if (type == Double.class || type == double.class) {
      return "a number";
    }
    if (Number.class.isAssignableFrom(type) || type.isPrimitive()) {
      return "a whole number";
    }
    if (Collection.class.isAssignableFrom(type)) {
      return "a list";
    }
    return type == String.class ? "text" : "an object";
  }

  private static String syntax(JsonProcessingException e) {
    String first = e.getOriginalMessage().lines().findFirst().orElse("not JSON");
    return first.startsWith("Unexpected end-of-input") ? "the file is cut off here" : first;
  }
}
