// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.discovery.BlockDevice;
import org.p2pbench.proof.BlockCounters;
import org.p2pbench.safety.LoopDisk;
import org.p2pbench.transfer.Endpoint;
import org.p2pbench.transfer.Engine;
import org.p2pbench.transfer.Pattern;
import org.p2pbench.transfer.Pinning;
import org.p2pbench.transfer.TransferException;

class RigRefusalTest {
  private static final long SPAN_BYTES = 1L << 20;

  @TempDir(factory = BuildDirectory.class)
  private Path directory;

  @BeforeEach
  void onARealDisk() {
    BuildDirectory.assumeDirect(directory);
  }

  @Test
  void refusesASourceTooShortForWhatIsInFlight() throws IOException {
    Path source = file("short.bin", 65_536);

    assertRefused(
        deep(4096, 32, 2),
        reading(source, SPAN_BYTES),
        RigException.Kind.BAD_INPUT,
        source
            + " has 65536 bytes, but 2 threads with 32 blocks of 4096 bytes in flight need 262144:"
            + " use a longer one, or a smaller --size, --depth or --threads");
  }

  @Test
  void refusesASpanTooShortForWhatIsInFlightWithoutBlamingTheFiles() throws IOException {
    Path source = file("long.bin", 4 << 20);

    assertRefused(
        deep(65_536, 32, 1),
        reading(source, SPAN_BYTES),
        RigException.Kind.BAD_INPUT,
        "1048576 bytes of source and target are used, but 1 threads with 32 blocks of 65536 bytes"
            + " in flight need 2097152: use a profile that uses more, or a smaller --size, --depth"
            + " or --threads");
  }

  @Test
  void refusesASourceThatIsNotThere() {
    assertRefused(
        deep(4096, 1, 1),
        reading(directory.resolve("absent"), SPAN_BYTES),
        RigException.Kind.BAD_INPUT,
        "open of "
            + directory.resolve("absent")
            + " failed: ENOENT (No such file or directory). Probable cause: the path does not"
            + " exist. What to do: correct the path.");
  }

  @Test
  void refusesBlocksThatAreNoMultipleOfTheLogicalBlock() throws IOException {
    LoopDisk.assumeUsable();
    Path source = file("source.bin", SPAN_BYTES);
    try (LoopDisk disk = LoopDisk.create(directory, 16, "--sector-size", "4096")) {
      assertRefused(
          deep(512, 1, 1),
          Rigs.onto(disk.device(), "", source, directory, SPAN_BYTES),
          RigException.Kind.BAD_INPUT,
          "block size 512 is not a multiple of the 4096 bytes that O_DIRECT needs on "
              + disk.device()
              + ": choose a multiple, such as 4096");
      Rigs.open(deep(4096, 1, 1), Rigs.onto(disk.device(), "", source, directory, SPAN_BYTES))
          .close();
    }
  }

  @Test
  void refusesADeviceThatWasNotNamedForDestruction() throws IOException {
    LoopDisk.assumeUsable();
    Path source = file("source.bin", SPAN_BYTES);
    try (LoopDisk disk = LoopDisk.create(directory, 16)) {
      String before = LoopDisk.checksum(disk.device());
      ForkSettings settings =
          Rigs.settings(directory, SPAN_BYTES).between(List.of(source), List.of(disk.device()));

      assertRefused(
          deep(4096, 1, 1),
          settings,
          RigException.Kind.BAD_INPUT,
          "target '"
              + disk.device()
              + "' is a block device: everything on it would be lost; to allow that, give --destroy"
              + " "
              + disk.device());
      assertThat(LoopDisk.checksum(disk.device())).isEqualTo(before);
    }
  }

  @Test
  void refusesADeviceThatIsAnotherOneOnceItIsOpen() {
    LoopDisk.assumeUsable();
    PlaceResolver resolver = PlaceResolver.ofThisMachine();
    try (LoopDisk judged = LoopDisk.create(directory, 16);
        LoopDisk other = LoopDisk.create(directory, 16);
        Endpoint right = Endpoint.open(judged.device(), Endpoint.Access.READ, true);
        Endpoint wrong = Endpoint.open(other.device(), Endpoint.Access.READ, true)) {
      TransferPlaces.End end =
          new TransferPlaces.End(
              judged.device(), identity(resolver, judged), false, new BlockCounters(List.of()));

      resolver.checkOpened(end, right);
      assertThatThrownBy(() -> resolver.checkOpened(end, wrong))
          .isInstanceOfSatisfying(
              RigException.class, e -> assertThat(e.kind()).isEqualTo(RigException.Kind.CANNOT))
          .hasMessage(
              "target '%s' changed while it was opened (now %s, before %s) and was not written: see"
                      .formatted(
                          judged.device(),
                          identity(resolver, other).orElseThrow(),
                          identity(resolver, judged).orElseThrow())
                  + " the kernel's log, and start the run again");
    }
  }

  private static Optional<String> identity(PlaceResolver resolver, LoopDisk disk) {
    return resolver.discovery().blockDevices().byName(disk.name()).map(BlockDevice::identity);
  }

  @Test
  void whatTheMachineForbidsAtOpenIsNoBadInput() throws IOException {
    LoopDisk.assumeUsable();
    try (LoopDisk disk = LoopDisk.create(directory, 16)) {
      assertThat(kindOfOpening(disk.device())).isEqualTo(Optional.empty());
      try (Endpoint holder = Endpoint.open(disk.device(), Endpoint.Access.READ_WRITE, true)) {
        assertThat(kindOfOpening(holder.path())).contains(RigException.Kind.CANNOT); // EBUSY
      }
      LoopDisk.run("mkfs.ext4", "-q", disk.device().toString());
      Path point = disk.mount(disk.device(), "rw");
      Path file = Files.write(point.resolve("file"), new byte[4096]);
      LoopDisk.run("chattr", "+i", file.toString());
      assertThat(kindOfOpening(file)).contains(RigException.Kind.CANNOT); // EPERM
      LoopDisk.run("mount", "-o", "remount,ro", point.toString());
      assertThat(kindOfOpening(file)).contains(RigException.Kind.CANNOT); // EROFS
      assertThat(kindOfOpening(point.resolve("absent"))).contains(RigException.Kind.BAD_INPUT);
    }
  }

  private Optional<RigException.Kind> kindOfOpening(Path path) {
    try {
      Endpoint.open(path, Endpoint.Access.READ_WRITE, true).close();
      return Optional.empty();
    } catch (TransferException refused) {
      ForkReporter reporter = new ForkReporter(Rigs.settings(directory, 0));
      return Optional.of(reporter.failed(refused, MemoryChoice.RAM).kind());
    }
  }

  @Test
  void refusesATargetWithoutASource() {
    LoopDisk.assumeUsable();
    try (LoopDisk disk = LoopDisk.create(directory, 16)) {
      ForkSettings settings = Rigs.onto(disk.device(), "", directory, directory, SPAN_BYTES);

      assertRefused(
          deep(4096, 1, 1),
          settings.between(List.of(), List.of(disk.device())),
          RigException.Kind.BAD_INPUT,
          "a target without a source: name both, or neither for fresh files below --dir");
    }
  }

  @Test
  void refusesAUsersFileAsTarget() throws IOException {
    Path source = file("source.bin", SPAN_BYTES);
    Path precious = file("precious.bin", SPAN_BYTES);

    assertRefused(
        deep(4096, 1, 1),
        Rigs.settings(directory, SPAN_BYTES).between(List.of(source), List.of(precious)),
        RigException.Kind.BAD_INPUT,
        "target '"
            + precious
            + "' is an existing file, and those are never overwritten: give a path that does not"
            + " exist yet, or leave the target out for a fresh file below --dir");
  }

  @Test
  void refusesADiskWithoutRoomForItsFiles() {
    LoopDisk.assumeUsable();
    try (LoopDisk disk = LoopDisk.create(directory, 32)) {
      LoopDisk.run("mkfs.ext4", "-q", disk.device().toString());
      Path point = disk.mount(disk.device(), "rw");
      long free = point.toFile().getUsableSpace() >> 20;

      assertRefused(
          deep(4096, 1, 1),
          Rigs.settings(point, 64 << 20),
          RigException.Kind.BAD_INPUT,
          "--dir '%s' has %d MiB free, and the scratch files need 144 MiB: make room, or give"
                  .formatted(point, free)
              + " another directory or smaller files");
      assertThat(point.toFile().list()).containsExactlyInAnyOrder("lost+found", "record.json");
    }
  }

  @Test
  void refusesAPathThatTakesDirectIoButCopies() {
    try (CopyingDirectory copying = CopyingDirectory.below(directory)) {
      ForkSettings settings = Rigs.settings(copying.path(), SPAN_BYTES);

      assertThatThrownBy(() -> Rigs.open(deep(4096, 1, 1), settings))
          .isInstanceOfSatisfying(
              RigException.class, e -> assertThat(e.kind()).isEqualTo(RigException.Kind.FAILED))
          .hasMessageMatching(
              "transactions did not use memory ram with pinning per-transaction as asked: "
                  + "(pins: \\d+ pins for 64 expected: pages were copied, not handed to the device;"
                  + " )?page-cache: 16 of 16 sampled pages of the target in the page cache: written"
                  + " through a CPU copy\\. Use a filesystem and mount options that do O_DIRECT, or"
                  + " --memory page-cache");
      assertThat(Rigs.record(settings).witness().verdict()).isEqualTo("refuted");
      assertThat(Rigs.record(settings).verification().verdict()).isEqualTo("verified");
    }
  }

  @Test
  void refusesAFilesystemThatHasNoDirectIo() {
    LoopDisk.assumeUsable();
    try (LoopDisk disk = LoopDisk.create(directory, 64)) {
      LoopDisk.run("mkfs.ext4", "-q", disk.device().toString());
      Path point = disk.mount(disk.device(), "data=journal");

      // Kernels differ: some refuse O_DIRECT there, others take it and copy.
      assertThatThrownBy(() -> Rigs.open(deep(4096, 1, 1), Rigs.settings(point, SPAN_BYTES)))
          .isInstanceOfSatisfying(
              RigException.class,
              e ->
                  assertThat(e.kind())
                      .isEqualTo(
                          e.getMessage().startsWith("open of ")
                              ? RigException.Kind.BAD_INPUT
                              : RigException.Kind.FAILED))
          .message()
          .satisfiesAnyOf(
              refused ->
                  assertThat(refused)
                      .matches(
                          "open of \\Q"
                              + point
                              + "\\E/p2pbench-scratch-\\p{XDigit}{16}/source\\.bin failed: EINVAL"
                              + " \\(Invalid argument\\)\\. Probable cause: the filesystem does not"
                              + " support O_DIRECT\\. What to do: use a file on another filesystem,"
                              + " or a device\\."),
              copied ->
                  assertThat(copied)
                      .startsWith(
                          "transactions did not use memory ram with pinning per-transaction as"
                              + " asked: "));
    }
  }

  @Test
  void aDeviceThatFailsIsNamedWithTheOperationAndThePlace() throws IOException {
    LoopDisk.assumeUsable();
    Path source = file("source.bin", SPAN_BYTES);
    Path small = Files.createDirectory(directory.resolve("small"));
    LoopDisk.run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small.toString());
    try (LoopDisk disk = LoopDisk.create(small, 16)) {
      // The disk says 16 MiB and can keep less than 64 KiB: writes fail as on a dying device.
      assertThatThrownBy(
              () ->
                  Rigs.open(
                      deep(4096, 1, 1),
                      Rigs.onto(disk.device(), "", source, directory, SPAN_BYTES)))
          .isInstanceOfSatisfying(
              RigException.class, e -> assertThat(e.kind()).isEqualTo(RigException.Kind.FAILED))
          .hasMessageMatching(
              "drain of 4096 bytes at offset \\d+ of "
                  + disk.device()
                  + " failed: E(IO|NOSPC) .+ What to do: .+\\.");
    } finally {
      LoopDisk.run("umount", small.toString());
    }
  }

  @Test
  void nonsenseIsAFailureOfTheForkToo() {
    ForkSettings settings = Rigs.settings(directory, SPAN_BYTES);

    assertThatThrownBy(() -> TransferRig.open(() -> deep(4096, 300, 1), settings, 1))
        .isInstanceOf(RigException.class)
        .hasMessage("depth 300 is out of range: 1 to 256 transactions in flight");
    assertThat(Rigs.record(settings).failure())
        .isEqualTo(
            new ForkRecord.Failure(
                RigException.Kind.BAD_INPUT,
                "depth 300 is out of range: 1 to 256 transactions in flight"));
    assertThat(directory.toFile().list()).containsExactly("record.json");
  }

  private static TransferSpec deep(long blockBytes, int depth, int threads) {
    return new TransferSpec(
        MemoryChoice.RAM,
        Pinning.PER_TRANSACTION,
        Engine.IO_URING,
        blockBytes,
        depth,
        threads,
        0,
        Pattern.SEQUENTIAL,
        false,
        true);
  }

  private ForkSettings reading(Path source, long spanBytes) {
    return Rigs.settings(directory, spanBytes).between(List.of(source), List.of());
  }

  private void assertRefused(
      TransferSpec spec, ForkSettings settings, RigException.Kind kind, String message) {
    assertThatThrownBy(() -> Rigs.open(spec, settings))
        .isInstanceOfSatisfying(RigException.class, e -> assertThat(e.kind()).isEqualTo(kind))
        .hasMessage(message);
    assertThat(Rigs.record(settings).failure()).isEqualTo(new ForkRecord.Failure(kind, message));
    assertThat(directory.toFile().list((d, name) -> name.startsWith("p2pbench-"))).isEmpty();
  }

  private Path file(String name, long bytes) throws IOException {
    Path file = directory.resolve(name);
    try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "rw")) {
      content.write(new byte[(int) bytes]);
    }
    return file;
  }
}
