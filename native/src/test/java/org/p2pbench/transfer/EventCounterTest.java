// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.p2pbench.transfer.EventCounter.Reading;

class EventCounterTest {
  private static final int SOFTWARE = 1;
  private static final int CONTEXT_SWITCHES = 3;
  private static final int NAPS = 5;

  @Test
  void aCountIsScaledByTheWindowsOwnTurns() {
    Reading whole = new Reading(1000, 100, 100);
    // From here on the event has its counter for a quarter of the time.
    Reading quarter = new Reading(1100, 500, 200);

    assertThat(quarter.since(whole)).hasValue(400);
    assertThat(quarter.since(quarter)).hasValue(0);
    assertThat(whole.since(Reading.of(0))).hasValue(1000);
    assertThat(Reading.of(7).since(Reading.of(3))).hasValue(4);
  }

  /** Scaled from the beginning each, the two would be 2000 and 1250: fewer than none. */
  @Test
  void whatHasMoreTurnsThanBeforeIsNotCountedBackwards() {
    assertThat(new Reading(1000, 1600, 1280).since(new Reading(200, 1000, 100))).hasValue(407);
  }

  @Test
  void nothingIsSaidOfAWindowWithoutATurnOrOfACountThatGoesBack() {
    assertThat(new Reading(10, 300, 100).since(new Reading(10, 200, 100))).isEmpty();
    assertThat(Reading.of(3).since(Reading.of(7))).isEmpty();
  }

  @Test
  void countsWhatThisProcessDoes() throws InterruptedException {
    EventCounter switches = openSwitches();
    Reading before = switches.read().orElseThrow();
    for (int i = 0; i < NAPS; i++) {
      Thread.sleep(1);
    }
    assertThat(switches.read().orElseThrow().since(before).orElseThrow())
        .isGreaterThanOrEqualTo(NAPS);
    switches.close();
    assertThatIllegalStateException()
        .isThrownBy(switches::read)
        .withMessage("the counter is closed");
  }

  private static EventCounter openSwitches() {
    try {
      return EventCounter.open(SOFTWARE, CONTEXT_SWITCHES, 0, EventCounter.THIS_PROCESS);
    } catch (TransferException refused) {
      assumeTrue(
          !Set.of("EACCES", "EPERM", "ENOSYS").contains(refused.errnoName()),
          "perf events are not permitted here: " + refused.errnoName());
      throw refused;
    }
  }
}
