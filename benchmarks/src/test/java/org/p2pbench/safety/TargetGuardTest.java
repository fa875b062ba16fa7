// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.safety;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.jna.Native;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.discovery.BlockDevice;
import org.p2pbench.discovery.DeviceDiscovery;
import org.p2pbench.discovery.LibC;
import org.p2pbench.transfer.Signature;

/**
 * On real loop devices: every attempt that is refused leaves every byte of the device as it was.
 */
class TargetGuardTest {
  private static final String EXT4 = "ext4 filesystem 'it's data'";

  @TempDir private Path directory;
  private LoopDisk disk;
  private String node;

  private final TargetGuard guard =
      new TargetGuard(
          DeviceDiscovery.ofThisMachine(),
          Path.of("/sys"),
          Path.of("/proc"),
          Signature::of,
          ExclusiveOpen.byKernel());

  @BeforeEach
  void attachADisk() {
    LoopDisk.assumeUsable();
    disk = LoopDisk.create(directory, 32);
    node = disk.device().toString();
  }

  @AfterEach
  void detachIt() {
    if (disk != null) {
      disk.close();
    }
  }

  @Test
  void refusesADeviceThatWasNotNamedAndSaysWhatToGive() {
    assertRefused(
        request(node),
        2,
        "target '%s' is a block device: everything on it would be lost; to allow that, give"
            + " --destroy %s",
        node,
        node);
  }

  @Test
  void allowsADeviceThatWasNamedAndIsBlankAndUnused() {
    Verdict verdict = guard.judge(destroying(node, node));

    assertThat(verdict).isInstanceOf(Verdict.Expendable.class);
    Verdict.Expendable expendable = (Verdict.Expendable) verdict;
    assertThat(expendable.path()).isEqualTo(disk.device());
    assertThat(expendable.device().name()).isEqualTo(disk.name());
    assertThat(expendable.found()).isEmpty();
  }

  @Test
  void refusesWhenAnotherDeviceWasNamed() {
    try (LoopDisk other = LoopDisk.create(directory, 1)) {
      assertRefused(
          destroying(node, other.device().toString()),
          2,
          "--destroy names '%s', which is not the target '%s': to allow the target's loss, give"
              + " --destroy %s",
          other.device(),
          node,
          node);
    }
  }

  @Test
  void refusesWhenTheDiskWasNamedAndThePartitionIsTheTarget() {
    String partition = disk.addPartition(1, 1, 8).toString();

    assertRefused(
        destroying(partition, node),
        2,
        "--destroy names '%s', which is not the target '%s': to allow the target's loss, give"
            + " --destroy %s",
        node,
        partition,
        partition);
  }

  @Test
  void looksThroughLinksAndShowsBothNames() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("a link"), disk.device());
    disk.atClose(() -> assertThat(link.toFile().delete()).isTrue());

    assertRefused(
        request(link.toString()),
        2,
        "target '%s' (which is %s) is a block device: everything on it would be lost; to allow"
            + " that, give --destroy '%s'",
        link,
        node,
        link);
    assertThat(guard.judge(destroying(link.toString(), node)))
        .isInstanceOf(Verdict.Expendable.class);
  }

  @Test
  void refusesAFilesystemUntilItIsNamedToo() {
    LoopDisk.run("mkfs.ext4", "-q", "-L", "it's data", node);

    assertRefused(
        request(node),
        2,
        "target '%s' is a block device, and holds %s: everything on it would be lost; to allow"
            + " that, give --destroy %s --destroy-signature \"%s\"",
        node,
        EXT4,
        node,
        EXT4);
    assertRefused(
        destroying(node, node),
        2,
        "target '%s' holds %s, which would be lost: to allow that, give --destroy %s"
            + " --destroy-signature \"%s\"",
        node,
        EXT4,
        node,
        EXT4);
    assertRefused(
        destroying(node, node, "ext4"),
        2,
        "--destroy-signature says 'ext4', but target '%s' holds %s: to allow its loss, give"
            + " --destroy %s --destroy-signature \"%s\"",
        node,
        EXT4,
        node,
        EXT4);
  }

  @Test
  void allowsAFilesystemWhoseSignatureWasNamedExactly() {
    LoopDisk.run("mkfs.ext4", "-q", "-L", "it's data", node);

    Verdict verdict = guard.judge(destroying(node, node, EXT4));

    assertThat(verdict).isInstanceOf(Verdict.Expendable.class);
    assertThat(((Verdict.Expendable) verdict).found()).isEqualTo(EXT4);
  }

  @Test
  void allowsTheSameDeviceAgainOnceWhatWasNamedHasBeenOverwritten() {
    LoopDisk.run("mkfs.ext4", "-q", "-L", "it's data", node);
    assertThat(guard.judge(destroying(node, node, EXT4))).isInstanceOf(Verdict.Expendable.class);

    LoopDisk.run("wipefs", "-q", "-a", node);

    Verdict verdict = guard.judge(destroying(node, node, EXT4));
    assertThat(verdict).isInstanceOf(Verdict.Expendable.class);
    assertThat(((Verdict.Expendable) verdict).found()).isEmpty();
  }

  @Test
  void refusesAPartitionTableUntilItIsNamedToo() {
    disk.writePartitionTable();

    assertRefused(
        destroying(node, node),
        2,
        "target '%s' holds dos partition table, which would be lost: to allow that, give --destroy"
            + " %s --destroy-signature 'dos partition table'",
        node,
        node);
  }

  @Test
  void wantsTheFilesystemsOfPartitionsNamedBesideTheTable() {
    disk.writePartitionTable();
    Path partition = disk.addPartition(1, 1, 16);
    LoopDisk.run("mkfs.ext4", "-q", partition.toString());
    String both = "dos partition table; " + partition.getFileName() + ": ext4 filesystem";

    assertRefused(
        destroying(node, node, "dos partition table"),
        2,
        "--destroy-signature says 'dos partition table', but target '%s' holds %s: to allow its"
            + " loss, give --destroy %s --destroy-signature '%s'",
        node,
        both,
        node,
        both);
    assertThat(guard.judge(destroying(node, node, both))).isInstanceOf(Verdict.Expendable.class);
  }

  @Test
  void neverAllowsAMountedDevice() {
    LoopDisk.run("mkfs.ext4", "-q", node);
    Path point = disk.mount(disk.device(), "ro");

    assertRefused(
        destroying(node, node, "ext4 filesystem"),
        3,
        "target '%s' may not be written: it is mounted at %s (ext4): end that use first, or give"
            + " another target",
        node,
        point);
  }

  @Test
  void neverAllowsADiskWithAMountedPartition() {
    Path partition = mountedPartition(2);

    assertRefused(
        destroying(node, node, "ext4 filesystem"),
        3,
        "target '%s' may not be written: its partition %s is mounted at %s (ext4): end that use"
            + " first, or give another target",
        node,
        partition.getFileName(),
        mountPointOf(partition));
  }

  @Test
  void neverAllowsAPartitionOfADiskThatIsMountedWhole() {
    LoopDisk.run("mkfs.ext4", "-q", node);
    Path partition = disk.addPartition(1, 16, 8);
    Path point = disk.mount(disk.device(), "ro");

    assertRefused(
        destroying(partition.toString(), partition.toString()),
        3,
        "target '%s' may not be written: its disk %s is mounted at %s (ext4): end that use first,"
            + " or give another target",
        partition,
        disk.name(),
        point);
  }

  @Test
  void allowsAPartitionWhoseNeighbourIsMounted() {
    mountedPartition(2);
    Path free = disk.addPartition(3, 20, 8);

    assertThat(guard.judge(destroying(free.toString(), free.toString())))
        .isInstanceOf(Verdict.Expendable.class);
  }

  @Test
  void neverAllowsADeviceMountedInAnotherMountNamespace() throws Exception {
    LoopDisk.run("mkfs.ext4", "-q", node);
    Path point = Files.createDirectory(directory.resolve("hidden"));
    Process other =
        inAnotherNamespace(
            "mount -o ro \"$1\" \"$2\" && echo mounted && cat", node, point.toString());
    disk.atClose(() -> endByClosingInput(other));
    assertThat(firstLine(other)).isEqualTo("mounted");
    assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(point.toString());

    assertRefused(
        destroying(node, node, "ext4 filesystem"),
        3,
        "target '%s' may not be written: it is mounted at %s (ext4): end that use first, or give"
            + " another target",
        node,
        point);
  }

  @Test
  void neverAllowsSwap() {
    disk.swapOn(disk.device());

    assertRefused(
        destroying(node, node, "swap"),
        3,
        "target '%s' may not be written: it is used as swap: end that use first, or give another"
            + " target",
        node);
  }

  @Test
  void neverAllowsADiskWithASwapPartition() {
    Path partition = disk.addPartition(1, 1, 8);
    disk.swapOn(partition);

    assertRefused(
        destroying(node, node, "swap"),
        3,
        "target '%s' may not be written: its partition %s is used as swap: end that use first, or"
            + " give another target",
        node,
        partition.getFileName());
  }

  @Test
  void neverAllowsTheStorageOfALoopDevice() {
    LoopDisk upper = disk.over(disk.device());

    assertRefused(
        destroying(node, node),
        3,
        "target '%s' may not be written: it is the storage of loop device %s: end that use first,"
            + " or give another target",
        node,
        upper.name());
  }

  @Test
  void neverAllowsALoopDeviceOverADeviceThatIsInUse() {
    LoopDisk upper = disk.over(disk.device());
    LoopDisk.run("mkfs.ext4", "-q", node);
    Path point = disk.mount(disk.device(), "ro");

    assertRefused(
        destroying(upper.device().toString(), upper.device().toString(), "ext4 filesystem"),
        3,
        "target '%s' may not be written: the device behind it, %s, is mounted at %s (ext4): end"
            + " that use first, or give another target",
        upper.device(),
        disk.name(),
        point);
  }

  @Test
  void allowsALoopDeviceOverADeviceThatNobodyElseUses() {
    LoopDisk upper = disk.over(disk.device());

    assertThat(guard.judge(destroying(upper.device().toString(), upper.device().toString())))
        .isInstanceOf(Verdict.Expendable.class);
  }

  @Test
  void neverAllowsALoopDeviceWhoseFileHasASecondOne() {
    LoopDisk second = disk.over(disk.image());

    assertRefused(
        destroying(node, node),
        3,
        "target '%s' may not be written: the file behind it, %s, is the storage of loop device %s:"
            + " end that use first, or give another target",
        node,
        disk.image(),
        second.name());
  }

  @Test
  void neverAllowsALoopDeviceWhoseFileHasASecondOneUnderAnotherName() throws IOException {
    Path link = Files.createLink(directory.resolve("other name.img"), disk.image());
    LoopDisk second = disk.over(link);
    LoopDisk.run("mkfs.ext4", "-q", second.device().toString());
    disk.mount(second.device(), "ro");

    assertRefused(
        destroying(node, node, "ext4 filesystem"),
        3,
        "target '%s' may not be written: the file behind it, %s, is the storage of loop device %s:"
            + " end that use first, or give another target",
        node,
        disk.image(),
        second.name());
  }

  @Test
  void neverAllowsALoopDeviceWhoseFileHasASecondOneInAnotherMountNamespace() throws Exception {
    Path hidden = Files.createDirectory(directory.resolve("hidden"));
    Process other =
        inAnotherNamespace(
            "mount --bind \"$1\" \"$2\" && losetup --find --show \"$2/$3\" && cat",
            directory.toString(),
            hidden.toString(),
            disk.image().getFileName().toString());
    String second = firstLine(other);
    disk.atClose(() -> LoopDisk.run("losetup", "--detach", second));
    disk.atClose(() -> endByClosingInput(other));

    assertRefused(
        destroying(node, node),
        3,
        "target '%s' may not be written: the file behind it, %s, is the storage of loop device %s:"
            + " end that use first, or give another target",
        node,
        disk.image(),
        Path.of(second).getFileName());
  }

  @Test
  void allowsALoopDeviceWhoseFileOnlySharesItsPathWithAnother() throws IOException {
    Path image = disk.image();
    Path moved = Files.move(image, directory.resolve("moved.img"));
    Files.write(image, new byte[1 << 20]);
    disk.over(image);
    Files.delete(image);
    Files.move(moved, image);

    assertThat(guard.judge(destroying(node, node))).isInstanceOf(Verdict.Expendable.class);
  }

  @Test
  void neverAllowsADeviceThatAProgramHasOpenedExclusively() {
    LibC libc = Native.load("c", LibC.class);
    int held = libc.open(node, LibC.O_RDONLY | LibC.O_EXCL);
    disk.atClose(() -> libc.close(held));

    assertRefused(
        destroying(node, node),
        3,
        "target '%s' may not be written: something has it open exclusively: end that first, or"
            + " give another target",
        node);
  }

  @Test
  void neverAllowsADeviceThatAnotherProgramHasOpenWithoutAClaim() throws Exception {
    long pid = holding("exec 3<>\"$1\" && echo open && exec cat", node);

    assertRefused(
        destroying(node, node),
        3,
        "target '%s' may not be written: it is open in cat (pid %d): end that first, or give another"
            + " target",
        node,
        pid);
  }

  @Test
  void neverAllowsADiskOfWhichAnotherProgramReadsAPartition() throws Exception {
    Path partition = disk.addPartition(1, 1, 8);
    long pid = holding("exec 3<\"$1\" && echo open && exec cat", partition.toString());

    assertRefused(
        destroying(node, node),
        3,
        "target '%s' may not be written: its partition %s is open in cat (pid %d): end that first,"
            + " or give another target",
        node,
        partition.getFileName(),
        pid);
  }

  @Test
  void neverAllowsALoopDeviceWhoseFileAnotherProgramMayWrite() throws Exception {
    holding("exec 3<\"$1\" && echo open && exec cat", disk.image().toString());
    assertThat(guard.judge(destroying(node, node))).isInstanceOf(Verdict.Expendable.class);

    long pid = holding("exec 3<>\"$1\" && echo open && exec cat", disk.image().toString());
    assertRefused(
        destroying(node, node),
        3,
        "target '%s' may not be written: the file behind it, %s, is open in cat (pid %d): end that"
            + " first, or give another target",
        node,
        disk.image(),
        pid);
  }

  @Test
  void waitsForAProgramThatOnlyLooksAtTheDeviceInPassing() throws Exception {
    Process passing =
        new ProcessBuilder("sh", "-c", "exec 3<\"$1\" && echo open && exec sleep 0.3", "sh", node)
            .start();
    assertThat(firstLine(passing)).isEqualTo("open");

    assertThat(guard.judge(destroying(node, node))).isInstanceOf(Verdict.Expendable.class);
    assertThat(passing.waitFor()).isZero();
  }

  @Test
  void allowsADeviceThatItHasOpenItself() throws IOException {
    try (RandomAccessFile own = new RandomAccessFile(node, "rw")) {
      assertThat(own.length()).isPositive();
      assertThat(guard.judge(destroying(node, node))).isInstanceOf(Verdict.Expendable.class);
    }
  }

  @Test
  void neverAllowsAnotherDiskThatTookTheNameSinceTheRunBegan() throws IOException {
    Consent atTheBeginning = guard.toThisDevice(consentTo(node).get(0));
    TargetGuard.Request again =
        new TargetGuard.Request(node, List.of(atTheBeginning), List.of(), List.of());
    assertThat(guard.judge(again)).isInstanceOf(Verdict.Expendable.class);

    Path other = Files.write(directory.resolve("other.img"), new byte[32 << 20]);
    LoopDisk.run("losetup", "--detach", node);
    LoopDisk.run("losetup", node, other.toString());

    assertRefused(
        again,
        3,
        "'%s' is no longer the device that may be overwritten (it was %s, and now is %s): see the"
            + " kernel's log, and start again with the device that is meant",
        node,
        atTheBeginning.identity().orElseThrow(),
        guard.toThisDevice(atTheBeginning).identity().orElseThrow());
  }

  @Test
  void neverAllowsTheSourcesOwnBlocks() {
    String partition = disk.addPartition(1, 1, 8).toString();

    assertRefused(
        new TargetGuard.Request(node, consentTo(node), List.of(partition), List.of()),
        3,
        "target '%s' may not be written: it shares blocks with the source '%s': give another"
            + " source, or give another target",
        node,
        partition);
  }

  @Test
  void neverAllowsALoopDeviceOverTheSource() throws IOException {
    Path link = Files.createSymbolicLink(directory.resolve("link"), disk.image());
    Path hardLink = Files.createLink(directory.resolve("hard link"), disk.image());
    for (String source : List.of(disk.image().toString(), link.toString(), hardLink.toString())) {
      assertRefused(
          new TargetGuard.Request(node, consentTo(node), List.of(source), List.of()),
          3,
          "target '%s' may not be written: it shares blocks with the source '%s': give another"
              + " source, or give another target",
          node,
          source);
    }
    String upper = disk.over(disk.device()).device().toString();
    for (String source : List.of(node, disk.image().toString())) {
      assertRefused(
          new TargetGuard.Request(upper, consentTo(upper), List.of(source), List.of()),
          3,
          "target '%s' may not be written: it shares blocks with the source '%s': give another"
              + " source, or give another target",
          upper,
          source);
    }
  }

  @Test
  void allowsATargetBesideTheSourcesPartition() {
    String source = disk.addPartition(1, 1, 8).toString();
    String target = disk.addPartition(2, 16, 8).toString();

    assertThat(
            guard.judge(
                new TargetGuard.Request(target, consentTo(target), List.of(source), List.of())))
        .isInstanceOf(Verdict.Expendable.class);
  }

  @Test
  void allowsTwoTargetsEachByItsOwnConsent() {
    String one = disk.addPartition(1, 1, 8).toString();
    String other = disk.addPartition(2, 16, 8).toString();
    List<Consent> both =
        List.of(
            new Consent(Optional.of(one), Optional.empty()),
            new Consent(Optional.of(other), Optional.empty()));

    assertThat(guard.judge(new TargetGuard.Request(one, both, List.of(), List.of(other))))
        .isInstanceOf(Verdict.Expendable.class);
    assertThat(guard.judge(new TargetGuard.Request(other, both, List.of(), List.of(one))))
        .isInstanceOf(Verdict.Expendable.class);
    assertRefused(
        new TargetGuard.Request(other, consentTo(one), List.of(), List.of(one)),
        2,
        "target '%s' is a block device: everything on it would be lost; to allow that, give"
            + " --destroy %s",
        other,
        other);
    assertRefused(
        new TargetGuard.Request(one, both, List.of(), List.of()),
        2,
        "--destroy names '%s', which is no target: name it with --target, too, or leave it out",
        other);
  }

  @Test
  void neverTakesTheSignatureOfOneTargetForAnother() {
    String one = disk.addPartition(1, 1, 8).toString();
    String other = disk.addPartition(2, 16, 8).toString();
    LoopDisk.run("mkswap", "-L", "keep", one);
    LoopDisk.run("mkswap", "-L", "keep", other);
    String found = "swap area 'keep'";
    List<Consent> consents =
        List.of(
            new Consent(Optional.of(one), Optional.of(found)),
            new Consent(Optional.of(other), Optional.empty()));

    assertThat(guard.judge(new TargetGuard.Request(one, consents, List.of(), List.of(other))))
        .isInstanceOf(Verdict.Expendable.class);
    assertRefused(
        new TargetGuard.Request(other, consents, List.of(), List.of(one)),
        2,
        "target '%s' holds %s, which would be lost: to allow that, give --destroy %s"
            + " --destroy-signature \"%s\"",
        other,
        found,
        other,
        found);
  }

  @Test
  void neverAllowsTheBlocksOfAnotherTarget() {
    String partition = disk.addPartition(1, 1, 8).toString();

    assertRefused(
        new TargetGuard.Request(node, consentTo(node), List.of(), List.of(partition)),
        3,
        "target '%s' may not be written: it shares blocks with the target '%s': name one of the"
            + " two, or give another target",
        node,
        partition);
  }

  private static List<Consent> consentTo(String device) {
    return Consent.of(Optional.of(device), Optional.empty());
  }

  @Test
  void neverAllowsAReadOnlyDevice() {
    try (LoopDisk readOnly = LoopDisk.create(directory, 1, "--read-only")) {
      String path = readOnly.device().toString();

      assertRefused(
          destroying(path, path),
          3,
          "target '%s' is read-only: give a device that can be written",
          path);
    }
  }

  @Test
  void neverAllowsTheDiskOfTheRootFilesystem() {
    DeviceDiscovery discovery = DeviceDiscovery.ofThisMachine();
    Optional<BlockDevice> root = discovery.locate(Path.of("/")).blockDevice();
    assumeTrue(root.isPresent(), "the root filesystem has no block device of its own");
    BlockDevice whole =
        root.get().partitionOf().flatMap(discovery.blockDevices()::byName).orElse(root.get());
    String path = whole.node(Path.of("/dev")).toString();
    assumeTrue(Files.exists(Path.of(path)), "the root filesystem's disk has no node here");

    Verdict verdict = guard.judge(destroying(path, path, "ext4 filesystem"));

    assertThat(verdict).isInstanceOf(Verdict.Refusal.class);
    assertThat(((Verdict.Refusal) verdict).message())
        .startsWith("target '" + path + "' may not be written: it");
    assertThat(((Verdict.Refusal) verdict).exitCode()).isEqualTo(3);
  }

  @Test
  void refusesWhenLookingForASignatureFails() {
    TargetGuard blind =
        new TargetGuard(
            DeviceDiscovery.ofThisMachine(),
            Path.of("/sys"),
            Path.of("/proc"),
            path -> {
              throw new IOException("read error");
            },
            ExclusiveOpen.byKernel());

    assertThat(blind.judge(destroying(node, node)))
        .isEqualTo(
            new Verdict.Refusal(
                "target '"
                    + node
                    + "' may not be written: looking for a filesystem or partition table on it"
                    + " failed (read error): wipe the device with wipefs(8) if nothing on it is"
                    + " needed",
                3));
  }

  private Path mountedPartition(int number) {
    Path partition = disk.addPartition(number, 1, 16);
    LoopDisk.run("mkfs.ext4", "-q", partition.toString());
    disk.mount(partition, "ro");
    return partition;
  }

  private static String mountPointOf(Path partition) {
    return LoopDisk.run("findmnt", "--noheadings", "--output", "TARGET", partition.toString());
  }

  private void assertRefused(
      TargetGuard.Request request, int exitCode, String message, Object... values) {
    String before = LoopDisk.checksum(disk.device());
    Verdict verdict = guard.judge(request);

    assertThat(verdict).isEqualTo(new Verdict.Refusal(String.format(message, values), exitCode));
    assertThat(LoopDisk.checksum(disk.device())).isEqualTo(before);
  }

  private static TargetGuard.Request request(String target) {
    return new TargetGuard.Request(target, Optional.empty(), Optional.empty());
  }

  private static TargetGuard.Request destroying(String target, String destroy) {
    return new TargetGuard.Request(target, Optional.of(destroy), Optional.empty());
  }

  private static TargetGuard.Request destroying(String target, String destroy, String signature) {
    return new TargetGuard.Request(target, Optional.of(destroy), Optional.of(signature));
  }

  /** Number of a process that runs the script, which says "open", until the disk is closed. */
  private long holding(String script, String path) throws IOException {
    Process other = new ProcessBuilder("sh", "-c", script, "sh", path).start();
    disk.atClose(() -> endByClosingInput(other));
    assertThat(firstLine(other)).isEqualTo("open");
    return other.pid();
  }

  /** A shell that ends when its input is closed. */
  private static Process inAnotherNamespace(String script, String... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of("unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh"));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private static String firstLine(Process process) throws IOException {
    return new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
        .readLine();
  }

  private static void endByClosingInput(Process process) {
    try {
      process.getOutputStream().close();
      assertThat(process.waitFor()).isZero();
    } catch (IOException | InterruptedException failure) {
      throw new IllegalStateException(failure);
    }
  }
}
