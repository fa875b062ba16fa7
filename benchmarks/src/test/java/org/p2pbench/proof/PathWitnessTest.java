// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.p2pbench.proof.Evidence.Verdict.CONFIRMS;
import static org.p2pbench.proof.Evidence.Verdict.CONTRADICTS;
import static org.p2pbench.proof.Evidence.Verdict.UNAVAILABLE;
import static org.p2pbench.proof.Evidence.Witness.BLOCK_COUNTERS;
import static org.p2pbench.proof.Evidence.Witness.PAGE_CACHE;
import static org.p2pbench.proof.Evidence.Witness.PHYSICAL_ADDRESS;
import static org.p2pbench.proof.Evidence.Witness.PINS;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.p2pbench.discovery.AddressRange;
import org.p2pbench.discovery.FakeMachine;
import org.p2pbench.safety.LoopDisk;
import org.p2pbench.transaction.BuildDirectory;
import org.p2pbench.transaction.CopyingDirectory;
import org.p2pbench.transfer.BasePage;
import org.p2pbench.transfer.Endpoint;
import org.p2pbench.transfer.Engine;
import org.p2pbench.transfer.IoMemory;
import org.p2pbench.transfer.Pattern;
import org.p2pbench.transfer.Pinning;
import org.p2pbench.transfer.Transactor;
import org.p2pbench.transfer.TransactorConfig;

class PathWitnessTest {
  private static final int BLOCKS = 32;
  private static final int BLOCK_BYTES = 16_384;
  private static final long BYTES = (long) BLOCKS * BLOCK_BYTES;
  private static final long PAGES = 2 * BYTES / BasePage.bytes();
  private static final int ROUNDS = 4;
  private static final long ROUND_BYTES = BYTES / ROUNDS;
  private static final List<AddressRange> SYSTEM_MEMORY = List.of();
  private static final BlockCounters NO_DISK = new BlockCounters(List.of());
  private static final PathWitness.Rounds NOTHING = moving(round -> {});
  private static final String MKFS_BTRFS = "/usr/sbin/mkfs.btrfs";
  private static final String PINNED_ONCE =
      "%d pins for %d expected".formatted(PAGES / 2, PAGES / 2);

  /** Other programs pin pages too, and this machine may be busy. */
  private static final int ATTEMPTS = 5;

  @TempDir(factory = BuildDirectory.class)
  private Path directory;

  @BeforeEach
  void onARealDisk() {
    BuildDirectory.assumeDirect(directory);
  }

  @Test
  void directTransfersAreProvenByEveryWitness() throws IOException {
    PathVerdict verdict = untilPinsAre("256 pins for 256 expected", this::transferDirect);

    assertThat(verdict.outcome()).isEqualTo(PathVerdict.Outcome.PROVEN);
    assertThat(verdict.evidence())
        .extracting(Evidence::witness)
        .containsExactly(PHYSICAL_ADDRESS, PINS, BLOCK_COUNTERS, BLOCK_COUNTERS, PAGE_CACHE);
    assertThat(verdict.evidence()).extracting(Evidence::verdict).containsOnly(CONFIRMS);
    assertThat(verdict.evidence().get(0).detail())
        .matches("1 buffer at 0x\\p{XDigit}+, in system RAM 0x.+");
    assertThat(seen(verdict.evidence().get(2), "bytes read by the device, 524288 expected"))
        .isGreaterThanOrEqualTo(BYTES);
    assertThat(seen(verdict.evidence().get(3), "bytes written by the device, 524288 expected"))
        .isGreaterThanOrEqualTo(BYTES);
    assertThat(verdict.evidence().get(4).detail())
        .isEqualTo("0 of 16 sampled pages of the target in the page cache");
    assertThat(verdict.contradictions()).isEmpty();
  }

  @Test
  void aFilesystemThatTakesDirectIoButCopiesIsRefuted() throws IOException {
    try (CopyingDirectory copying = CopyingDirectory.below(directory)) {
      PathVerdict verdict =
          untilPinsAre(
              "0 pins for 128 expected: pages were copied, not handed to the device",
              () -> drain(copying.path(), true, PAGES / 2));

      assertThat(verdict.outcome()).isEqualTo(PathVerdict.Outcome.REFUTED);
      assertThat(verdict.contradictions())
          .isEqualTo(
              "pins: 0 pins for 128 expected: pages were copied, not handed to the device;"
                  + " page-cache: 16 of 16 sampled pages of the target in the page cache: written"
                  + " through a CPU copy");
      assertThat(of(BLOCK_COUNTERS, verdict).verdict()).isEqualTo(UNAVAILABLE);
    }
  }

  @Test
  void bufferedIoThatClaimsToBeDirectIsRefuted() throws IOException {
    PathVerdict verdict =
        untilPinsAre(
            "0 pins for 128 expected: pages were copied, not handed to the device",
            () -> drain(directory, false, PAGES / 2));

    assertThat(verdict.outcome()).isEqualTo(PathVerdict.Outcome.REFUTED);
    assertThat(of(PAGE_CACHE, verdict).verdict()).isEqualTo(CONTRADICTS);
  }

  @Test
  void pinsWhereNoneAreClaimedLeaveItUnclear() throws IOException {
    PathVerdict verdict =
        untilPinsAre(
            "128 pins for 0 expected: another process pins pages at the same time; end it and run"
                + " again",
            () -> drain(directory, true, 0));

    assertThat(verdict.outcome()).isEqualTo(PathVerdict.Outcome.CANNOT_TELL);
    assertThat(of(PINS, verdict).verdict()).isEqualTo(UNAVAILABLE);
  }

  @Test
  void aRoundBesideWhichOthersPinIsRepeated() throws IOException {
    AtomicInteger tries = new AtomicInteger();

    PathVerdict verdict =
        untilPinsAre(
            PINNED_ONCE,
            () -> {
              tries.set(0);
              return drainBesideStranger(
                  directory, round -> round == 1 && tries.getAndIncrement() < 2);
            });

    assertThat(of(PINS, verdict)).isEqualTo(new Evidence(PINS, CONFIRMS, PINNED_ONCE));
    assertThat(of(BLOCK_COUNTERS, verdict).verdict()).isEqualTo(CONFIRMS);
    assertThat(verdict.outcome()).isEqualTo(PathVerdict.Outcome.PROVEN);
    assertThat(tries).hasValueGreaterThan(2);
  }

  @Test
  void pinsOfOthersAllTheTimeLeaveItUnclearAfterAFewTries() throws IOException {
    AtomicInteger tries = new AtomicInteger();

    PathVerdict verdict = drainBesideStranger(directory, round -> tries.getAndIncrement() >= 0);

    assertThat(of(PINS, verdict).verdict()).isEqualTo(UNAVAILABLE);
    assertThat(of(PINS, verdict).detail())
        .matches(
            "\\d+ pins for 128 expected: another process pins pages at the same time; end it and"
                + " run again");
    assertThat(verdict.outcome()).isEqualTo(PathVerdict.Outcome.CANNOT_TELL);
    assertThat(tries).hasValue(4 * ROUNDS);
  }

  /** With checksums btrfs writes what it copied to the disk, and leaves nothing in the cache. */
  @Test
  void pinsOfOthersDoNotHideThatAFilesystemCopies() throws IOException {
    LoopDisk.assumeUsable();
    assumeBtrfs();
    try (LoopDisk disk = LoopDisk.create(directory, 128)) {
      LoopDisk.run(MKFS_BTRFS, "-q", disk.device().toString());
      Path point = disk.mount(disk.device(), "rw");

      PathVerdict always = drainBesideStranger(point, round -> true);
      PathVerdict sometimes = drainBesideStranger(point, round -> round > 0);

      assertThat(of(PINS, always).verdict()).isEqualTo(UNAVAILABLE);
      assertThat(always.outcome()).isNotEqualTo(PathVerdict.Outcome.PROVEN);
      assertThat(of(PINS, sometimes).detail())
          .matches(
              "\\d+ pins for 128 expected, too few in \\d rounds: pages were copied, not handed to"
                  + " the device");
      assertThat(sometimes.outcome()).isEqualTo(PathVerdict.Outcome.REFUTED);
    }
  }

  @Test
  void systemMemoryIsNotTakenForTheControllersMemory() throws IOException {
    AddressRange bar = new AddressRange(0xf400_0000_0000L, 0xf400_03ff_ffffL);
    Path file = file(directory);
    PathWitness witness =
        new PathWitness(new PathWitness.Claim(List.of(bar), 0, NO_DISK, NO_DISK, 0, 0, file));
    witness.watch(1, NOTHING);

    PathVerdict verdict = witness.verdict(List.of(OptionalLong.of(0x1234_5000L)));

    assertThat(verdict.outcome()).isEqualTo(PathVerdict.Outcome.REFUTED);
    assertThat(verdict.contradictions())
        .isEqualTo("physical-address: buffer at 0x12345000 is not in the controller's BAR");
  }

  @Test
  void deviceMemoryIsNotTakenForSystemMemory() {
    PathWitness witness =
        new PathWitness(new PathWitness.Claim(SYSTEM_MEMORY, 0, NO_DISK, NO_DISK, 0, 0, null));
    witness.watch(1, NOTHING);

    PathVerdict verdict = witness.verdict(List.of(OptionalLong.of(0xf400_0000_0000L)));

    assertThat(of(PHYSICAL_ADDRESS, verdict))
        .isEqualTo(
            new Evidence(
                PHYSICAL_ADDRESS, CONTRADICTS, "buffer at 0xf40000000000 is not in system RAM"));
  }

  @Test
  void whatCannotBeSeenIsSaidAndNothingIsProven() throws IOException {
    Path absent = directory.resolve("absent");
    PathWitness witness =
        new PathWitness(
            new PathWitness.Claim(SYSTEM_MEMORY, 0, NO_DISK, NO_DISK, 4096, 4096, absent));
    witness.watch(1, NOTHING);

    PathVerdict verdict = witness.verdict(List.of(OptionalLong.empty()));

    assertThat(verdict.outcome()).isEqualTo(PathVerdict.Outcome.CANNOT_TELL);
    assertThat(verdict.evidence().stream().filter(e -> e.witness() != PINS))
        .containsExactly(
            new Evidence(
                PHYSICAL_ADDRESS,
                UNAVAILABLE,
                "the kernel shows physical addresses only to root (CAP_SYS_ADMIN)"),
            new Evidence(
                BLOCK_COUNTERS, UNAVAILABLE, "no block device with I/O statistics is behind it"),
            new Evidence(
                BLOCK_COUNTERS, UNAVAILABLE, "no block device with I/O statistics is behind it"),
            new Evidence(PAGE_CACHE, UNAVAILABLE, "the target cannot be mapped: ENOENT"));
  }

  @Test
  void whatIsSeenAtOneEndOnlyProvesNothing() throws IOException {
    Path to = file(directory);
    try (Endpoint source = Endpoint.open(file(directory), Endpoint.Access.READ, true);
        Endpoint target = Endpoint.open(to, Endpoint.Access.READ_WRITE, true)) {
      BlockCounters from = BuildDirectory.counters(source.path());

      PathVerdict verdict =
          watch(
              new PathWitness.Claim(
                  SYSTEM_MEMORY, PAGES / ROUNDS, from, NO_DISK, ROUND_BYTES, ROUND_BYTES, to),
              source,
              target);

      assertThat(verdict.outcome()).isEqualTo(PathVerdict.Outcome.CANNOT_TELL);
      assertThat(verdict.evidence().stream().filter(e -> e.witness() == BLOCK_COUNTERS))
          .extracting(Evidence::verdict)
          .containsExactly(CONFIRMS, UNAVAILABLE);
    }
  }

  @Test
  void aDeviceThatMovedNothingContradicts() {
    PathWitness witness = new PathWitness(readFrom(scriptedDisk("1 0 8 0 1 0 8 0 0 0 0")));
    witness.watch(1, NOTHING);

    PathVerdict verdict = witness.verdict(List.of(OptionalLong.empty()));

    assertThat(verdict.outcome()).isEqualTo(PathVerdict.Outcome.REFUTED);
    assertThat(verdict.contradictions())
        .isEqualTo("block-counters: 0 bytes read by the device, 4096 expected");
  }

  @Test
  void aDeviceThatIsGoneAfterwardsContradictsNothing() throws IOException {
    BlockCounters disk = scriptedDisk("1 0 8 0 1 0 8 0 0 0 0");
    PathWitness witness = new PathWitness(readFrom(disk));
    Path stat = disk.devices().get(0).sysDirectory().resolve("stat");
    witness.watch(1, moving(round -> stat.toFile().delete()));

    PathVerdict verdict = witness.verdict(List.of(OptionalLong.empty()));

    assertThat(of(BLOCK_COUNTERS, verdict))
        .isEqualTo(
            new Evidence(
                BLOCK_COUNTERS,
                UNAVAILABLE,
                "the I/O statistics of sda cannot be read (%s)".formatted(stat)));
    assertThat(verdict.outcome()).isEqualTo(PathVerdict.Outcome.CANNOT_TELL);
  }

  @Test
  void aDiskWhoseStatisticsAreOffContradictsNothingAndIsSaidHowToSwitchThemOn() {
    LoopDisk.assumeUsable();
    try (LoopDisk disk = LoopDisk.create(directory, 16)) {
      Path iostats = Path.of("/sys/devices/virtual/block", disk.name(), "queue/iostats");
      // The kernel keeps it for whoever gets the device next.
      disk.atClose(() -> write(iostats, "1"));
      write(iostats, "0");

      PathVerdict off = drainOnto(disk.device());
      write(iostats, "1");
      PathVerdict on = drainOnto(disk.device());

      assertThat(of(BLOCK_COUNTERS, off))
          .isEqualTo(
              new Evidence(
                  BLOCK_COUNTERS,
                  UNAVAILABLE,
                  "%s does not count what it moves (queue/iostats is 0): echo 1 >%s"
                      .formatted(disk.name(), iostats)));
      assertThat(off.outcome()).isEqualTo(PathVerdict.Outcome.CANNOT_TELL);
      assertThat(of(BLOCK_COUNTERS, on).verdict()).isEqualTo(CONFIRMS);
    }
  }

  @Test
  void aFilesystemOnTwoDisksIsCountedOnBoth() throws IOException {
    LoopDisk.assumeUsable();
    assumeBtrfs();
    // Blocks go to the larger one, where there is more room.
    try (LoopDisk small = LoopDisk.create(directory, 128);
        LoopDisk large = LoopDisk.create(directory, 512)) {
      String first = small.device().toString();
      LoopDisk.run(MKFS_BTRFS, "-q", "-d", "single", first, large.device().toString());
      Path point = large.mount(large.device(), "rw,nodatacow");

      PathVerdict verdict = untilPinsAre(PINNED_ONCE, () -> drain(point, true, PAGES / 2));

      assertThat(BuildDirectory.counters(point).devices()).hasSize(2);
      assertThat(verdict.contradictions()).isEmpty();
      assertThat(verdict.outcome()).isEqualTo(PathVerdict.Outcome.PROVEN);
    }
  }

  @Test
  void pinCountersCountUpAndDown() {
    PinCounters before = PinCounters.read().orElseThrow();
    assertThatCode(() -> drain(directory, true, 0)).doesNotThrowAnyException();
    PinCounters seen = PinCounters.read().orElseThrow().minus(before);

    assertThat(seen.acquired()).isGreaterThanOrEqualTo(PAGES / 2);
    assertThat(seen.released()).isGreaterThanOrEqualTo(PAGES / 2);
  }

  /** A measurement that is to be repeated while strangers disturb it. */
  private interface Attempt {
    PathVerdict run() throws IOException;
  }

  private static PathVerdict untilPinsAre(String detail, Attempt attempt) throws IOException {
    Predicate<PathVerdict> exact = v -> of(PINS, v).detail().equals(detail);
    PathVerdict verdict = attempt.run();
    for (int i = 1; i < ATTEMPTS && !exact.test(verdict); i++) {
      verdict = attempt.run();
    }
    assertThat(of(PINS, verdict).detail()).isEqualTo(detail);
    return verdict;
  }

  private PathVerdict transferDirect() throws IOException {
    Path from = file(directory);
    Path to = file(directory);
    try (Endpoint source = Endpoint.open(from, Endpoint.Access.READ, true);
        Endpoint target = Endpoint.open(to, Endpoint.Access.READ_WRITE, true)) {
      BlockCounters fromDisk = BuildDirectory.counters(from);
      BlockCounters toDisk = BuildDirectory.counters(to);
      return watch(
          new PathWitness.Claim(
              SYSTEM_MEMORY, PAGES / ROUNDS, fromDisk, toDisk, ROUND_BYTES, ROUND_BYTES, to),
          source,
          target);
    }
  }

  private static void assumeBtrfs() {
    assumeTrue(Files.exists(Path.of(MKFS_BTRFS)), "there is no " + MKFS_BTRFS + " (btrfs-progs)");
    String missing = "grep -qw btrfs /proc/filesystems || modprobe -q btrfs || echo missing";
    assumeTrue(LoopDisk.run("sh", "-c", missing).isEmpty(), "this kernel has no btrfs");
  }

  private static PathVerdict drainOnto(Path device) {
    try (Endpoint target = Endpoint.open(device, Endpoint.Access.READ_WRITE, true)) {
      BlockCounters disk = BuildDirectory.counters(device);
      return watch(
          new PathWitness.Claim(
              SYSTEM_MEMORY, PAGES / 2 / ROUNDS, NO_DISK, disk, 0, ROUND_BYTES, device),
          null,
          target);
    }
  }

  private static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** A disk whose statistics the test writes. */
  private BlockCounters scriptedDisk(String stat) {
    FakeMachine machine = new FakeMachine(directory);
    machine.disk("sys/devices/sda", "8:0", 2048).file("sys/devices/sda/stat", stat);
    return new BlockCounters(machine.discovery().blockDevices().byName("sda").stream().toList());
  }

  private static PathWitness.Claim readFrom(BlockCounters disk) {
    return new PathWitness.Claim(SYSTEM_MEMORY, 0, disk, NO_DISK, 4096, 0, null);
  }

  private PathVerdict drain(Path where, boolean direct, long pins) throws IOException {
    Path to = file(where);
    try (Endpoint target = Endpoint.open(to, Endpoint.Access.READ_WRITE, direct)) {
      BlockCounters disk = BuildDirectory.counters(to);
      return watch(
          new PathWitness.Claim(SYSTEM_MEMORY, pins / ROUNDS, NO_DISK, disk, 0, ROUND_BYTES, to),
          null,
          target);
    }
  }

  /** Drains while another I/O, which pins more pages than a round, runs where it is told to. */
  private PathVerdict drainBesideStranger(Path where, IntPredicate inRound) throws IOException {
    Path to = file(where);
    try (Endpoint target = Endpoint.open(to, Endpoint.Access.READ_WRITE, true);
        Endpoint other = Endpoint.open(file(directory), Endpoint.Access.READ_WRITE, true);
        IoMemory memory = IoMemory.openRam(BLOCK_BYTES, false);
        Transactor stranger = transactor(memory, null, other)) {
      return watch(
          new PathWitness.Claim(
              SYSTEM_MEMORY,
              PAGES / 2 / ROUNDS,
              NO_DISK,
              BuildDirectory.counters(to),
              0,
              ROUND_BYTES,
              to),
          null,
          target,
          round -> {
            if (inRound.test(round)) {
              stranger.run(BLOCKS / ROUNDS + 1);
            }
          });
    }
  }

  private static PathVerdict watch(PathWitness.Claim claim, Endpoint source, Endpoint target) {
    return watch(claim, source, target, round -> {});
  }

  private static PathVerdict watch(
      PathWitness.Claim claim, Endpoint source, Endpoint target, IntConsumer stranger) {
    try (IoMemory memory = IoMemory.openRam(BLOCK_BYTES, false);
        Transactor transactor = transactor(memory, source, target)) {
      PathWitness witness = new PathWitness(claim);
      witness.watch(
          ROUNDS,
          moving(
              round -> {
                stranger.accept(round);
                transactor.seek((long) round * BLOCKS / ROUNDS);
                transactor.run(BLOCKS / ROUNDS);
              }));
      return witness.verdict(List.of(memory.physicalAddress(transactor.slotOffset(0))));
    }
  }

  private static Transactor transactor(IoMemory memory, Endpoint source, Endpoint target) {
    Pinning pinning = target.direct() ? Pinning.PER_TRANSACTION : Pinning.NONE;
    TransactorConfig config =
        new TransactorConfig(
            Engine.SYNC, pinning, 0, 1, Pattern.SEQUENTIAL, BLOCK_BYTES, 0, 0, BLOCKS, 0);
    return Transactor.open(config, memory, source, target);
  }

  private static PathWitness.Rounds moving(IntConsumer move) {
    return new PathWitness.Rounds() {
      @Override
      public void prepare(int round) {}

      @Override
      public void move(int round) {
        move.accept(round);
      }
    };
  }

  private static Path file(Path where) throws IOException {
    Path file = Files.createTempFile(where, "block", ".bin");
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(java.nio.ByteBuffer.allocate((int) BYTES));
      channel.force(true);
    }
    return file;
  }

  private static Evidence of(Evidence.Witness witness, PathVerdict verdict) {
    return verdict.evidence().stream()
        .filter(e -> e.witness() == witness)
        .findFirst()
        .orElseThrow();
  }

  private static long seen(Evidence evidence, String rest) {
    assertThat(evidence.detail()).endsWith(" " + rest);
    return Long.parseLong(evidence.detail().substring(0, evidence.detail().indexOf(' ')));
  }
}
