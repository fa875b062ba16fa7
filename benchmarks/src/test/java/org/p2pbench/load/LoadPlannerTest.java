// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.p2pbench.load.LoadPlacement.Nearness;
import org.p2pbench.transfer.Cpus;
import org.p2pbench.transfer.MemoryLoad;

/** Which CPUs a load gets, on trees of sysfs as machines have them. */
class LoadPlannerTest {
  private static final long MIB = 1 << 20;

  @TempDir private Path root;

  @Test
  void coresAreKeptApartAsLongAsThereAreAny() throws IOException {
    LoadPlanner planner = machine(List.of("0,4", "1,5", "2,6", "3,7"), 8);

    assertThat(planner.place(LoadSpec.parse("triad:2")))
        .isEqualTo(new LoadPlacement(List.of(3, 2), List.of(0, 1, 4, 5), Nearness.APART, 64 * MIB));
    assertThat(planner.place(LoadSpec.parse("triad:4")))
        .isEqualTo(
            new LoadPlacement(
                List.of(3, 2, 1, 0), List.of(4, 5, 6, 7), Nearness.SAME_CORES, 64 * MIB));
    assertThat(planner.place(LoadSpec.parse("triad:6")).loadCpus())
        .containsExactly(3, 2, 1, 0, 7, 6);
    assertThat(planner.place(LoadSpec.parse("triad:8")).nearness()).isEqualTo(Nearness.SAME_CPUS);
    assertThat(planner.place(LoadSpec.parse("triad:8")).transferCpus()).hasSize(8);
  }

  @Test
  void withoutANumberItTakesWhatTheTransfersLeaveAndAtLeastOne() throws IOException {
    LoadPlanner planner = machine(List.of("0", "1", "2", "3"), 8);

    assertThat(planner.complete(LoadSpec.parse("read"), 1)).isEqualTo(LoadSpec.parse("read:3"));
    assertThat(planner.complete(LoadSpec.parse("read"), 4)).isEqualTo(LoadSpec.parse("read:1"));
    assertThat(planner.complete(LoadSpec.parse("read:2"), 4)).isEqualTo(LoadSpec.parse("read:2"));
  }

  @Test
  void arraysAreFourTimesTheLargestCache() throws IOException {
    assertThat(machine(List.of("0", "1"), 32).place(LoadSpec.parse("copy:1")).threadBytes())
        .isEqualTo(128 * MIB);
  }

  @Test
  void whereTheCacheIsNotToldItIsTakenForALargeOne() {
    assertThat(new LoadPlanner(root, root, List.of(0)).place(LoadSpec.parse("copy:1")))
        .isEqualTo(new LoadPlacement(List.of(0), List.of(0), Nearness.SAME_CPUS, 128 * MIB));
  }

  @Test
  void moreThreadsThanCpusAreRefused() throws IOException {
    LoadPlanner planner = machine(List.of("0", "1"), 8);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> planner.place(LoadSpec.parse("triad:3")))
        .withMessage(
            "memory load triad:3 needs a CPU for each of its 3 threads, but this process may use 2"
                + " (0-1): ask for 2 or fewer");
  }

  @Test
  void moreMemoryThanHalfOfWhatIsThereIsRefused() throws IOException {
    LoadPlanner planner = machine(List.of("0", "1"), 32);
    Files.writeString(root.resolve("meminfo"), "MemTotal: 1 kB\nMemAvailable:   409600 kB\n");

    assertThat(planner.place(LoadSpec.parse("write:1")).threadBytes()).isEqualTo(128 * MIB);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> planner.place(LoadSpec.parse("write:2")))
        .withMessage(
            "memory load write:2 needs 320 MiB, four times the last-level cache for each thread,"
                + " but of the 400 MiB available at most half may go there: ask for fewer threads");
  }

  @Test
  void onThisMachineEveryCpuMayBeUsed() {
    List<Integer> allowed = Cpus.allowed();
    LoadPlacement placement = LoadPlanner.ofThisMachine().place(LoadSpec.parse("read:1"));

    assertThat(allowed).containsAll(placement.loadCpus()).containsAll(placement.transferCpus());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "swap | unknown memory load 'swap': one of copy, read, triad, write",
        "triad:all | memory load 'triad:all' is not KIND[:THREADS[:PERCENT[:ORDER]]]: write triad,"
            + " copy:2 or read:1:50:random",
        "triad:1:1:random:2 | memory load 'triad:1:1:random:2' is not"
            + " KIND[:THREADS[:PERCENT[:ORDER]]]: write triad, copy:2 or read:1:50:random",
        "triad:0 | a memory load of 0 threads is out of range: at least 1",
        "triad:1:101 | a memory load for 101 % of the time is out of range: 1 to 100",
        "triad:1:50:zigzag | unknown pattern 'zigzag': one of random, sequential"
      })
  void whatIsNoLoadIsRefused(String text, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LoadSpec.parse(text))
        .withMessage(message);
  }

  @Test
  void everyWordOfALoadIsRead() {
    LoadSpec load = LoadSpec.parse("copy:2:25:random");

    assertThat(load.kind()).isEqualTo(MemoryLoad.Kind.COPY);
    assertThat(load.threads()).hasValue(2);
    assertThat(load.sharePercent()).isEqualTo(25);
    assertThat(load.pattern().label()).isEqualTo("random");
    assertThat(LoadPlacement.list(List.of(7, 0, 1, 2, 5))).isEqualTo("0-2,5,7");
  }

  /** A machine of such cores, each with the CPUs listed. */
  private LoadPlanner machine(List<String> cores, int cacheMib) throws IOException {
    List<Integer> cpus = new java.util.ArrayList<>();
    for (String core : cores) {
      for (String cpu : core.split(",")) {
        cpus.add(Integer.parseInt(cpu));
        Path directory = root.resolve("devices/system/cpu/cpu" + cpu);
        Files.createDirectories(directory.resolve("topology"));
        Files.writeString(directory.resolve("topology/thread_siblings_list"), core + "\n");
        cache(directory, 0, "32K");
        cache(directory, 3, cacheMib * 1024 + "K");
      }
    }
    return new LoadPlanner(root, root, cpus.stream().sorted().toList());
  }

  private static void cache(Path cpu, int index, String size) throws IOException {
    Path directory = Files.createDirectories(cpu.resolve("cache/index" + index));
    Files.writeString(directory.resolve("size"), size + "\n");
  }
}
