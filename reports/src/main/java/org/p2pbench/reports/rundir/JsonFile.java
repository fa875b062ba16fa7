// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.rundir;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** One JSON file: syntax, format, version and members, each failure as one line with its place. */
final class JsonFile {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
          .build();

  private final Path path;
  private final String remedy;

  /**
   * @param remedy what to do about a damaged file, a whole sentence
   */
  JsonFile(Path path, String remedy) {
    this.path = path;
    this.remedy = remedy;
  }

  /** Reads a file of ours, whose {@code format} and {@code version} must be the ones given. */
  <T> T read(Class<T> type, String format, int version) throws BadRunDirectoryException {
    String text = text();
    checkVersion(tree(text), format, version);
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
    try {
      return Files.readString(path);
    } catch (CharacterCodingException e) {
      throw new BadRunDirectoryException(path + ": not UTF-8 text. " + remedy);
    } catch (IOException e) {
      throw new BadRunDirectoryException(
          path + ": cannot be read (" + IoReason.of(e) + "). Make it readable, then try again.");
    }
  }

  private JsonNode tree(String text) throws BadRunDirectoryException {
    try {
      JsonNode tree = MAPPER.readTree(text);
      if (tree == null || tree.isMissingNode()) {
        throw new BadRunDirectoryException(path + ": the file is empty. " + remedy);
      }
      return tree;
    } catch (JsonProcessingException e) {
      throw bad(e);
    }
  }

  private void checkVersion(JsonNode tree, String format, int version)
      throws BadRunDirectoryException {
    String foundFormat = tree.path("format").asText("");
    if (!foundFormat.equals(format)) {
      throw new BadRunDirectoryException(
          path + ": \"format\" is \"" + foundFormat + "\", not \"" + format + "\". " + remedy);
    }
    JsonNode found = tree.path("version");
    if (!found.isInt() || found.asInt() != version) {
      throw new BadRunDirectoryException(
          path
              + ": \"version\" is "
              + (found.isMissingNode() ? "missing" : found)
              + ", and this p2pbench reads version "
              + version
              + ". Report it with the p2pbench that measured it, or a newer one.");
    }
  }

  private BadRunDirectoryException bad(JsonProcessingException e) {
    JsonLocation at = e.getLocation();
    String place = at == null ? "" : ", line " + at.getLineNr() + ", column " + at.getColumnNr();
    return new BadRunDirectoryException(path + place + ": " + reason(e) + ". " + remedy);
  }

  private static String reason(JsonProcessingException e) {
    String where = e instanceof JsonMappingException mapping ? member(mapping) : "";
    if (e instanceof InvalidFormatException format && format.getTargetType().isEnum()) {
      return where + "\"" + format.getValue() + "\" is not one of " + words(format);
    }
    if (e.getCause() instanceof IllegalArgumentException cause) {
      return where + cause.getMessage();
    }
    if (e instanceof JsonMappingException) {
      return where + "not a value that belongs here";
    }
    return firstLine(e.getOriginalMessage());
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

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("not JSON");
  }
}
