// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.discovery.FakeMachine;
import org.p2pbench.discovery.NvmeController;

class MachineClassTest {
  private static final Set<String> CMB_AND_RAM = Set.of("cmb", "ram");

  @TempDir private Path directory;
  private FakeMachine machine;

  @BeforeEach
  void oneDriveWithACmbAndOneWithout() {
    machine = new FakeMachine(directory.toAbsolutePath());
    machine.nvme(0, "0000:03:00.0", "A").cmb(0, "0000:03:00.0", true);
    machine.nvme(1, "0000:04:00.0", "B");
  }

  @Test
  void isHardwareWhereARealControllersCmbIsUsed() {
    assertThat(decide(CMB_AND_RAM, controller("nvme0"), List.of()))
        .isEqualTo(
            new MachineClass.Decision(
                MachineClass.HARDWARE,
                "the CMB is that of nvme0 (0000:03:00.0, Example SSD, serial A)"));
  }

  @Test
  void isEmulatedWhereTheStandInIsUsedThoughTheMachineHasACmb() {
    assertThat(decide(Set.of("cmb-emulated", "ram"), controller("nvme0"), List.of()))
        .isEqualTo(
            new MachineClass.Decision(
                MachineClass.EMULATED, "the machine has a CMB, but it is not used here"));
  }

  @Test
  void isEmulatedWhereNoControllerHasACmb() {
    List<NvmeController> all = List.of(controller("nvme1").orElseThrow());

    assertThat(MachineClass.decide(CMB_AND_RAM, Optional.empty(), all, all, Map.of()).reason())
        .isEqualTo("no NVMe controller with a CMB on this machine");
  }

  @Test
  void isEmulatedWhereThereIsNoControllerAtAll() {
    MachineClass.Decision decision =
        MachineClass.decide(Set.of("ram"), Optional.empty(), List.of(), List.of(), Map.of());

    assertThat(decision.machineClass().word()).isEqualTo("emulated");
    assertThat(decision.reason()).isEqualTo("no NVMe controller on this machine");
  }

  @Test
  void isLabWhereQemuEmulatesTheCmb() {
    makeQemu("nvme0");

    assertThat(decide(CMB_AND_RAM, controller("nvme0"), List.of()))
        .isEqualTo(
            new MachineClass.Decision(
                MachineClass.LAB,
                "nvme0 (0000:03:00.0, QEMU NVMe Ctrl, serial A) is emulated by QEMU"));
  }

  @Test
  void isLabWhereQemuEmulatesTheDriveOfARunWithoutACmb() {
    makeQemu("nvme1");

    assertThat(
            decide(Set.of("ram"), Optional.empty(), List.of(controller("nvme1").orElseThrow()))
                .machineClass())
        .isEqualTo(MachineClass.LAB);
  }

  @Test
  void isLabWhereTheLabSaysSo() {
    assertThat(
            MachineClass.decide(
                Set.of("ram"), Optional.empty(), List.of(), List.of(), Map.of("P2PBENCH_LAB", "1")))
        .isEqualTo(new MachineClass.Decision(MachineClass.LAB, "inside the lab's virtual machine"));
  }

  private void makeQemu(String name) {
    machine.file("sys/class/nvme/" + name + "/model", "QEMU NVMe Ctrl");
  }

  private Optional<NvmeController> controller(String name) {
    return Optional.of(machine.discovery().controller(name));
  }

  private MachineClass.Decision decide(
      Set<String> memoryKinds, Optional<NvmeController> cmb, List<NvmeController> involved) {
    return MachineClass.decide(
        memoryKinds, cmb, involved, machine.discovery().controllers(), Map.of());
  }
}
