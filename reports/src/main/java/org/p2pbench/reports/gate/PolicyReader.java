// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.gate;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.p2pbench.reports.rundir.IoReason;

/** Reads a policy: YAML, hence JSON too. Each failure is one line with its place. */
public final class PolicyReader {
  private static final YAMLMapper MAPPER =
      YAMLMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .build();
  private static final String ADVICE = " See reports/gate-policy.md.";

  private PolicyReader() {}

  /** Reads a file. */
  public static Policy read(Path file) throws BadPolicyException {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw new BadPolicyException(
          file + ": cannot be read (" + IoReason.of(e) + "). Give the policy with --policy.");
    }
    if (text.isBlank()) {
      throw new BadPolicyException(file + ": the file is empty." + ADVICE);
    }
    try {
      return MAPPER.readValue(text, Policy.class);
    } catch (JsonProcessingException e) {
      throw new BadPolicyException(file + place(e, text) + ": " + reason(e) + "." + ADVICE);
    }
  }

  /** The parser has read on by then; an entry that is wrong as a whole is named, not placed. */
  private static String place(JsonProcessingException e, String text) {
    if (e instanceof UnrecognizedPropertyException unknown) {
      return keyPlace(unknown.getPropertyName(), e.getLocation(), text);
    }
    if (e.getCause() instanceof IllegalArgumentException) {
      return "";
    }
    JsonLocation at =
        e.getProcessor() instanceof JsonParser parser
            ? parser.currentTokenLocation()
            : e.getLocation();
    return at == null ? "" : ", line " + at.getLineNr() + ", column " + at.getColumnNr();
  }

  /** The last place of a key up to where the parser stands. */
  private static String keyPlace(String key, JsonLocation end, String text) {
    Pattern pattern = Pattern.compile("(?<![\\w-])" + Pattern.quote(key) + "[\"']?\\s*:");
    String[] lines = text.split("\n", -1);
    int last = end == null ? lines.length : Math.min(end.getLineNr(), lines.length);
    for (int line = last; line >= 1; line--) {
      Matcher matcher = pattern.matcher(lines[line - 1]);
      if (matcher.find()) {
        return ", line " + line + ", column " + (matcher.start() + 1);
      }
    }
    return "";
  }

  private static String reason(JsonProcessingException e) {
    if (e instanceof UnrecognizedPropertyException unknown) {
      Collection<Object> known = unknown.getKnownPropertyIds();
      return "unknown key \""
          + unknown.getPropertyName()
          + "\" (there are "
          + known.stream().map(Object::toString).sorted().collect(Collectors.joining(", "))
          + ")";
    }
    String where = e instanceof JsonMappingException mapping ? member(mapping) : "";
    if (e.getCause() instanceof IllegalArgumentException cause) {
      return where + cause.getMessage();
    }
    if (e instanceof InvalidFormatException format) {
      return where + "\"" + format.getValue() + "\" does not belong here";
    }
    if (e instanceof JsonMappingException) {
      return where + "not a value that belongs here";
    }
    return e.getOriginalMessage().lines().map(String::strip).collect(Collectors.joining(" "));
  }

  private static String member(JsonMappingException e) {
    StringBuilder path = new StringBuilder();
    for (JsonMappingException.Reference step : e.getPath()) {
      path.append(
          step.getFieldName() == null
              ? "[" + step.getIndex() + "]"
              : (path.length() == 0 ? "" : ".") + step.getFieldName());
    }
    return path.length() == 0 ? "" : path + ": ";
  }
}
