// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceDiscoveryTest {
  private static final String ADDRESS_A = "0000:03:00.0";
  private static final String ADDRESS_B = "0000:04:00.0";
  private static final String NVME_0 = "nvme0 (0000:03:00.0, Example SSD, serial SERIAL-A)";
  private static final String NVME_1 = "nvme1 (0000:04:00.0, Example SSD, serial SERIAL-B)";
  private static final String HERE = "NVMe controllers here: " + NVME_0 + ", " + NVME_1;
  private static final Path FILE = Path.of("/data/file");

  @TempDir private Path directory;
  private FakeMachine machine;
  private String namespaceA;
  private String namespaceB;

  @BeforeEach
  void twoDrivesBelowASwitchOneWithACmb() {
    machine = new FakeMachine(directory.toAbsolutePath());
    machine.nvme(0, ADDRESS_A, "SERIAL-A").nvme(1, ADDRESS_B, "SERIAL-B").cmb(1, ADDRESS_B, true);
    namespaceA = machine.namespace(0, ADDRESS_A);
    namespaceB = machine.namespace(1, ADDRESS_B);
    machine.partition(namespaceB + "/nvme1n1p2", "259:18");
  }

  @Test
  void readsAControllerWithItsLinkNamespacesAndCmb() {
    List<NvmeController> controllers = machine.discovery().controllers();

    assertThat(controllers).extracting(NvmeController::name).containsExactly("nvme0", "nvme1");
    NvmeController found = controllers.get(1);
    assertThat(found.pciAddress()).contains(PciAddress.parse(ADDRESS_B));
    assertThat(found.describe()).isEqualTo(NVME_1);
    assertThat(found.firmware()).isEqualTo("1.0");
    assertThat(found.numaNode()).isEmpty();
    assertThat(found.linkSpeed()).isEqualTo("16.0 GT/s PCIe");
    assertThat(found.linkWidth()).hasValue(4);
    assertThat(found.namespaces()).containsExactly("nvme1n1");
    assertThat(found.emulatedByQemu()).isFalse();
    Cmb cmb = found.cmb().orElseThrow();
    assertThat(cmb.sizeBytes()).isEqualTo(64 << 20);
    assertThat(cmb.availableBytes()).isEqualTo(66977792);
    assertThat(cmb.published()).isTrue();
    assertThat(cmb.allocateFile()).exists().hasFileName("allocate");
    assertThat(cmb.physicalRange()).contains(new AddressRange(0xf4000000L, 0xf7ffffffL));
  }

  @Test
  void readsWhatIsAvailableAgain() {
    Cmb cmb = machine.discovery().controller("nvme1").cmb().orElseThrow();

    machine.cmb(1, ADDRESS_B, true).file("sys/" + sysPath(cmb, "available"), "4096");

    assertThat(cmb.refreshed().availableBytes()).isEqualTo(4096);
    assertThat(cmb.refreshed().sizeBytes()).isEqualTo(cmb.sizeBytes());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nvme1",
        "nvme1n1",
        "nvme1n1p2",
        "0000:04:00.0",
        "04:00.0",
        "SERIAL-B",
      })
  void findsTheSameControllerFromEachOfItsNames(String what) {
    assertThat(machine.discovery().controller(what).name()).isEqualTo("nvme1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "dev/nvme1",
        "dev/nvme1n1",
        "dev/nvme1n1p2",
        "sys/bus/pci/devices/0000:04:00.0",
      })
  void findsTheSameControllerFromEachOfItsPaths(String relative) {
    String what = machine.path(relative).toString();

    assertThat(machine.discovery().controller(what).name()).isEqualTo("nvme1");
  }

  @Test
  void findsTheControllerFromAFileThroughItsPartition() {
    machine.regular(FILE, "259:18").mount("259:18", "/data", "xfs", "/dev/nvme1n1p2");

    Place place = machine.discovery().locate(FILE);

    assertThat(place.kind()).isEqualTo(FileNode.Kind.FILE);
    assertThat(place.bytes()).hasValue(4096);
    assertThat(place.filesystem()).isEqualTo("xfs");
    assertThat(place.mount().orElseThrow().mountPoint()).isEqualTo(Path.of("/data"));
    assertThat(place.controller().orElseThrow().name()).isEqualTo("nvme1");
    assertThat(place.trail()).isEmpty();
    BlockDevice device = place.blockDevice().orElseThrow();
    assertThat(device.name()).isEqualTo("nvme1n1p2");
    assertThat(device.kind()).isEqualTo(BlockDevice.Kind.PARTITION);
    assertThat(device.partitionOf()).contains("nvme1n1");
    assertThat(device.logicalBlockBytes()).hasValue(512);
    assertThat(device.scheduler()).isEqualTo("none");
    assertThat(device.sizeBytes()).isEqualTo(512L << 20);
  }

  @Test
  void findsTheControllerBelowStackedDeviceMappers() {
    machine.stack("dm-0", "252:0", namespaceB + "/nvme1n1p2");
    machine.stack("dm-1", "252:1", "sys/devices/virtual/block/dm-0");
    machine.regular(FILE, "252:1").mount("252:1", "/data", "ext4", "/dev/mapper/vg-lv");

    Place place = machine.discovery().locate(FILE);

    assertThat(place.controller().orElseThrow().name()).isEqualTo("nvme1");
    assertThat(place.trail())
        .containsExactly(
            "dm-1 is a device-mapper device over dm-0",
            "dm-0 is a device-mapper device over nvme1n1p2");
    assertThat(machine.discovery().blockDevices().byName("nvme1n1p2").orElseThrow().holders())
        .containsExactly("dm-0");
  }

  @Test
  void reportsAStripeOverTwoDrivesAsAmbiguous() {
    machine.stack("md0", "9:0", namespaceA, namespaceB);

    assertFails(
        () -> machine.discovery().controller("md0"),
        2,
        "'md0' is an md array (md0 is an md array over nvme0n1, nvme1n1), and behind it are 2"
            + " controllers, "
            + NVME_0
            + ", "
            + NVME_1
            + ": name one of them");
  }

  @Test
  void followsALoopDeviceToTheDeviceOfItsFileAndSaysSo() {
    Path image = Path.of("/data/disk.img");
    machine.regular(image, "259:18").mount("259:18", "/data", "xfs", "/dev/nvme1n1p2");
    machine.disk("sys/devices/virtual/block/loop3", "7:3", 2048);
    machine.file("sys/devices/virtual/block/loop3/loop/backing_file", image.toString());
    machine.node(Path.of("/dev/loop3"), "7:3");

    Place place = machine.discovery().locate(Path.of("/dev/loop3"));

    assertThat(place.controller().orElseThrow().name()).isEqualTo("nvme1");
    assertThat(place.trail()).containsExactly("loop3 is a loop device over /data/disk.img");
  }

  @Test
  void listsTheControllersThatHaveAPathToAMultipathNamespace() {
    String subsystem = "sys/devices/virtual/nvme-subsystem/nvme-subsys0";
    machine.disk(subsystem + "/nvme0n2", "259:40", 2048);
    machine.link(subsystem + "/nvme0", controllerDirectory(namespaceA));
    machine.link(subsystem + "/nvme1", controllerDirectory(namespaceB));
    machine.file(controllerDirectory(namespaceA) + "/nvme0c0n2/size", "2048");
    machine.file(controllerDirectory(namespaceB) + "/nvme0c1n2/size", "2048");
    machine.node(Path.of("/dev/nvme0n2"), "259:40");

    Place place = machine.discovery().locate(Path.of("/dev/nvme0n2"));

    assertThat(place.blockDevice().orElseThrow().kind()).isEqualTo(BlockDevice.Kind.NVME_MULTIPATH);
    assertThat(place.controllers())
        .extracting(NvmeController::name)
        .containsExactly("nvme0", "nvme1");
    assertThat(place.controller()).isEmpty();
    assertThat(place.trail())
        .containsExactly("nvme0n2 is an NVMe multipath device, reached through nvme0, nvme1");
    assertThat(machine.discovery().controller("nvme0").namespaces())
        .containsExactly("nvme0n1", "nvme0n2");
  }

  @Test
  void resolvesABtrfsByItsSourceAndFindsAllItsMembers() {
    machine.regular(FILE, "0:44").mount("0:43", "/data", "btrfs", "/dev/nvme0n1");
    machine.node(Path.of("/dev/nvme0n1"), "259:0");
    machine.link("sys/fs/btrfs/some-uuid/devices/nvme0n1", namespaceA);
    machine.link("sys/fs/btrfs/some-uuid/devices/nvme1n1p2", namespaceB + "/nvme1n1p2");

    Place place = machine.discovery().locate(FILE);

    assertThat(place.blockDevice().orElseThrow().name()).isEqualTo("nvme0n1");
    assertThat(place.blockDevices())
        .extracting(BlockDevice::name)
        .containsExactly("nvme0n1", "nvme1n1p2");
    assertThat(place.controllers())
        .extracting(NvmeController::name)
        .containsExactly("nvme0", "nvme1");
  }

  @Test
  void saysWhereAFileLiesWhenNoControllerIsBehindIt() {
    machine.disk("sys/devices/virtual/block/vda", "254:0", 2048);
    machine.regular(FILE, "254:0").mount("254:0", "/", "ext4", "/dev/vda");
    machine.regular(Path.of("/shm/f"), "0:30").mount("0:30", "/shm", "tmpfs", "tmpfs");

    assertFails(
        () -> machine.discovery().controller("/data/file"),
        3,
        "'/data/file' lies on ext4 on vda, and no NVMe controller is behind it; " + HERE);
    assertFails(
        () -> machine.discovery().controller("/shm/f"),
        3,
        "'/shm/f' lies on tmpfs, which has no block device, and no NVMe controller is behind it; "
            + HERE);
    assertFails(
        () -> machine.discovery().controller("vda"),
        3,
        "'vda' is a disk, and no NVMe controller is behind it; " + HERE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"nvme7", "/dev/nvme7", "SERIAL-C", "/no/such/file", "", "09:00.0"})
  void listsWhatIsHereWhenANameFitsNothing(String what) {
    String shown = what.equals("09:00.0") ? "0000:09:00.0" : what;

    assertFails(
        () -> machine.discovery().controller(what),
        2,
        "'"
            + shown
            + "' is no NVMe controller, block device, PCI address, serial number or file here; "
            + HERE);
  }

  @Test
  void saysWhatAPciFunctionIsWhenItIsNoController() {
    machine.function("0000:05:00.0", "0x020000");

    assertFails(
        () -> machine.discovery().controller("05:00.0"),
        2,
        "0000:05:00.0 is a PCI function of class 0x020000 with driver none, not a controller of"
            + " the nvme driver; "
            + HERE);
  }

  @Test
  void refusesASerialNumberThatTwoControllersHave() {
    machine.nvme(2, "0000:06:00.0", "SERIAL-A");

    assertFails(
        () -> machine.discovery().controller("SERIAL-A"),
        2,
        "'SERIAL-A' is the serial number of 2 controllers, "
            + NVME_0
            + ", nvme2 (0000:06:00.0, Example SSD, serial SERIAL-A): name one of them");
  }

  @Test
  void saysWhyANamedControllerHasNoCmb() {
    assertFails(
        () -> machine.discovery().controllerWithCmb("nvme0"),
        3,
        NVME_0
            + " has no CMB to use: the drive states no CMB; controllers with a CMB here: "
            + NVME_1);
  }

  @Test
  void tellsACmbThatTheKernelDoesNotOfferFromNone() {
    machine.cmbRegisters(0, ADDRESS_A);

    assertThat(machine.discovery().controller("nvme0").cmbAbsence())
        .isEqualTo(
            "the drive states a CMB of 67108864 bytes, but the kernel does not offer it: that takes"
                + " a kernel with CONFIG_PCI_P2PDMA, and a CMB whose start and size are multiples"
                + " of 2 MiB");
  }

  @Test
  void tellsAKernelWithoutTheAllocateFile() {
    machine.cmbRegisters(0, ADDRESS_A);
    machine.file("sys/bus/pci/devices/0000:03:00.0/p2pmem/size", "67108864");

    NvmeController controller = machine.discovery().controller("nvme0");

    assertThat(controller.cmb()).isEmpty();
    assertThat(controller.cmbAbsence())
        .isEqualTo(
            "the kernel manages its CMB but has no allocate file for it: that takes Linux 6.2 or"
                + " later");
  }

  @Test
  void choosesTheOnlyPublishedCmbWhenNothingIsGiven() {
    CmbChoice choice = choose(Optional.empty(), Optional.empty());

    assertThat(choice.controller().name()).isEqualTo("nvme1");
    assertThat(choice.reason()).isEqualTo("it is the only one of this machine");
    assertThat(choice.cmb().sizeBytes()).isEqualTo(64 << 20);
  }

  @Test
  void prefersTheTargetsOwnCmbThenTheSources() {
    machine.cmb(0, ADDRESS_A, true);
    Place onA = place("/a", "259:0");
    Place onB = place("/b", "259:16");

    CmbChoice target = choose(Optional.of(onB), Optional.of(onA));
    CmbChoice source = choose(Optional.empty(), Optional.of(onA));

    assertThat(target.controller().name()).isEqualTo("nvme1");
    assertThat(target.reason()).isEqualTo("it is the target's own");
    assertThat(source.controller().name()).isEqualTo("nvme0");
    assertThat(source.reason()).isEqualTo("it is the source's own");
  }

  @Test
  void takesTheNamedCmbEvenWhenItIsNotPublished() {
    machine.cmb(0, ADDRESS_A, false);

    CmbChoice choice = machine.discovery().chooseCmb(Optional.of("03:00.0"), List.of(), List.of());

    assertThat(choice.controller().name()).isEqualTo("nvme0");
    assertThat(choice.reason()).isEqualTo("it was named");
  }

  @Test
  void listsTheCmbsWhenItIsNotClearWhich() {
    machine.cmb(0, ADDRESS_A, true);

    assertFails(
        () -> choose(Optional.empty(), Optional.empty()),
        2,
        "2 controllers have a CMB and neither source nor target lies on one of them, "
            + NVME_0
            + ", "
            + NVME_1
            + ": name one with --cmb");
  }

  @Test
  void saysOfEachControllerWhyThereIsNoCmbToChoose() {
    FakeMachine other = new FakeMachine(directory.resolve("other").toAbsolutePath());
    other.nvme(0, ADDRESS_A, "SERIAL-A").nvme(1, ADDRESS_B, "SERIAL-B").cmb(1, ADDRESS_B, false);

    assertFails(
        () -> other.discovery().chooseCmb(Optional.empty(), List.of(), List.of()),
        3,
        "no CMB to use on this machine: "
            + NVME_0
            + ": the drive states no CMB; "
            + NVME_1
            + ": its CMB is not published (the drive does not take data there in both directions),"
            + " --cmb nvme1 tries it all the same");
  }

  @Test
  void offersTheStandInWhereThereIsNoControllerAtAll() {
    FakeMachine empty = new FakeMachine(directory.resolve("empty").toAbsolutePath());

    assertFails(
        () -> empty.discovery().chooseCmb(Optional.empty(), List.of(), List.of()),
        3,
        "no CMB to use on this machine: it has no NVMe controller; --memory cmb-emulated stands in"
            + " for a CMB");
  }

  @Test
  void readsThePciTreeWithTheBridgeAboveEachFunction() {
    List<PciFunction> functions = machine.discovery().pciFunctions();

    assertThat(functions)
        .extracting(PciFunction::address)
        .extracting(PciAddress::toString)
        .containsExactly("0000:00:1c.0", ADDRESS_A, ADDRESS_B);
    assertThat(functions.get(0).parent()).isEmpty();
    assertThat(functions.get(0).classCode()).isEqualTo("0x060400");
    assertThat(functions.get(1).parent()).contains(PciAddress.parse("00:1c.0"));
    assertThat(functions.get(1).vendor()).isEqualTo("0x1b36");
    assertThat(functions.get(1).device()).isEqualTo("0x0010");
    assertThat(functions.get(1).driver()).isEmpty();
  }

  private CmbChoice choose(Optional<Place> target, Optional<Place> source) {
    return machine
        .discovery()
        .chooseCmb(Optional.empty(), target.stream().toList(), source.stream().toList());
  }

  private Place place(String path, String device) {
    machine.regular(Path.of(path), device);
    return machine.discovery().locate(Path.of(path));
  }

  private String sysPath(Cmb cmb, String name) {
    return machine.sys().relativize(cmb.allocateFile().resolveSibling(name)).toString();
  }

  private static String controllerDirectory(String namespace) {
    return namespace.substring(0, namespace.lastIndexOf('/'));
  }

  private static void assertFails(ThrowingCallable call, int exitCode, String message) {
    assertThatThrownBy(call)
        .isInstanceOf(DiscoveryException.class)
        .hasMessage(message)
        .extracting("exitCode")
        .isEqualTo(exitCode);
  }
}
