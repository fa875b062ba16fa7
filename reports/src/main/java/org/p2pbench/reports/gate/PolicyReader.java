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
    try {
      Policy policy = MAPPER.readValue(text, Policy.class);
      if (policy == null) {
        throw new BadPolicyException(file + ": the file is empty." + ADVICE);
      }
      return policy;
    } catch (JsonProcessingException e) {
      throw new BadPolicyException(file + place(e) + ": " + reason(e) + "." + ADVICE);
    }
  }

  private static String place(JsonProcessingException e) {
    JsonLocation at = e.getLocation();
    return at == null ? "" : ", line " + at.getLineNr() + ", column " + at.getColumnNr();
  }

  private static String reason(JsonProcessingException e) {
    if (e instanceof UnrecognizedPropertyException unknown) {
      Collection<Object> known = unknown.getKnownPropertyIds();
      return "unknown key \""
          + unknown.getPropertyName()
          + "\" (there are "
          + known.stream().map(Object::toString).collect(Collectors.joining(", "))
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
