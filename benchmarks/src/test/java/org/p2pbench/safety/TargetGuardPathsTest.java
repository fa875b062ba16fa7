// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.safety;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.discovery.BlockDevice;
import org.p2pbench.discovery.DeviceDiscovery;
import org.p2pbench.discovery.FakeMachine;

/** Targets that are no block device, and devices that this machine cannot stack. */
class TargetGuardPathsTest {
  private static final String ADDRESS = "0000:03:00.0";
  private static final String VIRTUAL = "sys/devices/virtual/block/";
  private static final Path NODE = Path.of("/dev/nvme0n1");

  @TempDir private Path directory;
  private FakeMachine machine;

  private final TargetGuard here =
      new TargetGuard(
          DeviceDiscovery.ofThisMachine(),
          Path.of("/sys"),
          Path.of("/proc"),
          path -> "",
          path -> Optional.empty());

  @BeforeEach
  void oneDriveWithAPartition() throws IOException {
    directory = directory.toRealPath();
    machine = new FakeMachine(directory.resolve("machine"));
    machine.nvme(0, ADDRESS, "SERIAL-A").node(NODE, "259:0");
    machine.partition(machine.namespace(0, ADDRESS) + "/nvme0n1p1", "259:1");
    machine.node(Path.of("/dev/nvme0n1p1"), "259:1");
  }

  @Test
  void neverOverwritesAnExistingFileWhateverTheOptions() throws IOException {
    Path file = Files.writeString(directory.resolve("precious"), "data");

    assertRefused(
        here,
        destroying(file.toString(), file.toString()),
        2,
        "target '%s' is an existing file, and those are never overwritten: give a path that does"
            + " not exist yet, or leave the target out for a fresh file below --dir",
        file);
    assertThat(file).hasContent("data");
  }

  @Test
  void neverOverwritesAFileBehindALink() throws IOException {
    Path file = Files.writeString(directory.resolve("precious"), "data");
    Path link = Files.createSymbolicLink(directory.resolve("link"), file);

    assertRefused(
        here,
        request(link.toString()),
        2,
        "target '%s' (which is %s) is an existing file, and those are never overwritten: give a"
            + " path that does not exist yet, or leave the target out for a fresh file below --dir",
        link,
        file);
  }

  @Test
  void allowsAPathThatDoesNotExistYet() {
    Path fresh = directory.resolve("fresh");

    assertThat(here.judge(request(fresh.toString()))).isEqualTo(new Verdict.FreshFile(fresh));
    assertThat(fresh).doesNotExist();
  }

  @Test
  void refusesALinkToNothing() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link"), directory.resolve("nothing"));

    assertRefused(
        here,
        request(link.toString()),
        2,
        "target '%s' is a symbolic link to nothing: give the path that is meant",
        link);
  }

  @Test
  void refusesADirectory() {
    assertRefused(
        here,
        request(directory.toString()),
        2,
        "target '%s' is a directory: give it as --dir to have fresh files made in it",
        directory);
  }

  @Test
  void refusesACharacterDevice() {
    assertRefused(
        here,
        request("/dev/null"),
        2,
        "target '/dev/null' is a character device: give a block device, or a path that does not"
            + " exist yet");
  }

  @Test
  void refusesAPipe() {
    Path pipe = directory.resolve("pipe");
    LoopDisk.run("mkfifo", pipe.toString());

    assertRefused(
        here,
        request(pipe.toString()),
        2,
        "target '%s' is a pipe or socket: give a block device, or a path that does not exist yet",
        pipe);
  }

  @Test
  void refusesAMistypedDeviceInsteadOfMakingAFileOfThatName() {
    assertRefused(
        here,
        request("/dev/nvme77n1"),
        2,
        "target '/dev/nvme77n1': no such device: check the name");
  }

  @Test
  void refusesABareDeviceNameInsteadOfMakingAFileOfThatName() {
    Optional<BlockDevice> any =
        DeviceDiscovery.ofThisMachine().blockDevices().all().stream().findFirst();
    assumeTrue(any.isPresent(), "no block device on this machine");

    assertRefused(
        here,
        request(any.get().name()),
        2,
        "target '%s' is the name of a block device and no path: give its path under /dev",
        any.get().name());
  }

  @Test
  void refusesAFreshFileWhereThereIsNoDirectory() {
    assertRefused(
        here,
        request(directory + "/absent/file"),
        2,
        "target '%s/absent/file': there is no directory '%s/absent': make it, or give another path",
        directory,
        directory);
  }

  @Test
  void refusesToDestroyAFileThatDoesNotExist() {
    assertRefused(
        here,
        destroying(directory + "/fresh", "/dev/sdz"),
        2,
        "--destroy names '/dev/sdz', but the target '%s/fresh' is no block device: leave --destroy"
            + " out",
        directory);
  }

  @Test
  void refusesAnEmptyPath() {
    assertRefused(here, request(" "), 2, "the target is empty: give a path");
  }

  @Test
  void allowsAnIdleNamespaceOfTheFakeMachine() {
    assertThat(on(machine).judge(destroying("/dev/nvme0n1", "/dev/nvme0n1")))
        .isInstanceOf(Verdict.Expendable.class);
  }

  @Test
  void neverAllowsADiskWhosePartitionIsHeldByADeviceMapper() {
    machine.stack("dm-0", "252:0", machine.namespace(0, ADDRESS) + "/nvme0n1p1");

    assertRefused(
        on(machine),
        destroying("/dev/nvme0n1", "/dev/nvme0n1"),
        3,
        "target '/dev/nvme0n1' may not be written: its partition nvme0n1p1 is held by dm-0: end"
            + " that use first, or give another target");
  }

  @Test
  void neverAllowsAPartitionWhoseDiskIsHeldByAnArray() {
    machine.stack("md0", "9:0", machine.namespace(0, ADDRESS));

    assertRefused(
        on(machine),
        destroying("/dev/nvme0n1p1", "/dev/nvme0n1p1"),
        3,
        "target '/dev/nvme0n1p1' may not be written: its disk nvme0n1 is held by md0: end that use"
            + " first, or give another target");
  }

  @Test
  void neverAllowsADeviceMapperOverALoopDeviceWhoseFileHasASecondOne() {
    loop("loop0", "7:0", "/images/disk.img");
    loop("loop1", "7:1", "/images/disk.img");
    machine.regular(Path.of("/images/disk.img"), "259:1");
    machine.stack("dm-0", "252:0", VIRTUAL + "loop0").node(Path.of("/dev/dm-0"), "252:0");

    assertRefused(
        on(machine),
        destroying("/dev/dm-0", "/dev/dm-0"),
        3,
        "target '/dev/dm-0' may not be written: the file behind it, /images/disk.img, is the"
            + " storage of loop device loop1: end that use first, or give another target");
  }

  @Test
  void neverAllowsADeviceMapperOverAnArrayOverADiskThatIsMountedUnderItsOtherName() {
    machine.nvme(1, "0000:04:00.0", "SERIAL-A").mount("259:16", "/data", "xfs", "/dev/nvme1n1");
    machine.file(machine.namespace(0, ADDRESS) + "/wwid", "eui.0025385b71b04d2f");
    machine.file(machine.namespace(1, "0000:04:00.0") + "/wwid", "eui.0025385b71b04d2f");
    machine.stack("md0", "9:0", machine.namespace(0, ADDRESS));
    machine.stack("dm-0", "252:0", VIRTUAL + "md0").node(Path.of("/dev/dm-0"), "252:0");

    assertRefused(
        on(machine),
        destroying("/dev/dm-0", "/dev/dm-0"),
        3,
        "target '/dev/dm-0' may not be written: the device behind it, nvme1n1, is mounted at /data"
            + " (xfs): end that use first, or give another target");
  }

  @Test
  void allowsAVolumeWhoseNeighbourOnTheSamePartitionIsMounted() {
    String partition = machine.namespace(0, ADDRESS) + "/nvme0n1p1";
    machine.stack("dm-0", "252:0", partition).node(Path.of("/dev/dm-0"), "252:0");
    machine.stack("dm-1", "252:1", partition).mount("252:1", "/data", "xfs", "/dev/dm-1");

    assertThat(on(machine).judge(destroying("/dev/dm-0", "/dev/dm-0")))
        .isInstanceOf(Verdict.Expendable.class);
  }

  @Test
  void neverAllowsASecondMemberOfAMountedBtrfs() {
    machine.link(
        "sys/fs/btrfs/some-uuid/devices/nvme0n1p1", machine.namespace(0, ADDRESS) + "/nvme0n1p1");

    assertRefused(
        on(machine),
        destroying("/dev/nvme0n1", "/dev/nvme0n1"),
        3,
        "target '/dev/nvme0n1' may not be written: its partition nvme0n1p1 belongs to the mounted"
            + " btrfs some-uuid: end that use first, or give another target");
  }

  @Test
  void neverAllowsABtrfsThatIsMountedUnderAnAnonymousNumber() {
    machine.mount("0:43", "/data", "btrfs", "/dev/nvme0n1p1");

    assertRefused(
        on(machine),
        destroying("/dev/nvme0n1p1", "/dev/nvme0n1p1"),
        3,
        "target '/dev/nvme0n1p1' may not be written: it is mounted at /data (btrfs): end that use"
            + " first, or give another target");
  }

  @Test
  void neverAllowsADiskThatIsMountedUnderItsOtherName() {
    machine.nvme(1, "0000:04:00.0", "SERIAL-A").mount("259:16", "/data", "xfs", "/dev/nvme1n1");
    machine.file(machine.namespace(0, ADDRESS) + "/wwid", "eui.0025385b71b04d2f");
    machine.file(machine.namespace(1, "0000:04:00.0") + "/wwid", "eui.0025385b71b04d2f");

    assertRefused(
        on(machine),
        destroying("/dev/nvme0n1", "/dev/nvme0n1"),
        3,
        "target '/dev/nvme0n1' may not be written: the same disk under another name, nvme1n1, is"
            + " mounted at /data (xfs): end that use first, or give another target");
  }

  @Test
  void neverAllowsSwapOfAnotherMountNamespaceThatOnlyTheKernelsNameTells() {
    machine.file(
        "proc/swaps",
        "Filename Type Size Used Priority\n/elsewhere/nvme0n1p1 partition 299996 0 -2");

    assertRefused(
        on(machine),
        destroying("/dev/nvme0n1p1", "/dev/nvme0n1p1"),
        3,
        "target '/dev/nvme0n1p1' may not be written: it is used as swap: end that use first, or"
            + " give another target");
  }

  @Test
  void neverAllowsADiskThatIsOpenUnderItsOtherName() {
    machine.nvme(1, "0000:04:00.0", "SERIAL-A");
    machine.file(machine.namespace(0, ADDRESS) + "/wwid", "eui.0025385b71b04d2f");
    machine.file(machine.namespace(1, "0000:04:00.0") + "/wwid", "eui.0025385b71b04d2f");
    opened(4_999_999, "qemu-system-x86", "259:16", "0100002");

    assertRefused(
        on(machine),
        destroying("/dev/nvme0n1", "/dev/nvme0n1"),
        3,
        "target '/dev/nvme0n1' may not be written: the same disk under another name, nvme1n1, is"
            + " open in qemu-system-x86 (pid 4999999): end that first, or give another target");
  }

  @Test
  void allowsAMultipathDeviceWhosePathsADaemonReads() {
    machine.stack("dm-0", "252:0", machine.namespace(0, ADDRESS));
    machine.node(Path.of("/dev/dm-0"), "252:0");
    opened(4_999_999, "multipathd", "259:0", "0140000");

    assertThat(on(machine).judge(destroying("/dev/dm-0", "/dev/dm-0")))
        .isInstanceOf(Verdict.Expendable.class);
  }

  @Test
  void allowsADeviceThatTheProgramWhichStartedThisOneHasOpen() {
    opened(ProcessHandle.current().parent().orElseThrow().pid(), "java", "259:0", "02");

    assertThat(on(machine).judge(destroying("/dev/nvme0n1", "/dev/nvme0n1")))
        .isInstanceOf(Verdict.Expendable.class);
  }

  @Test
  void neverAllowsADriveThatTookTheNameOfTheOneAgreedTo() {
    String disk = machine.namespace(0, ADDRESS);
    machine.file(disk + "/diskseq", "12").file(disk + "/wwid", "eui.0025385b71b04d2f");
    Consent typed = new Consent(Optional.of("/dev/nvme0n1"), Optional.empty());
    TargetGuard.Request request =
        new TargetGuard.Request(
            "/dev/nvme0n1", List.of(on(machine).toThisDevice(typed)), List.of(), List.of());
    assertThat(on(machine).judge(request)).isInstanceOf(Verdict.Expendable.class);

    machine.file(disk + "/diskseq", "13").file(disk + "/wwid", "eui.0025385b71b04d30");
    assertRefused(
        on(machine),
        request,
        3,
        "'/dev/nvme0n1' is no longer the device that may be overwritten (it was 259:0, diskseq 12,"
            + " eui.0025385b71b04d2f, 1073741824 bytes, and now is 259:0, diskseq 13,"
            + " eui.0025385b71b04d30, 1073741824 bytes): see the kernel's log, and start again with"
            + " the device that is meant");

    machine.node(Path.of("/dev/nvme0n1"), "259:99");
    assertRefused(
        on(machine),
        request,
        3,
        "'/dev/nvme0n1' is no longer the device that may be overwritten (it was 259:0, diskseq 12,"
            + " eui.0025385b71b04d2f, 1073741824 bytes, and now is gone): see the kernel's log, and"
            + " start again with the device that is meant");
  }

  @Test
  void tellsAnUnprivilegedUserWhatToGrant() {
    TargetGuard unprivileged =
        new TargetGuard(
            machine.discovery(),
            machine.sys(),
            machine.proc(),
            path -> "",
            path -> Optional.of(ExclusiveOpen.noPermission(path)));

    assertRefused(
        unprivileged,
        destroying("/dev/nvme0n1", "/dev/nvme0n1"),
        3,
        "target '/dev/nvme0n1' may not be written: this user may not read and write it: run as"
            + " root, have access granted (setfacl -m u:%s:rw /dev/nvme0n1), or give another"
            + " target",
        System.getProperty("user.name"));
  }

  @Test
  void refusesANodeWhoseDeviceIsGone() {
    machine.node(Path.of("/dev/gone"), "259:99");

    assertRefused(
        on(machine),
        destroying("/dev/gone", "/dev/gone"),
        3,
        "target '/dev/gone' is the node of a block device that the kernel does not have");
  }

  private void opened(long process, String program, String number, String flags) {
    String directory = "proc/" + process;
    machine.file(directory + "/comm", program);
    machine.file(directory + "/fd/3", "");
    machine.file(directory + "/fdinfo/3", "pos:\t0\nflags:\t" + flags);
    machine.node(machine.proc().resolve(process + "/fd/3"), number);
  }

  private void loop(String name, String number, String file) {
    machine.disk(VIRTUAL + name, number, 65536);
    machine.file(VIRTUAL + name + "/loop/backing_file", file);
  }

  private static TargetGuard on(FakeMachine machine) {
    return new TargetGuard(
        machine.discovery(), machine.sys(), machine.proc(), path -> "", path -> Optional.empty());
  }

  private static void assertRefused(
      TargetGuard guard,
      TargetGuard.Request request,
      int exitCode,
      String message,
      Object... values) {
    assertThat(guard.judge(request))
        .isEqualTo(new Verdict.Refusal(String.format(message, values), exitCode));
  }

  private static TargetGuard.Request request(String target) {
    return new TargetGuard.Request(target, Optional.empty(), Optional.empty());
  }

  private static TargetGuard.Request destroying(String target, String destroy) {
    return new TargetGuard.Request(target, Optional.of(destroy), Optional.empty());
  }
}
