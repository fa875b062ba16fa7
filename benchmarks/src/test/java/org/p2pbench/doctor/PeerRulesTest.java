// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.p2pbench.doctor.PeerVerdict.DIRECT;
import static org.p2pbench.doctor.PeerVerdict.REFUSED;
import static org.p2pbench.doctor.PeerVerdict.THROUGH_HOST_BRIDGE;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.discovery.PciAddress;

/**
 * The kernel's verdicts on machines built as sysfs trees. The lab compares them with the kernel's.
 */
class PeerRulesTest {

  @TempDir Path root;
  private PciMachine machine;

  @BeforeEach
  void start() {
    machine = new PciMachine(root);
  }

  @Test
  void belowOneSwitchIsDirectAtDistanceFourWhateverTheCpu() {
    PeerPath path =
        machine
            .cpu("GenuineIntel", 6)
            .twoBelowSwitch(PciMachine.ACS_REDIRECT, PciMachine.ACS_OFF)
            .judge("0000:04:00.0", "0000:03:00.0");

    assertThat(path.verdict()).contains(DIRECT);
    assertThat(path.distance()).isEqualTo(4);
    assertThat(path.commonPort()).contains(PciAddress.parse("0000:01:00.0"));
    assertThat(path.ports())
        .extracting(PciAddress::toString)
        .containsExactly(
            "0000:04:00.0", "0000:02:01.0", "0000:01:00.0", "0000:02:00.0", "0000:03:00.0");
    assertThat(path.reason())
        .isEqualTo(
            "both are below switch, upstream port 0000:01:00.0, and nothing on the way redirects");
  }

  @Test
  void ofItselfIsDirectAtDistanceZero() {
    PeerPath path =
        machine
            .cpu("GenuineIntel", 6)
            .twoRootPorts("8086:29c0")
            .judge("0000:01:00.0", "0000:01:00.0");

    assertThat(path.words()).isEqualTo("direct on the bus, distance 0");
    assertThat(path.reason())
        .isEqualTo("the memory is the device's own, and nothing on the way redirects");
  }

  @Test
  void twoFunctionsOfOneDeviceAreAtDistanceTwo() {
    machine
        .hostBridge("pci0000:00", "8086:29c0")
        .rootPort("pci0000:00/0000:00:02.0", PciMachine.ACS_OFF)
        .drive("pci0000:00/0000:00:02.0/0000:01:00.0")
        .drive("pci0000:00/0000:00:02.0/0000:01:00.1");

    assertThat(machine.judge("0000:01:00.1", "0000:01:00.0").words())
        .isEqualTo("direct on the bus, distance 2");
  }

  @Test
  void twoRootPortsPassWhereTheKernelTrustsTheCpu() {
    PeerPath path =
        machine.amd(0x17).twoRootPorts("1022:1480").judge("0000:02:00.0", "0000:01:00.0");

    assertThat(path.words()).isEqualTo("through the host bridge, distance 4");
    assertThat(path.reason())
        .isEqualTo(
            "no port is above both, and the kernel trusts the host bridge: CPU AuthenticAMD family"
                + " 23 (0x17): the kernel trusts AMD from family 0x17 on");
  }

  @Test
  void twoRootPortsAreRefusedWhereItTrustsNeitherCpuNorHostBridge() {
    PeerPath path =
        machine.amd(0xf).twoRootPorts("8086:29c0").judge("0000:02:00.0", "0000:01:00.0");

    assertThat(path.words()).isEqualTo("refused");
    assertThat(path.reason())
        .isEqualTo(
            "no port is above both, and the kernel does not trust the host bridge: host bridge"
                + " pci0000:00 is 8086:29c0, CPU AuthenticAMD family 15 (0xf): neither is trusted"
                + " by Linux 7.3.4");
  }

  @Test
  void aHygonIsNotTrustedAsAnAmd() {
    PeerPath path =
        machine
            .cpu("HygonGenuine", 0x18)
            .twoRootPorts("1d94:1450")
            .judge("0000:02:00.0", "0000:01:00.0");

    assertThat(path.verdict()).contains(REFUSED);
  }

  @Test
  void aHostBridgeOfTheListPasses() {
    machine.cpu("GenuineIntel", 6).twoRootPorts("8086:09a2");

    assertThat(machine.judge("0000:02:00.0", "0000:01:00.0").verdict())
        .contains(THROUGH_HOST_BRIDGE);
  }

  @Test
  void someOfTheListPassOnlyBelowTheSameHostBridge() {
    machine.cpu("GenuineIntel", 6).twoRootPorts("8086:2f00");
    machine
        .hostBridge("pci0000:80", "8086:2f00")
        .rootPort("pci0000:80/0000:80:01.0", PciMachine.NO_ACS)
        .drive("pci0000:80/0000:80:01.0/0000:81:00.0");

    assertThat(machine.judge("0000:02:00.0", "0000:01:00.0").verdict())
        .contains(THROUGH_HOST_BRIDGE);
    assertThat(machine.judge("0000:02:00.0", "0000:81:00.0").verdict()).contains(REFUSED);
  }

  @Test
  void aRootPortStandsForAHostBridgeWhereNothingIsAtZero() {
    machine.cpu("GenuineIntel", 6);
    machine
        .function("pci0000:00/0000:00:03.0", "0x060400", "8086:2033", 4, PciMachine.NO_ACS)
        .drive("pci0000:00/0000:00:03.0/0000:02:00.0")
        .function("pci0000:00/0000:00:01.0", "0x060400", "8086:2031", 4, PciMachine.NO_ACS)
        .drive("pci0000:00/0000:00:01.0/0000:01:00.0");

    assertThat(machine.judge("0000:02:00.0", "0000:01:00.0").verdict())
        .contains(THROUGH_HOST_BRIDGE);
  }

  @Test
  void anEntryThatCameBetweenVersionsLookedAtIsNotGuessed() {
    machine.cpu("GenuineIntel", 6).twoRootPorts("8086:0b25");

    assertThat(machine.kernel("6.12.117").judge("0000:02:00.0", "0000:01:00.0").possible())
        .containsExactly(REFUSED);
    PeerPath between = machine.kernel("6.17.0").judge("0000:02:00.0", "0000:01:00.0");
    assertThat(between.words())
        .isEqualTo("cannot tell: through the host bridge or refused, distance 4");
    assertThat(between.allowed()).isEqualTo(Answer.UNKNOWN);
    assertThat(machine.kernel("7.3.9").judge("0000:02:00.0", "0000:01:00.0").possible())
        .containsExactly(THROUGH_HOST_BRIDGE);
  }

  @Test
  void aKernelNewerThanTheListMayHaveMoreInIts() {
    machine.cpu("GenuineIntel", 6).twoRootPorts("8086:ffff").kernel("9.1.0");

    assertThat(machine.judge("0000:02:00.0", "0000:01:00.0").reason())
        .isEqualTo(
            "no port is above both, and of the host bridge it cannot be told: host bridge"
                + " pci0000:00 is 8086:ffff, CPU GenuineIntel family 6 (0x6): whether the list of"
                + " Linux 9.1 has it is not known to p2pbench (checked up to 7.3.4)");
  }

  @Test
  void redirectInTheSwitchSendsTrafficToAHostBridgeThatMustBeTrusted() {
    machine.twoBelowSwitch(PciMachine.ACS_OFF, PciMachine.ACS_REDIRECT);

    PeerPath trusted = machine.judge("0000:04:00.0", "0000:03:00.0");
    assertThat(trusted.words()).isEqualTo("through the host bridge, distance 4");
    assertThat(trusted.redirecting())
        .extracting(PciAddress::toString)
        .containsExactly("0000:02:01.0", "0000:02:00.0");

    PeerPath refused = machine.cpu("GenuineIntel", 6).judge("0000:04:00.0", "0000:03:00.0");
    assertThat(refused.words()).isEqualTo("refused");
    assertThat(refused.reason())
        .isEqualTo(
            "both are below switch, upstream port 0000:01:00.0, but access control (ACS) redirects"
                + " at 0000:02:01.0, 0000:02:00.0, and the host bridge above is not one that the"
                + " kernel trusts");
  }

  @Test
  void theCommonPortItselfCounts() {
    machine
        .cpu("GenuineIntel", 6)
        .hostBridge("pci0000:00", "8086:29c0")
        .rootPort("pci0000:00/0000:00:02.0", PciMachine.ACS_REDIRECT)
        .drive("pci0000:00/0000:00:02.0/0000:01:00.0")
        .drive("pci0000:00/0000:00:02.0/0000:01:00.1");

    PeerPath path = machine.judge("0000:01:00.1", "0000:01:00.0");
    assertThat(path.verdict()).contains(REFUSED);
    assertThat(path.redirecting()).containsExactly(PciAddress.parse("0000:00:02.0"));
    assertThat(path.evidence())
        .contains("0000:00:02.0 (root port): ACS SrcValid+ ReqRedir+ CmpltRedir+ UpstreamFwd+");
  }

  @Test
  void sourceValidationAloneRedirectsNothing() {
    machine.cpu("GenuineIntel", 6).twoBelowSwitch(PciMachine.ACS_OFF, 0x11);

    assertThat(machine.judge("0000:04:00.0", "0000:03:00.0").verdict()).contains(DIRECT);
  }

  @Test
  void withoutRootAVerdictThatRestsOnAccessControlIsLeftOpen() {
    machine.asUser().cpu("GenuineIntel", 6).twoBelowSwitch(PciMachine.ACS_OFF, PciMachine.ACS_OFF);

    PeerPath path = machine.judge("0000:04:00.0", "0000:03:00.0");
    assertThat(path.possible()).containsExactlyInAnyOrder(DIRECT, REFUSED);
    assertThat(path.allowed()).isEqualTo(Answer.UNKNOWN);
    assertThat(path.words()).isEqualTo("cannot tell: direct on the bus or refused, distance 4");
    assertThat(path.unseen()).hasSize(5);
  }

  @Test
  void withoutRootAPathThatWorksEitherWayIsAllowed() {
    machine.asUser().amd(0x1a).twoBelowSwitch(PciMachine.ACS_OFF, PciMachine.ACS_OFF);

    PeerPath path = machine.judge("0000:04:00.0", "0000:03:00.0");
    assertThat(path.allowed()).isEqualTo(Answer.YES);
    assertThat(path.words())
        .isEqualTo("cannot tell: direct on the bus or through the host bridge, distance 4");
  }

  @Test
  void nestedSwitchesAddToTheDistance() {
    String upstream = "pci0000:00/0000:00:02.0/0000:01:00.0";
    String left = upstream + "/0000:02:00.0/0000:03:00.0/0000:04:00.0";
    String right = upstream + "/0000:02:01.0/0000:06:00.0/0000:07:00.0";
    machine
        .hostBridge("pci0000:00", "8086:29c0")
        .rootPort("pci0000:00/0000:00:02.0", PciMachine.NO_ACS)
        .upstream(upstream, PciMachine.NO_ACS)
        .downstream(upstream + "/0000:02:00.0", PciMachine.NO_ACS)
        .upstream(upstream + "/0000:02:00.0/0000:03:00.0", PciMachine.NO_ACS)
        .downstream(left, PciMachine.NO_ACS)
        .drive(left + "/0000:05:00.0")
        .downstream(upstream + "/0000:02:01.0", PciMachine.NO_ACS)
        .upstream(upstream + "/0000:02:01.0/0000:06:00.0", PciMachine.NO_ACS)
        .downstream(right, PciMachine.NO_ACS)
        .drive(right + "/0000:08:00.0");

    assertThat(machine.judge("0000:05:00.0", "0000:08:00.0").words())
        .isEqualTo("direct on the bus, distance 8");
  }

  @Test
  void conventionalPciHasNoAccessControlToSee() {
    ConfigSpace conventional = ConfigSpace.of(new byte[64], 256);

    assertThat(conventional.acs()).isEqualTo(Acs.NONE);
    assertThat(conventional.portType()).isEqualTo(ConfigSpace.PortType.UNSEEN);
  }

  @Test
  void aListThatIsNoListIsRefused() {
    assertThat(
            org.assertj.core.api.Assertions.catchThrowable(
                () -> HostBridgeList.parse(List.of("checked 7.3.4", "8086 3c00"))))
        .hasMessage("p2pdma-host-bridges.txt: not an entry: 8086 3c00");
  }
}
