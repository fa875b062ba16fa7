// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.transaction.Measurements;

/** Trees as the kernel's drivers lay them out: no machine of the tests has these counters. */
class MemoryControllerTest {
  @TempDir private Path sys;

  @Test
  void eventsAreReadAsTheDriverSaysThem() throws IOException {
    file("bus/event_source/devices/uncore_imc_0/type", "23");
    file("bus/event_source/devices/uncore_imc_0/cpumask", "0,28");
    file("bus/event_source/devices/uncore_imc_0/format/event", "config:0-7");
    file("bus/event_source/devices/uncore_imc_0/format/umask", "config:8-15");
    file("bus/event_source/devices/uncore_imc_0/events/cas_count_read", "event=0x04,umask=0x03");
    file("bus/event_source/devices/uncore_imc_0/events/cas_count_read.scale", "6.103515625e-5");
    file("bus/event_source/devices/uncore_imc_0/events/cas_count_read.unit", "MiB");
    file("bus/event_source/devices/uncore_imc_0/events/clockticks", "event=0xff");
    file("bus/event_source/devices/uncore_cha_0/type", "24");

    assertThat(MemoryController.events(sys))
        .containsExactly(new MemoryController.Event(23, 0x0304, List.of(0, 28), 64));
  }

  @Test
  void anEventWhoseTermsOrUnitAreUnknownIsLeftOut() throws IOException {
    file("bus/event_source/devices/uncore_imc/type", "23");
    file("bus/event_source/devices/uncore_imc/format/event", "config1:0-7");
    file("bus/event_source/devices/uncore_imc/events/data_reads", "event=0x01");
    file("bus/event_source/devices/uncore_imc/events/data_reads.scale", "64");
    file("bus/event_source/devices/uncore_imc/events/data_reads.unit", "MiB");
    file("bus/event_source/devices/uncore_imc/events/data_writes", "event=0x02");

    assertThat(MemoryController.events(sys)).isEmpty();
  }

  @Test
  void withoutControllersTheCachesCountsAreAddedUp() throws Exception {
    file("fs/resctrl/mon_data/mon_L3_00/mbm_total_bytes", "1000");
    file("fs/resctrl/mon_data/mon_L3_01/mbm_total_bytes", "234");

    try (MemoryController caches = MemoryController.open(sys)) {
      assertThat(inWindow(caches, "1100", "334")).hasValue(200);
    }
  }

  @Test
  void aWindowInWhichACountIsLostOrGoesBackHasNoBytes() throws Exception {
    file("fs/resctrl/mon_data/mon_L3_00/mbm_total_bytes", "1000");
    file("fs/resctrl/mon_data/mon_L3_01/mbm_total_bytes", "234");

    try (MemoryController caches = MemoryController.open(sys)) {
      assertThat(inWindow(caches, "1100", "Unavailable")).isEmpty();
      assertThat(inWindow(caches, "1200", "334")).as("it was lost at the beginning").isEmpty();
      assertThat(inWindow(caches, "1300", "0")).isEmpty();
      assertThat(inWindow(caches, "1400", "17")).hasValue(117);
    }
  }

  /** What is counted in a window at whose end the caches say this. */
  private OptionalLong inWindow(MemoryController caches, String first, String second)
      throws IOException {
    Measurements measurements = Measurements.ofThisFork();
    measurements.meter("caches", caches::read);
    measurements.openWindow();
    file("fs/resctrl/mon_data/mon_L3_00/mbm_total_bytes", first);
    file("fs/resctrl/mon_data/mon_L3_01/mbm_total_bytes", second);
    measurements.closeWindow();
    return caches.bytes(measurements.metered("caches"));
  }

  @Test
  void whatNothingCountsIsSaidAndNotGuessed() throws IOException {
    file("fs/resctrl/mon_data/mon_L3_00/mbm_total_bytes", "Unavailable");

    assertThatThrownBy(() -> MemoryController.open(sys))
        .isInstanceOf(MemoryController.Unavailable.class)
        .hasMessage(
            "not available here: no uncore_imc events in %s/bus/event_source/devices, and no mbm_total_bytes below %s/fs/resctrl/mon_data (mount -t resctrl resctrl /sys/fs/resctrl where the CPU has memory bandwidth monitoring)",
            sys, sys);
  }

  private void file(String path, String text) throws IOException {
    Path file = sys.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text + "\n");
  }
}
