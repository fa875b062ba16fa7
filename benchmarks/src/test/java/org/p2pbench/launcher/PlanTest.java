// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.p2pbench.load.LoadPlacement;
import org.p2pbench.load.LoadPlacement.Nearness;
import org.p2pbench.load.LoadSpec;
import org.p2pbench.transaction.Layout;
import org.p2pbench.transaction.MemoryChoice;
import org.p2pbench.transaction.TransferSpec;
import org.p2pbench.transfer.Arrivals;
import org.p2pbench.transfer.Engine;
import org.p2pbench.transfer.Pattern;
import org.p2pbench.transfer.Pinning;

class PlanTest {
  private static final Profile.Timing THREE_ROUNDS =
      new Profile.Timing(3, 1, Duration.ofMillis(1), 1, Duration.ofMillis(1));

  @Test
  void transfersRunRoundByRoundForthAndBackPinsHalfAsOftenAndTheRestOnce() {
    Plan plan =
        new Plan(
            "test",
            THREE_ROUNDS,
            List.of(
                row(MemoryChoice.RAM, 4096),
                row(MemoryChoice.CMB_EMULATED, 4096),
                row(MemoryChoice.RAM, 8192),
                RowPlan.ofPin("ram", "mlock", 4096, "4KiB"),
                RowPlan.ofBaseline("emptyCall")));

    assertThat(plan.forks())
        .extracting(f -> f.row().id() + " " + f.round() + "." + f.position())
        .containsExactly(
            "transfer-ram-per-transaction-sync-4096-d1-t1 0.0",
            "transfer-cmb-emulated-per-transaction-sync-4096-d1-t1 0.1",
            "transfer-cmb-emulated-per-transaction-sync-4096-d1-t1 1.0",
            "transfer-ram-per-transaction-sync-4096-d1-t1 1.1",
            "transfer-ram-per-transaction-sync-4096-d1-t1 2.0",
            "transfer-cmb-emulated-per-transaction-sync-4096-d1-t1 2.1",
            "transfer-ram-per-transaction-sync-8192-d1-t1 0.0",
            "transfer-ram-per-transaction-sync-8192-d1-t1 1.0",
            "transfer-ram-per-transaction-sync-8192-d1-t1 2.0",
            "pin-ram-mlock-4096-4KiB 0.0",
            "baseline-emptyCall 0.0");
  }

  @ParameterizedTest
  @EnumSource(Profile.class)
  void everyProfileComparesTwinsAndNamesNoRowTwice(Profile profile) {
    for (boolean uring : List.of(true, false)) {
      for (MemoryChoice peer : List.of(MemoryChoice.CMB, MemoryChoice.CMB_EMULATED)) {
        Plan plan = PlanBuilder.ofProfile(profile, profile.timing(), peer, uring, Layout.PLAIN);

        assertThat(plan.rows()).extracting(RowPlan::id).doesNotHaveDuplicates();
        assertThat(plan.rows()).extracting(RowPlan::id).allMatch(id -> id.matches("[\\w.-]+"));
        for (RowPlan row : plan.rows()) {
          if (row.onDevice() && row.question().equals("transfer")) {
            assertThat(plan.rows())
                .as("twin in system memory of %s", row.id())
                .anyMatch(
                    r ->
                        r.group().equals(row.group())
                            && "ram".equals(r.parameters().get("memory")));
          }
          if (!uring) {
            assertThat(row.parameters().get("engine")).isNotEqualTo("io_uring");
          }
        }
      }
    }
  }

  @Test
  void theKernelsOwnPinBenchmarkRunsOnEitherMemoryBesideAPinCurveOfTheSameSizes() {
    Plan plan = new Plan("test", THREE_ROUNDS, List.of(row(MemoryChoice.RAM, 4096)));

    assertThat(PlanBuilder.withGupTest(plan, MemoryChoice.CMB, true).rows())
        .extracting(RowPlan::id)
        .hasSize(1 + 4 * 5)
        .startsWith(
            "transfer-ram-per-transaction-sync-4096-d1-t1",
            "pin-ram-io_uring-register-4096-4KiB",
            "pin-ram-io_uring-register-4096-2MiB",
            "pin-ram-gup-test-4096-4KiB",
            "pin-ram-gup-test-4096-2MiB",
            "pin-cmb-gup-test-4096-4KiB")
        .endsWith("pin-cmb-gup-test-1048576-4KiB");
    // It pins 8 MiB at once, a block at a time: each of those is an operation.
    assertThat(RowPlan.ofPin("cmb", "gup-test", 4096, "4KiB").batch()).isEqualTo(2 * 2048);
    assertThat(RowPlan.ofPin("cmb", "gup-test", 1 << 20, "4KiB").batch()).isEqualTo(2 * 8);
    assertThat(PlanBuilder.withGupTest(plan, MemoryChoice.CMB, false).rows())
        .extracting(RowPlan::id)
        .noneMatch(id -> id.contains("io_uring"));
  }

  @Test
  void pacedTwinsMeetTheSameRatesAndPercentagesAreTakenOfTheBounce() {
    Selection asked =
        new Selection(
            List.of(MemoryChoice.CMB_EMULATED, MemoryChoice.RAM),
            List.of(),
            List.of(Engine.SYNC),
            List.of(4096L),
            List.of(1),
            List.of(1),
            List.of(0),
            Pattern.SEQUENTIAL,
            false,
            true,
            List.of(Layout.PLAIN));
    Sweep sweep =
        Sweep.of(
                new RunRequest.OpenLoop(
                    List.of("2000", "30%"), Optional.empty(), Optional.of("1.5ms")))
            .orElseThrow();
    Plan plan = PlanBuilder.ofSweep("test", THREE_ROUNDS.withRounds(1), asked, sweep);

    assertThat(plan.p99BoundNs()).hasValue(1_500_000);
    assertThat(plan.forks())
        .extracting(f -> f.row().id())
        .containsExactly(
            "open-loop-cmb-emulated-per-transaction-sync-4096-d1-t1-poisson-2000",
            "open-loop-ram-per-transaction-sync-4096-d1-t1-poisson-2000",
            "transfer-ram-per-transaction-sync-4096-d1-t1",
            "open-loop-cmb-emulated-per-transaction-sync-4096-d1-t1-poisson-30pct",
            "open-loop-ram-per-transaction-sync-4096-d1-t1-poisson-30pct");

    RowPlan paced = plan.rows().get(4).at(12_345.6);
    assertThat(paced.id()).isEqualTo("open-loop-ram-per-transaction-sync-4096-d1-t1-poisson-3700");
    assertThat(paced.group()).isEqualTo(plan.rows().get(3).at(12_345.6).group());
    assertThat(paced.parameters())
        .containsEntry("arrivals", "poisson")
        .containsEntry("ratePerSecond", 3700L);
    assertThat(paced.method()).isEqualTo("org.p2pbench.jmh.OpenLoopBenchmark.transfer");
    assertThat(paced.jmhParameters()).containsEntry("ratePerSecond", "3700");
  }

  @ParameterizedTest
  @CsvSource({"100000, 30, 64", "3000, 1000, 30", "100, 20000, 1", "1, 20000, 1"})
  void aPacedForkLastsLongEnoughForItsP99(long rate, long forkMs, int batch) {
    TransferSpec spec = TransferSpec.of(MemoryChoice.RAM, Engine.SYNC, 4096);
    RowPlan row = RowPlan.ofOpenLoop(spec, Arrivals.FIXED, rate);
    Profile.Timing tenMs = new Profile.Timing(1, 0, Duration.ZERO, 2, Duration.ofMillis(5));

    assertThat(row.timed(tenMs).ofFork()).hasMillis(forkMs);
    assertThat(row.batch()).isEqualTo(batch);
  }

  @Test
  void aRowIsNamedAfterAllThatDistinguishesIt() {
    TransferSpec spec =
        new TransferSpec(
            MemoryChoice.CMB_EMULATED,
            Pinning.REGISTERED,
            Engine.IO_URING,
            1 << 20,
            32,
            2,
            1,
            Pattern.RANDOM,
            true,
            false);
    RowPlan row = RowPlan.of(spec);

    assertThat(row.id())
        .isEqualTo("drain-cmb-emulated-registered-staged-2MiB-io_uring-1048576-d32-t2-random");
    assertThat(row.group()).isEqualTo("drain/io_uring-1048576-d32-t2-random");
    assertThat(row.method()).isEqualTo("org.p2pbench.jmh.DrainBenchmark.drain");
    assertThat(row.threads()).isEqualTo(2);
    assertThat(row.onDevice()).isFalse();
    assertThat(row.jmhParameters())
        .containsEntry("pages", "2MiB")
        .containsEntry("depth", "32")
        .doesNotContainKey("threads");
  }

  @Test
  void aLoadAndTransfersAreMeasuredAloneAndTogetherForthAndBack() {
    LoadPlacement placement = new LoadPlacement(List.of(1), List.of(0), Nearness.APART, 1 << 26);
    List<TransferSpec> twins =
        List.of(
            TransferSpec.of(MemoryChoice.CMB, Engine.SYNC, 4096),
            TransferSpec.of(MemoryChoice.RAM, Engine.SYNC, 4096));
    Plan plan =
        new Plan(
            "test",
            THREE_ROUNDS.withRounds(2),
            BusyRows.of(LoadSpec.parse("triad:1:50"), placement, twins));

    List<String> round =
        List.of(
            "busy-memory-triad-sequential-t1-s50-alone-sync-4096-d1-t1",
            "busy-memory-triad-sequential-t1-s50-cmb-per-transaction-sync-4096-d1-t1-without",
            "busy-memory-triad-sequential-t1-s50-ram-per-transaction-sync-4096-d1-t1-without",
            "busy-memory-triad-sequential-t1-s50-cmb-per-transaction-sync-4096-d1-t1-beside",
            "busy-memory-triad-sequential-t1-s50-ram-per-transaction-sync-4096-d1-t1-beside");
    List<String> expected = new ArrayList<>(round);
    for (int i = round.size() - 1; i >= 0; i--) {
      expected.add(round.get(i));
    }
    assertThat(plan.forks()).extracting(f -> f.row().id()).containsExactlyElementsOf(expected);
    RowPlan beside = plan.rows().get(3);
    assertThat(beside.group()).isEqualTo("busy-memory/triad-sequential-t1-s50/sync-4096-d1-t1");
    assertThat(beside.method()).isEqualTo("org.p2pbench.jmh.BusyMemoryBenchmark.transfer");
    assertThat(beside.onDevice()).isTrue();
    assertThat(beside.jmhParameters())
        .containsEntry("load", "triad")
        .containsEntry("loadShare", "50")
        .doesNotContainKey("loadCpus");
    assertThat(beside.parameters())
        .containsEntry("loadCpus", "1")
        .containsEntry("transferCpus", "0")
        .containsEntry("placement", "apart")
        .containsEntry("loadBytes", 1L << 26);
    assertThat(plan.rows().get(1).jmhParameters()).containsEntry("load", "none");
    assertThat(plan.rows().get(0).parameters()).doesNotContainKey("memory");
  }

  @Test
  void theFullProfileHasACheapTransactionWithEachProfilerOffAndOnAndTheOthersHaveNot() {
    assertThat(overheads(Profile.FULL))
        .contains(
            "overhead-transfer-page-cache-none-sync-4096-d1-t1-none",
            "overhead-transfer-page-cache-none-sync-4096-d1-t1-stages",
            "overhead-transfer-page-cache-none-sync-4096-d1-t1-stages-pins",
            "overhead-transfer-page-cache-none-sync-4096-d1-t1-stages-cpu-time",
            "overhead-transfer-page-cache-none-sync-4096-d1-t1-stages-cpu",
            "overhead-transfer-page-cache-none-sync-4096-d1-t1-stages-dram",
            "overhead-transfer-ram-per-transaction-sync-4096-d1-t1-none",
            "overhead-transfer-ram-per-transaction-sync-4096-d1-t1-stages-kernel")
        .doesNotContain("overhead-transfer-page-cache-none-sync-4096-d1-t1-stages-kernel");
    for (Profile profile : List.of(Profile.LAB, Profile.SMOKE, Profile.STANDARD)) {
      assertThat(overheads(profile)).isEmpty();
    }
  }

  private static List<String> overheads(Profile profile) {
    return PlanBuilder.ofProfile(
            profile, profile.timing(), MemoryChoice.CMB_EMULATED, true, Layout.PLAIN)
        .rows()
        .stream()
        .filter(row -> row.question().equals("overhead"))
        .map(RowPlan::id)
        .toList();
  }

  @Test
  void profilersAreMeasuredWhereTheyFindSomethingOutAndAlternateWithTheirAbsence() {
    TransferSpec onTwoThreads = TransferSpec.of(MemoryChoice.RAM, Engine.SYNC, 4096).scaled(1, 2);
    assertThat(Profilers.setsToCompare(RowPlan.of(onTwoThreads)))
        .contains("none", "stages", "stages+fairness")
        .doesNotContain("stages+kernel", "stages+neighbour")
        .last()
        .asString()
        .matches("stages(\\+pins)?\\+cpu-time\\+fairness");

    TransferSpec drain = TransferSpec.of(MemoryChoice.RAM, Engine.SYNC, 4096).drainOnly();
    Plan plan =
        new Plan(
            "test",
            THREE_ROUNDS.withRounds(2),
            List.of(RowPlan.ofOverhead(drain, "none"), RowPlan.ofOverhead(drain, "stages+pins")));
    assertThat(plan.forks())
        .extracting(f -> f.row().parameters().get("profilers") + " " + f.round())
        .containsExactly("none 0", "stages+pins 0", "stages+pins 1", "none 1");
    RowPlan row = plan.rows().get(0);
    assertThat(row.method()).isEqualTo("org.p2pbench.jmh.DrainBenchmark.drain");
    assertThat(row.group()).isEqualTo("overhead/drain-ram-per-transaction-sync-4096-d1-t1");
    assertThat(row.parameters()).containsEntry("transaction", "drain");
    assertThat(row.jmhParameters()).doesNotContainKeys("profilers", "transaction");
  }

  @Test
  void twinsOfWhatTheKernelProfilerTracesWarmUpAsLong() {
    LoadPlacement placement = new LoadPlacement(List.of(1), List.of(0), Nearness.APART, 1 << 26);
    TransferSpec ram = TransferSpec.of(MemoryChoice.RAM, Engine.SYNC, 4096);
    TransferSpec cached = TransferSpec.of(MemoryChoice.PAGE_CACHE, Engine.SYNC, 4096);
    List<RowPlan> rows = new ArrayList<>(List.of(RowPlan.of(ram), RowPlan.of(cached)));
    rows.addAll(BusyRows.of(LoadSpec.parse("triad:1"), placement, List.of(ram, cached)));
    Sweep sweep =
        Sweep.of(new RunRequest.OpenLoop(List.of("30%"), Optional.empty(), Optional.empty()))
            .orElseThrow();
    RowPlan paced =
        RowPlan.ofOpenLoop(
            new RowPlan.Share(cached, Arrivals.FIXED, sweep.rates().get(0), "closed"));
    rows.add(paced);
    List<RowPlan> onTwoThreads =
        List.of(RowPlan.of(ram.scaled(1, 2)), RowPlan.of(cached.scaled(1, 2)));
    rows.addAll(onTwoThreads);

    Profilers traced = new Profilers(Map.of(Profilers.Kind.KERNEL, Optional.empty()), rows);
    Profilers not = new Profilers(Map.of(Profilers.Kind.KERNEL, Optional.of("no tracefs")), rows);

    assertThat(rows.subList(0, rows.size() - 2)).extracting(traced::moreWarmUps).containsOnly(1);
    assertThat(traced.moreWarmUps(paced.at(1000))).isEqualTo(1);
    assertThat(onTwoThreads).extracting(traced::moreWarmUps).containsOnly(0);
    assertThat(rows).extracting(not::moreWarmUps).containsOnly(0);
  }

  @ParameterizedTest
  @CsvSource({"512, 64", "4096, 64", "65536, 16", "1048576, 2", "1073741824, 2"})
  void aNativeCallMovesAboutAMebibyte(long blockBytes, int batch) {
    assertThat(RowPlan.batch(blockBytes)).isEqualTo(batch);
  }

  @ParameterizedTest
  @CsvSource({
    "512, 512, 512 B",
    "4096, 4096, 4 KiB",
    "4k, 4096, 4 KiB",
    "4K, 4096, 4 KiB",
    "64KiB, 65536, 64 KiB",
    "64kb, 65536, 64 KiB",
    "1M, 1048576, 1 MiB",
    "2g, 2147483648, 2048 MiB",
    "0, 0, 0 B"
  })
  void sizesAreReadAsPeopleWriteThem(String text, long bytes, String shown) {
    assertThat(ByteSize.parse(text)).isEqualTo(bytes);
    assertThat(ByteSize.format(bytes)).isEqualTo(shown);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "k", "1.5k", "4 k b", "0x1000", "1234567890123456789"})
  void whatIsNoSizeIsRefused(String text) {
    assertThatThrownBy(() -> ByteSize.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "'%s' is not a size: write bytes, or a number with k, M or G, such as 4096, 64k or 1M",
            text);
  }

  private static RowPlan row(MemoryChoice memory, long blockBytes) {
    return RowPlan.of(
        new TransferSpec(
            memory,
            Pinning.PER_TRANSACTION,
            Engine.SYNC,
            blockBytes,
            1,
            1,
            0,
            Pattern.SEQUENTIAL,
            false,
            true));
  }
}
