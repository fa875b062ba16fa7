// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.fingerprint;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.p2pbench.reports.rundir.Environment;

/**
 * What of an environment the figures depend on, in two parts. Figures are comparable where the
 * {@code identity} is the same: it names what makes a machine another one, and only what does not
 * drift by itself from boot to boot (no clock rate, no serial number, no kernel's name of a disk,
 * memory by class). The {@code circumstances} are what people change on a machine in order to see
 * what that does (kernel, firmware, governor...): a difference there is named and marked, never
 * refused. The fields are listed in run-directory.md.
 *
 * @param identity values by name, in a fixed order
 * @param circumstances likewise
 */
public record Fingerprint(Map<String, String> identity, Map<String, String> circumstances) {
  private static final int HASH_DIGITS = 12;

  /** Makes the maps immutable. */
  public Fingerprint {
    identity = Collections.unmodifiableMap(new LinkedHashMap<>(identity));
    circumstances = Collections.unmodifiableMap(new LinkedHashMap<>(circumstances));
  }

  /** The fingerprint of an environment. What was not recorded is "unknown". */
  public static Fingerprint of(Environment environment) {
    return new EnvironmentFields(environment).fingerprint();
  }

  /** Twelve hexadecimal digits that follow from the identity alone. */
  public String hash() {
    String text =
        identity.entrySet().stream()
            .map(field -> field.getKey() + "=" + field.getValue() + "\n")
            .collect(Collectors.joining());
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, HASH_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Why figures of the two are not comparable; empty where they are. */
  public List<Difference> refusals(Fingerprint candidate) {
    return differences(identity, candidate.identity);
  }

  /** What else differs: to be named beside the figures. */
  public List<Difference> warnings(Fingerprint candidate) {
    return differences(circumstances, candidate.circumstances);
  }

  private static List<Difference> differences(Map<String, String> a, Map<String, String> b) {
    Set<String> names = new LinkedHashSet<>(a.keySet());
    names.addAll(b.keySet());
    List<Difference> differences = new ArrayList<>();
    for (String name : names) {
      String before = a.getOrDefault(name, "none");
      String after = b.getOrDefault(name, "none");
      if (!before.equals(after)) {
        differences.add(new Difference(name, before, after));
      }
    }
    return differences;
  }
}
