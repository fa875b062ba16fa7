// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.gate;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/** Where the keys and list entries of a YAML text stand, all counted from 1. */
final class YamlPlaces {

  /** A line and a column. */
  record Place(int line, int column) {}

  /** What YAML allows and a policy does not mean. */
  static final class MisplacedException extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient Place place;

    MisplacedException(Place place, String reason) {
      super(reason);
      this.place = place;
    }

    Place place() {
      return place;
    }
  }

  private final Map<JsonPointer, Place> places = new HashMap<>();

  /**
   * Reads all of a text.
   *
   * @throws MisplacedException at a key that stands twice, an alias, and a second document
   */
  YamlPlaces(YAMLParser parser) throws IOException, MisplacedException {
    for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
      JsonPointer pointer = parser.getParsingContext().pathAsPointer();
      Place place = place(parser.currentTokenLocation());
      if (parser.isCurrentAlias()) {
        throw new MisplacedException(
            place, "what begins with * is an alias in YAML: put the pattern in quotes");
      }
      if (token.isStructEnd()) {
        continue;
      }
      Place first = places.putIfAbsent(pointer, place);
      if (first != null && token == JsonToken.FIELD_NAME) {
        throw new MisplacedException(
            place,
            "\"%s\" stands twice in one map, first in line %d"
                .formatted(parser.currentName(), first.line()));
      }
      if (first != null && pointer.matches()) {
        throw new MisplacedException(place, "a second document begins: a policy is one");
      }
    }
  }

  static Place place(JsonLocation at) {
    return new Place(at.getLineNr(), at.getColumnNr());
  }

  /** Whether the text has no value at all. */
  boolean isEmpty() {
    return places.isEmpty();
  }

  /** The place of a value, or of the nearest one around it that there is. */
  Place of(JsonPointer pointer) {
    JsonPointer nearest = pointer;
    while (!places.containsKey(nearest) && nearest.head() != null) {
      nearest = nearest.head();
    }
    return places.getOrDefault(nearest, new Place(1, 1));
  }
}
