// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.gate;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.stream.Collectors;
import org.p2pbench.reports.gate.YamlPlaces.Place;
import org.p2pbench.reports.rundir.IoReason;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/** Reads a policy: YAML, hence JSON too. Each failure is one line with its place. */
public final class PolicyReader {
  private static final YAMLMapper MAPPER =
      YAMLMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .build();
  private static final String ADVICE = ". See reports/gate-policy.md.";

  private final Path file;
  private final String text;

  private PolicyReader(Path file, String text) {
    this.file = file;
    this.text = text;
  }

  /** Reads a file. */
  public static Policy read(Path file) throws BadPolicyException {
    try {
      return new PolicyReader(file, Files.readString(file)).policy();
    } catch (CharacterCodingException e) {
      throw new BadPolicyException(file + ": not UTF-8 text" + ADVICE);
    } catch (IOException e) {
      throw new BadPolicyException(
          file + ": cannot be read (" + IoReason.of(e) + "). Give the policy with --policy.");
    }
  }

  private Policy policy() throws BadPolicyException {
    YamlPlaces places = places();
    if (places.isEmpty()) {
      throw new BadPolicyException(file + ": the file is empty" + ADVICE);
    }
    JsonNode tree = tree();
    try {
      return MAPPER.treeToValue(tree, Policy.class);
    } catch (JsonProcessingException e) {
      JsonPointer pointer = pointer(e);
      throw bad(places.of(pointer), reason(e, tree.at(pointer)));
    }
  }

  private BadPolicyException bad(Place place, String reason) {
    return new BadPolicyException(
        "%s, line %d, column %d: %s%s"
            .formatted(file, place.line(), place.column(), reason, ADVICE));
  }

  // ---- syntax ----------------------------------------------------------------------

  private YamlPlaces places() throws BadPolicyException {
    try (YAMLParser parser = MAPPER.getFactory().createParser(text)) {
      return new YamlPlaces(parser);
    } catch (YamlPlaces.MisplacedException e) {
      throw bad(e.place(), e.getMessage());
    } catch (JsonProcessingException e) {
      throw e.getCause() instanceof MarkedYAMLException marked
          ? syntax(marked)
          : bad(
              YamlPlaces.place(e.getLocation()), "not YAML: " + firstLine(e.getOriginalMessage()));
    } catch (IOException e) {
      throw new IllegalStateException(e); // text cannot fail to be read
    }
  }

  /** Of text that is YAML; numbers are looked at here. */
  private JsonNode tree() throws BadPolicyException {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw bad(YamlPlaces.place(e.getLocation()), firstLine(e.getOriginalMessage()));
    }
  }

  /** What the parser of YAML says, in words for those who do not know its terms. */
  private BadPolicyException syntax(MarkedYAMLException e) {
    String problem = firstLine(e.getProblem());
    String context = e.getContext() == null ? "" : e.getContext();
    if (problem.contains("end of stream") && context.contains("quoted")) {
      return bad(place(e.getContextMark()), "this quote is not closed");
    }
    return bad(place(e.getProblemMark()), words(problem, context));
  }

  private static String words(String problem, String context) {
    if (problem.contains("(TAB)")) {
      return "a tab stands where YAML takes spaces alone: indent with spaces";
    }
    if (context.contains("alias")) {
      return "what begins with * is an alias in YAML: put the pattern in quotes";
    }
    if (problem.startsWith("expected <block end>")) {
      return "this does not go on with the list or map above it: check the indentation, and that"
          + " each list entry begins with \"- \"";
    }
    if (problem.startsWith("mapping values are not allowed")) {
      return "a \": \" does not belong here: check the indentation, or put the text in quotes";
    }
    return "not YAML: " + problem.replace("'<stream end>'", "the end of the file");
  }

  private static Place place(Mark mark) {
    return new Place(mark.getLine() + 1, mark.getColumn() + 1);
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("");
  }

  // ---- values ----------------------------------------------------------------------

  private static JsonPointer pointer(JsonProcessingException e) {
    StringBuilder pointer = new StringBuilder();
    if (e instanceof JsonMappingException mapping) {
      mapping.getPath().forEach(step -> pointer.append('/').append(name(step)));
    }
    if (e.getCause() instanceof BadMember member) {
      pointer.append(member.pointer());
    }
    return JsonPointer.compile(pointer.toString());
  }

  private static String name(JsonMappingException.Reference step) {
    return step.getFieldName() == null
        ? String.valueOf(step.getIndex())
        : step.getFieldName().replace("~", "~0").replace("/", "~1");
  }

  private static String reason(JsonProcessingException e, JsonNode found) {
    if (e instanceof UnrecognizedPropertyException unknown) {
      return "unknown key \""
          + unknown.getPropertyName()
          + "\" ("
          + keys(unknown.getKnownPropertyIds())
          + ")";
    }
    String where = e instanceof JsonMappingException mapping ? path(mapping) : "";
    if (e.getCause() instanceof IllegalArgumentException cause) {
      return where + cause.getMessage();
    }
    if (e instanceof MismatchedInputException mismatch && mismatch.getTargetType() != null) {
      return where + wanted(mismatch.getTargetType()) + " belongs here, not " + described(found);
    }
    return where + "not a value that belongs here";
  }

  private static String keys(Collection<Object> known) {
    return "there are "
        + known.stream().map(Object::toString).sorted().collect(Collectors.joining(", "));
  }

  private static String wanted(Class<?> type) {
    JavaType wanted = MAPPER.constructType(type);
    if (wanted.isCollectionLikeType()) {
      return "a list (entries that begin with \"- \")";
    }
    if (type.isRecord()) {
      String components =
          Arrays.stream(type.getRecordComponents())
              .map(c -> c.getName())
              .sorted()
              .collect(Collectors.joining(", "));
      return "a map (keys " + components + ")";
    }
    if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .map(constant -> MAPPER.convertValue(constant, String.class))
          .collect(Collectors.joining(" or "));
    }
    return type == Boolean.class ? "true or false" : type == String.class ? "text" : number(type);
  }

  private static String number(Class<?> type) {
    return type == Integer.class ? "a whole number" : "a number";
  }

  private static String described(JsonNode found) {
    return switch (found.getNodeType()) {
      case ARRAY -> "a list";
      case OBJECT -> "a map";
      case STRING -> "\"" + found.textValue() + "\"";
      case NULL, MISSING -> "nothing";
      default -> found.asText();
    };
  }

  /** {@code metrics[3].rows: }. */
  private static String path(JsonMappingException e) {
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
