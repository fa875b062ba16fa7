// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a run that shows no bar says how far it is. */
class ProgressTest {

  private long nowNs;

  @Test
  void offATerminalEachTenthOfTheForksIsALine() {
    assertThat(lines(33, Duration.ofMinutes(2), Duration.ofSeconds(3)))
        .hasSize(9)
        .startsWith(
            "smoke: 4 of 33 forks done, about 90 s to go",
            "smoke: 7 of 33 forks done, about 80 s to go")
        .endsWith("smoke: 30 of 33 forks done, about 10 s to go");
  }

  @Test
  void ofFewLongForksEachIsALineButTheLast() {
    assertThat(lines(3, Duration.ofHours(2), Duration.ofMinutes(41)))
        .containsExactly(
            "smoke: 1 of 3 forks done, about 1 h 22 min to go",
            "smoke: 2 of 3 forks done, about 41 min to go");
  }

  @Test
  void whatIsOverInAMinuteSaysNothing() {
    assertThat(lines(20, Duration.ofMinutes(1), Duration.ofSeconds(3))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 10 s",
    "41, 50 s",
    "100, 100 s",
    "101, 2 min",
    "3540, 59 min",
    "3541, 1 h",
    "4920, 1 h 22 min"
  })
  void timesAreRoundedUp(long seconds, String words) {
    assertThat(WallTime.words(Duration.ofSeconds(seconds))).isEqualTo(words);
  }

  private List<String> lines(int forks, Duration wallTime, Duration each) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
    try (Progress progress = Progress.inLines("smoke", forks, wallTime, stream, () -> nowNs)) {
      for (int fork = 0; fork < forks; fork++) {
        nowNs += each.toNanos();
        progress.done();
      }
    }
    return err.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
