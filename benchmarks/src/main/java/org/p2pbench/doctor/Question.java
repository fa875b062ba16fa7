// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The path that is asked for. Immutable.
 *
 * @param cmb whose CMB, in any of the command line's forms; empty: as a run would choose it
 * @param sources devices or files that fill the CMB; empty: none is asked for
 * @param targets devices, files or directories that are drained to; empty: none is asked for
 */
public record Question(Optional<String> cmb, List<Path> sources, List<Path> targets) {
  /** Nothing in particular: whether there is a CMB that some drive can use. */
  public static final Question OPEN = new Question(Optional.empty(), List.of(), List.of());

  /** Copies the lists. */
  public Question {
    sources = List.copyOf(sources);
    targets = List.copyOf(targets);
  }
}
