// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The path that is asked for. Immutable.
 *
 * @param cmb whose CMB, in any of the command line's forms; empty: as a run would choose it
 * @param source device or file that fills the CMB; empty: none is asked for
 * @param target device, file or directory that is drained to; empty: none is asked for
 */
public record Question(Optional<String> cmb, Optional<Path> source, Optional<Path> target) {
  /** Nothing in particular: whether there is a CMB that some drive can use. */
  public static final Question OPEN =
      new Question(Optional.empty(), Optional.empty(), Optional.empty());
}
