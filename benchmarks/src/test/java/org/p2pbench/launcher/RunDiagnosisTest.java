// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.p2pbench.discovery.DeviceDiscovery;
import org.p2pbench.doctor.Answer;
import org.p2pbench.doctor.Question;
import org.p2pbench.load.LoadPlacement;
import org.p2pbench.load.LoadPlacement.Nearness;
import org.p2pbench.load.LoadSpec;
import org.p2pbench.transaction.ForkSettings;
import org.p2pbench.transaction.MemoryChoice;
import org.p2pbench.transaction.TransferSpec;
import org.p2pbench.transfer.Arrivals;
import org.p2pbench.transfer.Engine;

/** A path through the CMB of a machine that has none cannot work: which rows notice. */
class RunDiagnosisTest {
  private static final DeviceDiscovery HERE = DeviceDiscovery.ofThisMachine();

  @TempDir private Path directory;

  @BeforeEach
  void withoutACmb() {
    assumeTrue(
        DoctorOfThisMachine.with(HERE).diagnose(Question.OPEN).answer() == Answer.NO,
        "the CMB path may work on this machine");
  }

  static Stream<RowPlan> throughACmb() {
    TransferSpec spec = TransferSpec.of(MemoryChoice.CMB, Engine.SYNC, 4096);
    return Stream.concat(
        Stream.of(
            RowPlan.of(spec),
            RowPlan.of(spec.staged()),
            RowPlan.of(spec.drainOnly()),
            RowPlan.ofOpenLoop(spec, Arrivals.FIXED, 1000),
            RowPlan.ofOverhead(spec, "none"),
            RowPlan.ofOverhead(spec.drainOnly(), "none")),
        busyRows(spec).stream().skip(1));
  }

  static Stream<RowPlan> pastIt() {
    TransferSpec ram = TransferSpec.of(MemoryChoice.RAM, Engine.SYNC, 4096);
    return Stream.concat(
        Stream.of(
            RowPlan.of(ram),
            RowPlan.ofOverhead(ram, "none"),
            RowPlan.ofPin("cmb", "mlock", 4096, "4KiB"),
            RowPlan.ofCopy("ram", "cmb", 4096),
            RowPlan.ofBaseline("emptyCall")),
        busyRows(ram).stream());
  }

  /** The load alone, a transfer without it and one beside it. */
  private static List<RowPlan> busyRows(TransferSpec spec) {
    LoadPlacement placement = new LoadPlacement(List.of(1), List.of(0), Nearness.APART, 1 << 26);
    return BusyRows.of(LoadSpec.parse("triad:1:50"), placement, List.of(spec));
  }

  @ParameterizedTest
  @MethodSource("throughACmb")
  void aRowWhoseIoGoesThroughTheCmbIsRefusedWhateverItAsks(RowPlan row) {
    assertThatThrownBy(() -> diagnose(row))
        .isInstanceOf(CommandFailure.class)
        .hasMessageStartingWith("the CMB path cannot work here, nothing was transferred: ");
  }

  @ParameterizedTest
  @MethodSource("pastIt")
  void aRowWithoutSuchIoIsNot(RowPlan row) {
    assertThat(diagnose(row)).isEqualTo(Answer.NO);
  }

  @ParameterizedTest
  @MethodSource("throughACmb")
  void onlyADrainLeavesOutTheSource(RowPlan row) {
    assertThat(row.fills()).isEqualTo(!row.id().contains("drain"));
  }

  private Answer diagnose(RowPlan row) {
    ForkSettings settings =
        new ForkSettings(
            List.of(),
            List.of(),
            directory,
            Optional.empty(),
            List.of(),
            1 << 20,
            Optional.empty(),
            Optional.empty(),
            Duration.ofSeconds(30));
    Profile.Timing timing = Profile.SMOKE.timing();
    return RunDiagnosis.of(HERE, settings, new Plan("test", timing, List.of(row))).answer();
  }
}
