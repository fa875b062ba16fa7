// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.safety;

import java.util.List;
import java.util.Optional;

/**
 * Permission to overwrite one block device.
 *
 * @param device value of --destroy; empty: none was named, so that nothing is allowed
 * @param signature value of the --destroy-signature beside it
 * @param identity {@link org.p2pbench.discovery.BlockDevice#identity} of that device when the run
 *     began: then it is for that one alone, whatever has its name later
 */
public record Consent(
    Optional<String> device, Optional<String> signature, Optional<String> identity) {

  /** As it was typed, for whatever device has that name. */
  public Consent(Optional<String> device, Optional<String> signature) {
    this(device, signature, Optional.empty());
  }

  /** One consent, or none where neither was said. */
  public static List<Consent> of(Optional<String> device, Optional<String> signature) {
    return device.isEmpty() && signature.isEmpty()
        ? List.of()
        : List.of(new Consent(device, signature));
  }
}
