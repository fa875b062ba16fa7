// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.history;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** What both stores write: entries as JSON with format and version, and digests. */
final class StoreJson {
  static final String RUN = "p2pbench-history-run";
  static final String DECISION = "p2pbench-history-decision";
  static final String STORE = "p2pbench-history";
  static final int VERSION = 1;

  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(
                  JsonInclude.Include.NON_NULL, JsonInclude.Include.USE_DEFAULTS))
          .build();

  private StoreJson() {}

  /** The same entry always gives the same bytes. */
  static byte[] bytes(String format, Object entry) {
    ObjectNode node = MAPPER.createObjectNode().put("format", format).put("version", VERSION);
    node.setAll((ObjectNode) MAPPER.valueToTree(entry));
    return (text(node) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  /** A value without what is null. */
  static String text(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** SHA-256 of all parts in turn, in hexadecimal. */
  static String digest(byte[]... parts) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      for (byte[] part : parts) {
        sha.update(part);
      }
      return HexFormat.of().formatHex(sha.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every Java platform has it
    }
  }
}
