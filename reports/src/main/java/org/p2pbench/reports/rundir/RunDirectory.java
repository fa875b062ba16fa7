// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.rundir;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A run directory as it was read. {@code results} is absent where the run ended before its first
 * fork, {@code doctor} and {@code topologySvg} where it was measured without them or there was
 * nothing to draw; {@code missing} says in whole sentences what is not there that a complete run
 * has.
 */
public record RunDirectory(
    Path path,
    Environment environment,
    Optional<Results> results,
    Optional<Doctor> doctor,
    Optional<String> topologySvg,
    List<String> missing) {

  /** Makes the list immutable. */
  public RunDirectory {
    missing = List.copyOf(missing);
  }

  /** Rows so far, in the order of the run. */
  public List<Row> rows() {
    return results.map(Results::rows).orElse(List.of());
  }

  /** The machine class of the run. */
  public MachineClass machineClass() {
    return environment.machineClass();
  }
}
