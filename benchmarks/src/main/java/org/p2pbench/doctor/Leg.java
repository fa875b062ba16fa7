// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

import java.util.List;
import java.util.Optional;

/**
 * One transfer of the asked path. Immutable.
 *
 * @param stage "fill" (a device writes into the CMB) or "drain" (a device reads from it)
 * @param place the device or file at its other end, as it was named
 * @param answer whether it works
 * @param reason why, one sentence without a full stop
 * @param remedy what to do where it does not
 * @param paths the kernel's verdict on each controller behind the place
 */
public record Leg(
    String stage,
    String place,
    Answer answer,
    String reason,
    Optional<String> remedy,
    List<PeerPath> paths) {
  public Leg {
    paths = List.copyOf(paths);
  }
}
