// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.p2pbench.doctor.Check.Status;

/** Answers, reasons and remedies for paths on machines built as sysfs trees. */
class DoctorTest {
  private static final Path DISK_A = Path.of("/dev/nvme0n1");
  private static final Path DISK_B = Path.of("/dev/nvme1n1");
  private static final String UPSTREAM = "pci0000:00/0000:00:02.0/0000:01:00.0";
  private static final String PLACE_A = UPSTREAM + "/0000:02:00.0/0000:03:00.0";
  private static final String PLACE_B = UPSTREAM + "/0000:02:01.0/0000:04:00.0";

  @TempDir Path root;
  private PciMachine machine;

  @BeforeEach
  void start() {
    machine = new PciMachine(root);
  }

  private static Question from(Path source, Path target) {
    return new Question(Optional.empty(), List.of(source), List.of(target));
  }

  private static Check check(Diagnosis diagnosis, String topic) {
    return diagnosis.checks().stream()
        .filter(check -> check.topic().equals(topic))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aPathBelowOneSwitchWorksAndSaysWhy() {
    Diagnosis diagnosis = machine.switchWithCmb(PciMachine.ACS_OFF).diagnose(from(DISK_A, DISK_B));

    assertThat(diagnosis.answer()).isEqualTo(Answer.YES);
    assertThat(diagnosis.remedy()).isEmpty();
    assertThat(diagnosis.reason())
        .isEqualTo(
            "fill: 0000:03:00.0 to the CMB of nvme1 (0000:04:00.0): direct on the bus, distance 4:"
                + " both are below switch, upstream port 0000:01:00.0, and nothing on the way"
                + " redirects; drain: 0000:04:00.0 to the CMB of nvme1 (0000:04:00.0): direct on"
                + " the bus, distance 0: the memory is the device's own, and nothing on the way"
                + " redirects");
  }

  @Test
  void aRedirectingSwitchIsNamedWithTheParameterThatEndsIt() {
    Diagnosis diagnosis =
        machine
            .cpu("GenuineIntel", 6)
            .switchWithCmb(PciMachine.ACS_REDIRECT)
            .diagnose(from(DISK_A, DISK_B));

    assertThat(diagnosis.answer()).isEqualTo(Answer.NO);
    assertThat(diagnosis.refusal())
        .isEqualTo(
            "0000:03:00.0 to the CMB of nvme1 (0000:04:00.0): refused: both are below switch,"
                + " upstream port 0000:01:00.0, but access control (ACS) redirects at 0000:02:01.0,"
                + " 0000:02:00.0, and the host bridge above is not one that the kernel trusts:"
                + " kernel parameter pci=disable_acs_redir=0000:02:01.0;0000:02:00.0, or"
                + " pci=config_acs=0x00xx@0000:02:01.0;0x00xx@0000:02:00.0 (in quotes for GRUB,"
                + " where ; ends a command); not where devices below these ports are handed to"
                + " guests, for they then share an IOMMU group");
  }

  @Test
  void anOlderKernelIsNotToldOfAParameterThatItLacks() {
    Diagnosis diagnosis =
        machine
            .cpu("GenuineIntel", 6)
            .kernel("6.8.0-31-generic")
            .switchWithCmb(PciMachine.ACS_REDIRECT)
            .diagnose(from(DISK_A, DISK_B));

    assertThat(diagnosis.remedy().orElseThrow())
        .startsWith("kernel parameter pci=disable_acs_redir=0000:02:01.0;0000:02:00.0 (in quotes");
  }

  @Test
  void withoutRootAnOpenVerdictIsNoAnswerAndSaysHowToGetOne() {
    Diagnosis diagnosis =
        machine
            .asUser()
            .cpu("GenuineIntel", 6)
            .switchWithCmb(PciMachine.ACS_OFF)
            .diagnose(from(DISK_A, DISK_B));

    assertThat(diagnosis.answer()).isEqualTo(Answer.UNKNOWN);
    assertThat(diagnosis.remedy()).contains("sudo ./run.sh probe");
    assertThat(check(diagnosis, "rights").status()).isEqualTo(Status.WARNING);
  }

  @Test
  void aMachineWithoutACmbSaysSo() {
    Diagnosis diagnosis =
        machine
            .twoBelowSwitch(PciMachine.ACS_OFF, PciMachine.ACS_OFF)
            .controller(0, PLACE_A)
            .controller(1, PLACE_B)
            .diagnose(from(DISK_A, DISK_B));

    assertThat(diagnosis.answer()).isEqualTo(Answer.NO);
    assertThat(diagnosis.reason()).isEqualTo("no NVMe drive here has a CMB");
    assertThat(check(diagnosis, "cmb").evidence())
        .containsExactly(
            "0000:03:00.0: the drive states no CMB (CMBSZ is 0)",
            "0000:04:00.0: the drive states no CMB (CMBSZ is 0)");
  }

  @Test
  void aMachineWithoutPciSaysSo() {
    Diagnosis diagnosis = machine.diagnose(Question.OPEN);

    assertThat(diagnosis.answer()).isEqualTo(Answer.NO);
    assertThat(diagnosis.reason()).isEqualTo("no PCI here, so no device with a CMB");
    assertThat(TopologyDrawing.of(diagnosis)).isEmpty();
  }

  @Test
  void aCmbThatIsTooSmallForTheKernelIsExplained() {
    machine
        .machine()
        .file("proc/config.gz", "not zipped")
        .file("boot/config-7.3.4+deb13-amd64", "CONFIG_PCI_P2PDMA=y");
    Diagnosis diagnosis =
        machine
            .twoBelowSwitch(PciMachine.ACS_OFF, PciMachine.ACS_OFF)
            .controller(0, PLACE_A)
            .controller(1, PLACE_B)
            .statesCmb(1, PLACE_B, 1)
            .diagnose(from(DISK_A, DISK_B));

    assertThat(diagnosis.reason())
        .isEqualTo(
            "the CMB of nvme1 (0000:04:00.0) cannot be used: the kernel leaves it out without a"
                + " word: start (0xf4000000) and size (1048576 bytes) must be multiples of 2 MiB");
    assertThat(check(diagnosis, "kernel-option").status()).isEqualTo(Status.OK);
  }

  @Test
  void aKernelWithoutTheOptionIsTheReasonWhereTheDriveHasACmb() {
    machine
        .machine()
        .file("boot/config-7.3.4+deb13-amd64", "CONFIG_PCI=y\n# CONFIG_PCI_P2PDMA is not set");
    Diagnosis diagnosis =
        machine
            .twoBelowSwitch(PciMachine.ACS_OFF, PciMachine.ACS_OFF)
            .controller(0, PLACE_A)
            .controller(1, PLACE_B)
            .statesCmb(1, PLACE_B, 64)
            .diagnose(from(DISK_A, DISK_B));

    assertThat(diagnosis.refusal())
        .isEqualTo(
            "the CMB of nvme1 (0000:04:00.0) cannot be used: the kernel does not offer it: this"
                + " kernel is built without CONFIG_PCI_P2PDMA: boot a kernel built with"
                + " CONFIG_PCI_P2PDMA=y, Linux 6.2 or later: whether this system has one is not known"
                + " here; grep CONFIG_PCI_P2PDMA /boot/config-* tells of those installed");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ID=debian,VERSION_CODENAME=trixie | boot a kernel built with CONFIG_PCI_P2PDMA=y: with"
            + " trixie-backports among the apt sources, sudo apt install -t trixie-backports"
            + " linux-image-amd64",
        "ID=debian,VERSION_CODENAME=bookworm | boot a kernel built with CONFIG_PCI_P2PDMA=y, Linux"
            + " 6.2 or later: Debian bookworm has none, its backports neither; trixie-backports, for"
            + " Debian 13, has one",
        "ID=example,PRETTY_NAME=\"Example Linux 1\" | boot a kernel built with CONFIG_PCI_P2PDMA=y,"
            + " Linux 6.2 or later: whether Example Linux 1 has one is not known here; grep"
            + " CONFIG_PCI_P2PDMA /boot/config-* tells of those installed"
      })
  void theRemedyForTheKernelIsThatOfTheSystemInstalled(String release, String remedy) {
    machine.machine().file("boot/config-7.3.4+deb13-amd64", "CONFIG_PCI=y");
    machine.machine().file("etc/os-release", release.replace(",", "\n"));

    assertThat(check(machine.diagnose(Question.OPEN), "kernel-option").remedy()).contains(remedy);
  }

  @Test
  void theScreenCountsInWordsThatFitTheNumber() {
    machine.machine().file("boot/config-7.3.4+deb13-amd64", "CONFIG_PCI=y");
    Diagnosis one = machine.diagnose(Question.OPEN);
    machine.kernel("5.10.0");
    machine.machine().file("boot/config-5.10.0", "CONFIG_PCI=y");
    Diagnosis more = machine.diagnose(Question.OPEN);

    assertThat(new DoctorScreen(false).of(one)).contains("\nChecks: 2 problems, ");
    assertThat(new DoctorScreen(false).of(more)).contains("\nChecks: 3 problems, ");
  }

  @Test
  void aKernelWithoutTheOptionMayHideACmbAndIsTheReason() {
    machine.machine().file("boot/config-7.3.4+deb13-amd64", "CONFIG_PCI=y");
    Diagnosis diagnosis =
        machine
            .twoBelowSwitch(PciMachine.ACS_OFF, PciMachine.ACS_OFF)
            .controller(0, PLACE_A)
            .controller(1, PLACE_B)
            .diagnose(from(DISK_A, DISK_B));

    assertThat(diagnosis.answer()).isEqualTo(Answer.NO);
    assertThat(diagnosis.reason()).isEqualTo("this kernel is built without CONFIG_PCI_P2PDMA");
    assertThat(diagnosis.remedy().orElseThrow()).startsWith("boot a kernel built with");
    assertThat(check(diagnosis, "cmb").status()).isEqualTo(Status.UNKNOWN);
  }

  @Test
  void theSymbolTableTellsWhereNoConfigurationIsLeft() {
    machine.machine().file("proc/kallsyms", "0000000000000000 T pci_p2pdma_add_resource");
    assertThat(check(machine.diagnose(Question.OPEN), "kernel-option").status())
        .isEqualTo(Status.OK);

    machine.machine().file("proc/kallsyms", "0000000000000000 T pci_enable_device");
    assertThat(check(machine.diagnose(Question.OPEN), "kernel-option").status())
        .isEqualTo(Status.PROBLEM);
  }

  @Test
  void withNothingToReadTheOptionIsUnknown() {
    Check option = check(machine.diagnose(Question.OPEN), "kernel-option");

    assertThat(option.status()).isEqualTo(Status.UNKNOWN);
    assertThat(option.remedy()).contains("grep CONFIG_PCI_P2PDMA /boot/config-7.3.4+deb13-amd64");
  }

  @Test
  void aKernelBefore62IsTooOld() {
    Check version =
        check(machine.kernel("6.1.0-50-amd64").diagnose(Question.OPEN), "kernel-version");

    assertThat(version.status()).isEqualTo(Status.PROBLEM);
    assertThat(version.finding()).isEqualTo("Linux 6.1 is too old: p2pmem/allocate came with 6.2");
  }

  @Test
  void aDeviceMapperOnTheDriveStopsThePath() {
    machine.switchWithCmb(PciMachine.ACS_OFF);
    machine
        .machine()
        .stack("dm-0", "254:0", "sys/devices/" + PLACE_A + "/nvme/nvme0/nvme0n1")
        .node(Path.of("/dev/dm-0"), "254:0");

    Diagnosis diagnosis = machine.diagnose(from(Path.of("/dev/dm-0"), DISK_B));

    assertThat(diagnosis.answer()).isEqualTo(Answer.NO);
    assertThat(diagnosis.refusal())
        .isEqualTo(
            "dm-0 is a device-mapper device, and Linux 7.3.4 does not hand pages of device memory"
                + " on through it: use the drive below it: nvme0n1");
  }

  @Test
  void aPartitionOfTheDriveIsNoObstacle() {
    machine.switchWithCmb(PciMachine.ACS_OFF);
    machine
        .machine()
        .partition("sys/devices/" + PLACE_A + "/nvme/nvme0/nvme0n1/nvme0n1p1", "259:9")
        .node(Path.of("/dev/nvme0n1p1"), "259:9");

    Diagnosis diagnosis = machine.diagnose(from(Path.of("/dev/nvme0n1p1"), DISK_B));

    assertThat(diagnosis.answer()).isEqualTo(Answer.YES);
    assertThat(check(diagnosis, "queue").evidence())
        .containsExactly("nvme0n1p1 is a partition", "nvme0n1 is an NVMe namespace");
  }

  @Test
  void aDiskThatIsNoNvmeDriveStopsThePath() {
    machine.switchWithCmb(PciMachine.ACS_OFF);
    machine
        .machine()
        .disk("sys/devices/pci0000:00/virtio0/block/vda", "253:0", 2097152)
        .node(Path.of("/dev/vda"), "253:0");

    assertThat(machine.diagnose(from(DISK_A, Path.of("/dev/vda"))).refusal())
        .isEqualTo(
            "vda is no NVMe drive, and only the nvme driver takes pages of device memory: name a"
                + " file, directory or namespace on an NVMe drive");
  }

  @Test
  void aLinkBelowItsBestIsAWarning() {
    machine.switchWithCmb(PciMachine.ACS_OFF);
    machine
        .machine()
        .file("sys/devices/" + PLACE_A + "/current_link_speed", "8.0 GT/s PCIe")
        .file("sys/devices/" + PLACE_A + "/current_link_width", "2")
        .file("sys/devices/" + PLACE_A + "/max_link_speed", "16.0 GT/s PCIe")
        .file("sys/devices/" + PLACE_A + "/max_link_width", "4");

    Check link = check(machine.diagnose(Question.OPEN), "link");

    assertThat(link.status()).isEqualTo(Status.WARNING);
    assertThat(link.finding())
        .isEqualTo("x2 at 8.0 GT/s, but the device's best is x4 at 16.0 GT/s");
  }

  @Test
  void aTranslatingIommuIsToldWithItsMode() {
    machine
        .machine()
        .file("sys/kernel/iommu_groups/0/type", "DMA")
        .file("sys/kernel/iommu_groups/1/type", "DMA");

    Diagnosis diagnosis = machine.diagnose(Question.OPEN);

    assertThat(diagnosis.host().iommu()).isEqualTo("translated, strict (2 groups)");
    assertThat(check(diagnosis, "iommu").status()).isEqualTo(Status.WARNING);
    assertThat(check(diagnosis, "iommu").finding())
        .isEqualTo(
            "translated, strict (2 groups): I/O through RAM pays for mapping; at boot the kernel"
                + " switched on the access control (ACS) of ports for it");
  }

  @Test
  void swapInUseAndAPressedMachineAreWarnings() {
    machine
        .machine()
        .file("proc/swaps", "Filename Type Size Used Priority\n/dev/vdb partition 1000 400 -2")
        .file("proc/pressure/io", "some avg10=12.50 avg60=0.00 avg300=0.00 total=1")
        .file("proc/loadavg", "999.00 1.00 1.00 1/100 99");

    Diagnosis diagnosis = machine.diagnose(Question.OPEN);

    assertThat(check(diagnosis, "swap").finding())
        .isEqualTo("400 KiB are swapped out: pages may come back in mid-run");
    assertThat(check(diagnosis, "pressure").finding()).isEqualTo("something waits for io");
    assertThat(check(diagnosis, "load").status()).isEqualTo(Status.WARNING);
  }

  @Test
  void aGpuAndAnRdmaCardAreJudgedToo() {
    machine.switchWithCmb(PciMachine.ACS_OFF);
    machine
        .rootPort("pci0000:00/0000:00:04.0", PciMachine.ACS_OFF)
        .function(
            "pci0000:00/0000:00:04.0/0000:08:00.0", "0x030200", "10de:2330", 0, PciMachine.NO_ACS)
        .rootPort("pci0000:00/0000:00:05.0", PciMachine.ACS_OFF)
        .function(
            "pci0000:00/0000:00:05.0/0000:09:00.0", "0x020000", "15b3:1021", 0, PciMachine.NO_ACS);
    machine
        .machine()
        .file("sys/devices/pci0000:00/0000:00:05.0/0000:09:00.0/infiniband/mlx5_0/x", "");

    assertThat(machine.diagnose(Question.OPEN).paths())
        .extracting(path -> path.client().address() + " " + path.words())
        .containsExactly(
            "0000:03:00.0 direct on the bus, distance 4",
            "0000:04:00.0 direct on the bus, distance 0",
            "0000:08:00.0 through the host bridge, distance 6",
            "0000:09:00.0 through the host bridge, distance 6");
  }

  @Test
  void theScreenDrawsTheTreeWithBothPaths() {
    Diagnosis diagnosis = machine.switchWithCmb(PciMachine.ACS_OFF).diagnose(from(DISK_A, DISK_B));

    assertThat(new DoctorScreen(false).of(diagnosis))
        .contains(
            """
            PCI topology
              direct  bounce
                        ○   system RAM
                        ○   host bridge pci0000:00, 8086:29c0
                        ○   └─ 00:02.0 root port  ACS all off
                ●       ○      └─ 01:00.0 switch, upstream port  no ACS
                ●       ○         ├─ 02:00.0 switch, downstream port  ACS all off
                ●       ○         │  └─ 03:00.0 nvme0 Example SSD
                ●       ○         └─ 02:01.0 switch, downstream port  ACS all off
                ●       ○            └─ 04:00.0 nvme1 Example SSD  CMB of 64 MiB
                            other functions, not shown: 1

              direct ● 03:00.0 ━ 02:00.0 ━ 01:00.0 ━ 02:01.0 ━ 04:00.0  past system RAM
              bounce ○ 03:00.0 ━ 02:00.0 ━ 01:00.0 ━ 00:02.0 ━ RAM ━ 00:02.0 ━ 01:00.0 ━ 02:01.0\
             ━ 04:00.0  twice through system RAM
            """);
  }

  @Test
  void theDrawingIsWholeSvgAndNamesBothPaths() {
    Diagnosis diagnosis =
        machine
            .cpu("GenuineIntel", 6)
            .switchWithCmb(PciMachine.ACS_REDIRECT)
            .diagnose(from(DISK_A, DISK_B));

    assertThat(TopologyDrawing.of(diagnosis).orElseThrow())
        .startsWith("<svg xmlns=\"http://www.w3.org/2000/svg\"")
        .contains(">Direct path does not work: refused</text>")
        .contains(">direct: 03:00.0 to the CMB of 04:00.0, refused</text>")
        .contains(">bounce: the same by way of system RAM, twice through it</text>")
        .endsWith("</svg>\n");
  }

  @Test
  void theJsonHasVerdictEvidenceAndRemedy() {
    JsonNode json =
        DoctorJson.of(
            machine
                .cpu("GenuineIntel", 6)
                .switchWithCmb(PciMachine.ACS_REDIRECT)
                .diagnose(from(DISK_A, DISK_B)));

    assertThat(json.at("/format").asText()).isEqualTo("p2pbench-doctor");
    assertThat(json.at("/version").asInt()).isEqualTo(1);
    assertThat(json.at("/answer").asText()).isEqualTo("no");
    assertThat(json.at("/cmb").asText()).isEqualTo("0000:04:00.0");
    assertThat(json.at("/paths/0/verdict").asText()).isEqualTo("refused");
    assertThat(json.at("/paths/0/redirecting").toString())
        .isEqualTo("[\"0000:02:01.0\",\"0000:02:00.0\"]");
    assertThat(json.at("/legs/0/stage").asText()).isEqualTo("fill");
    assertThat(json.at("/topology/3/acsControl").isInt()).isTrue();
  }
}
