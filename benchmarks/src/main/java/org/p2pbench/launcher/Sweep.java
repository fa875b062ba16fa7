// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.p2pbench.transfer.Arrivals;

/**
 * The open loop that a user asks for: which rates, how transactions arrive, and which p99 is the
 * limit at the knee.
 *
 * @param rates at least one, in the order given
 * @param p99BoundNs empty where no limit was given
 */
record Sweep(Arrivals arrivals, List<OfferedRate> rates, OptionalLong p99BoundNs) {

  private static final Pattern DURATION = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,6})?)(us|ms|s)");

  /**
   * Reads the options; empty where no rate was given.
   *
   * @throws IllegalArgumentException one line: what, why, what to do
   */
  static Optional<Sweep> of(RunRequest.OpenLoop typed) {
    if (typed.rates().isEmpty()) {
      typed.arrivals().ifPresent(a -> refuseAlone("--arrivals"));
      typed.p99Bound().ifPresent(b -> refuseAlone("--p99-bound"));
      return Optional.empty();
    }
    OptionalLong bound =
        typed.p99Bound().isEmpty()
            ? OptionalLong.empty()
            : OptionalLong.of(duration(typed.p99Bound().get()));
    return Optional.of(
        new Sweep(
            Arrivals.parse(typed.arrivals().orElse(Arrivals.POISSON.label())),
            typed.rates().stream().map(OfferedRate::parse).distinct().toList(),
            bound));
  }

  private static void refuseAlone(String option) {
    throw new IllegalArgumentException(
        option + " is of an open loop: give the rates, too, such as --rate 30%,60%,90%");
  }

  private static long duration(String text) {
    Matcher matcher = DURATION.matcher(text.strip().toLowerCase(Locale.ROOT));
    double value = matcher.matches() ? Double.parseDouble(matcher.group(1)) : 0;
    if (value == 0) {
      throw new IllegalArgumentException(
          "--p99-bound '%s' is not a time over 0: write one with its unit, such as 500us or 2ms"
              .formatted(text));
    }
    double unit =
        switch (matcher.group(2)) {
          case "us" -> 1e3;
          case "ms" -> 1e6;
          default -> 1e9;
        };
    return Math.round(value * unit);
  }
}
