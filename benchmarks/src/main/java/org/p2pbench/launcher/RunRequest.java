// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.p2pbench.safety.Consent;
import org.p2pbench.transaction.Layout;

/**
 * What the user wants of a run, as typed.
 *
 * @param profile how much and how long
 * @param asked what is compared
 * @param places where
 * @param out the run directory
 * @param ioTimeout after which an I/O counts as lost
 * @param rounds forks of each row; empty: the profile's
 * @param profilers beside those of every run
 * @param jmhArguments handed to JMH
 * @param commandLine as typed, for the record
 * @param jar the benchmarks jar that measures; empty: this one
 */
record RunRequest(
    Profile profile,
    Asked asked,
    Places places,
    Path out,
    Duration ioTimeout,
    Optional<Integer> rounds,
    List<String> profilers,
    List<String> jmhArguments,
    List<String> commandLine,
    Optional<Path> jar) {

  /** The same request for the p2pbench of another jar. */
  RunRequest of(Path otherJar) {
    return new RunRequest(
        profile,
        asked,
        places,
        out,
        ioTimeout,
        rounds,
        profilers,
        jmhArguments,
        commandLine,
        Optional.of(otherJar));
  }

  /** What is compared; empty lists leave it to the profile. */
  record Asked(
      List<String> memories,
      List<String> pinnings,
      List<String> engines,
      List<String> sizes,
      List<Integer> depths,
      List<Integer> threads,
      List<Integer> stagings,
      Optional<String> pattern,
      Optional<String> pages,
      boolean drainOnly,
      List<String> busyMemory,
      List<String> numa,
      OpenLoop openLoop,
      boolean overhead) {

    /** Nothing asked for: the profile decides. */
    static final Asked NOTHING =
        new Asked(
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            false,
            List.of(),
            List.of(),
            OpenLoop.NONE,
            false);

    boolean nothing() {
      return equals(NOTHING);
    }
  }

  /** At which rates transactions arrive; without rates a closed loop is measured. */
  record OpenLoop(List<String> rates, Optional<String> arrivals, Optional<String> p99Bound) {

    /** A closed loop. */
    static final OpenLoop NONE = new OpenLoop(List.of(), Optional.empty(), Optional.empty());
  }

  /** Where it is measured, as typed. */
  record Places(
      Optional<String> cmb,
      List<Path> sources,
      List<Path> targets,
      Optional<Path> dir,
      List<Consent> consents) {

    /** Fresh files, and whatever CMB is here. */
    static final Places DEFAULT =
        new Places(Optional.empty(), List.of(), List.of(), Optional.empty(), List.of());

    /** All of the sources and targets. */
    Layout layout() {
      return new Layout(Math.max(1, sources.size()), Math.max(1, targets.size()), Optional.empty());
    }
  }
}
