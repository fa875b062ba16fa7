// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.safety;

import java.util.List;
import java.util.Optional;

/**
 * Permission to overwrite one block device.
 *
 * @param device value of --destroy; empty: none was named, so that nothing is allowed
 * @param signature value of the --destroy-signature beside it
 */
public record Consent(Optional<String> device, Optional<String> signature) {

  /** One consent, or none where neither was said. */
  public static List<Consent> of(Optional<String> device, Optional<String> signature) {
    return device.isEmpty() && signature.isEmpty()
        ? List.of()
        : List.of(new Consent(device, signature));
  }
}
