// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.discovery.FakeMachine;

class VirtualizationTest {
  private static final String CLOCKS =
      "sys/devices/system/clocksource/clocksource0/available_clocksource";

  @TempDir private Path directory;
  private FakeMachine machine;

  @BeforeEach
  void anEmptyMachine() {
    machine = new FakeMachine(directory.toAbsolutePath());
  }

  @Test
  void saysNoneOfACpuWithoutTheHypervisorFlag() {
    machine.file("proc/cpuinfo", "flags\t\t: fpu vme");
    machine.file("sys/class/dmi/id/sys_vendor", "QEMU");

    assertThat(word()).isEqualTo("none");
  }

  @Test
  void takesTheParavirtualClocksWordBeforeTheFirmwares() {
    machine.file("proc/cpuinfo", "flags\t\t: fpu hypervisor");
    machine.file(CLOCKS, "tsc kvm-clock acpi_pm");
    machine.file("sys/class/dmi/id/sys_vendor", "QEMU");

    assertThat(word()).isEqualTo("kvm");
  }

  @Test
  void takesTheFirmwaresWordWhereThereIsNoSuchClock() {
    machine.file("proc/cpuinfo", "flags\t\t: fpu hypervisor");
    machine.file("sys/class/dmi/id/product_name", "VMware7,1");

    assertThat(word()).isEqualTo("vmware");
  }

  @Test
  void saysThatThereIsAHypervisorEvenWhenItDoesNotKnowIt() {
    machine.file("proc/cpuinfo", "flags\t\t: hypervisor");

    assertThat(word()).isEqualTo("a hypervisor that is not known to p2pbench");
  }

  @Test
  void saysUnknownWhereTheCpuDoesNotTell() {
    machine.file("proc/cpuinfo", "Features\t: fp asimd");

    assertThat(word()).isEqualTo("unknown");
  }

  @Test
  void readsTheXenTypeOfAMachineOnXen() {
    machine.file("sys/hypervisor/type", "xen");

    assertThat(word()).isEqualTo("xen");
  }

  private String word() {
    return new Virtualization(machine.sys(), machine.proc()).word();
  }
}
