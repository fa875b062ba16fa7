// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.p2pbench.safety.ScratchFiles;
import org.p2pbench.transfer.Engine;
import org.p2pbench.transfer.Pattern;
import org.p2pbench.transfer.Pinning;

class TransferRigTest {
  private static final int BLOCK_BYTES = 4096;
  private static final int BLOCKS = 128;
  private static final int THREADS = 2;
  private static final long SPAN_BYTES = (long) BLOCKS * BLOCK_BYTES;

  @TempDir(factory = BuildDirectory.class)
  private static Path directory;

  private static ExecutorService threads;
  private ScratchFiles scratch;

  @BeforeAll
  static void startThreads() {
    threads = Executors.newFixedThreadPool(THREADS);
  }

  @AfterAll
  static void endThreads() {
    threads.shutdownNow();
  }

  @BeforeEach
  void onARealDisk() {
    BuildDirectory.assumeDirect(directory);
  }

  static List<TransferSpec> everyCombination() {
    List<TransferSpec> specs = new ArrayList<>();
    for (boolean fills : List.of(true, false)) {
      for (int staging : List.of(0, 1)) {
        for (int depth : List.of(0, 1, 8, 32)) {
          Engine engine = depth == 0 ? Engine.SYNC : Engine.IO_URING;
          for (MemoryChoice memory :
              List.of(MemoryChoice.RAM, MemoryChoice.CMB_EMULATED, MemoryChoice.PAGE_CACHE)) {
            variants(specs, memory, engine, Math.max(1, depth), staging, fills);
          }
        }
      }
    }
    return specs;
  }

  private static void variants(
      List<TransferSpec> specs,
      MemoryChoice memory,
      Engine engine,
      int depth,
      int staging,
      boolean fills) {
    if (memory == MemoryChoice.PAGE_CACHE) {
      specs.add(spec(memory, Pinning.NONE, engine, depth, staging, false, fills));
      return;
    }
    for (boolean huge : memory == MemoryChoice.RAM ? List.of(false, true) : List.of(false)) {
      specs.add(spec(memory, Pinning.PER_TRANSACTION, engine, depth, staging, huge, fills));
      if (engine == Engine.IO_URING) {
        specs.add(spec(memory, Pinning.REGISTERED, engine, depth, staging, huge, fills));
      }
    }
  }

  private static TransferSpec spec(
      MemoryChoice memory,
      Pinning pinning,
      Engine engine,
      int depth,
      int staging,
      boolean huge,
      boolean fills) {
    return new TransferSpec(
        memory,
        pinning,
        engine,
        BLOCK_BYTES,
        depth,
        THREADS,
        staging,
        Pattern.SEQUENTIAL,
        huge,
        fills);
  }

  @ParameterizedTest
  @MethodSource("everyCombination")
  void everyCombinationMovesDataRightAndProvesItsPath(TransferSpec spec) throws Exception {
    String expected = spec.memory().direct() ? "proven" : "not-applicable";

    // A registered buffer claims that nothing is pinned: a stranger's pins leave that unclear.
    ForkRecord record =
        Rigs.attempt(() -> moveEverything(spec), r -> r.witness().verdict().equals(expected));

    int blocks = BLOCK_BYTES * 32;
    assertThat(record.failure()).isNull();
    assertThat(record.verification().verdict()).isEqualTo("verified");
    assertThat(record.verification().blocks()).isEqualTo(32);
    assertThat(record.verification().bytes()).isEqualTo(blocks);
    assertThat(record.verification().detail())
        .matches("32 blocks stamped with epoch \\p{XDigit}+ came back whole from the target");
    assertThat(record.witness().verdict()).as("%s", record.witness()).isEqualTo(expected);
    assertThat(record.pagesGot()).isIn(pagesPossible(spec));
  }

  private static List<String> pagesPossible(TransferSpec spec) {
    return spec.hugePages() ? List.of("2MiB-hugetlb", "2MiB-thp", "4KiB") : List.of("4KiB");
  }

  private ForkRecord moveEverything(TransferSpec spec) throws Exception {
    try (ScratchFiles files =
        ScratchFiles.create(
            directory, spec.fills() ? SPAN_BYTES : 0, SPAN_BYTES, Rigs.VARIED, Rigs.VARIED)) {
      scratch = files;
      ForkSettings settings =
          Rigs.settings(directory, SPAN_BYTES)
              .between(files.source().stream().toList(), files.target().stream().toList());
      try (TransferRig rig = Rigs.open(spec, settings)) {
        assertThat(inEveryThread(() -> transactionsOf(rig, BLOCKS / THREADS)))
            .allSatisfy(
                completed ->
                    assertThat(completed)
                        .isBetween(
                            (long) BLOCKS / THREADS, (long) BLOCKS / THREADS + spec.depth() - 1));
      }
      if (spec.fills()) {
        assertTargetEqualsSource(files.source());
      }
      return Rigs.record(settings);
    }
  }

  private void assertTargetEqualsSource(Optional<Path> source) throws Exception {
    assertThat(Files.mismatch(source.orElseThrow(), scratch.target().orElseThrow()))
        .as("first byte that differs between source and target")
        .isEqualTo(-1);
  }

  private static long transactionsOf(TransferRig rig, int count) {
    try (TransferWorker worker = rig.newWorker()) {
      worker.run(count / 2);
      worker.run(count - count / 2);
      worker.rest();
      return worker.completed();
    }
  }

  private static <T> List<T> inEveryThread(Callable<T> action) throws Exception {
    List<T> results = new ArrayList<>();
    for (Future<T> result : threads.invokeAll(java.util.Collections.nCopies(THREADS, action))) {
      results.add(result.get());
    }
    return results;
  }

  @Test
  void makesFilesOfItsOwnAndRemovesThemWhenNoneAreNamed() throws Exception {
    ForkSettings settings = Rigs.settings(directory, SPAN_BYTES);
    try (TransferRig rig = Rigs.open(Rigs.syncTransfer(BLOCK_BYTES), settings)) {
      assertThat(transactionsOf(rig, 10)).isEqualTo(10);
      assertThat(scratchDirectories()).hasSize(1);
    }
    assertThat(scratchDirectories()).isEmpty();
  }

  @Test
  void claimsNothingOfThePathOnTmpfsWhichCopies() {
    Path memory = Path.of("/dev/shm");
    org.junit.jupiter.api.Assumptions.assumeTrue(
        Files.isWritable(memory), "there is no writable /dev/shm on this machine");
    ForkSettings settings =
        new ForkSettings(
            List.of(),
            List.of(),
            memory,
            Optional.empty(),
            List.of(),
            SPAN_BYTES,
            Optional.of(directory.resolve("record.json")),
            Optional.empty(),
            Rigs.TIMEOUT);
    Rigs.open(Rigs.syncTransfer(BLOCK_BYTES), settings).close();

    assertThat(Rigs.record(settings).verification().verdict()).isEqualTo("verified");
    assertThat(Rigs.record(settings).witness()).isEqualTo(ForkRecord.Witness.notApplicable());
  }

  @Test
  void measuresRandomBlocksToo() {
    ForkSettings settings = Rigs.settings(directory, SPAN_BYTES);
    TransferSpec random =
        new TransferSpec(
            MemoryChoice.RAM,
            Pinning.PER_TRANSACTION,
            Engine.IO_URING,
            BLOCK_BYTES,
            8,
            1,
            0,
            Pattern.RANDOM,
            false,
            true);
    try (TransferRig rig = Rigs.open(random, settings)) {
      assertThat(transactionsOf(rig, 100)).isBetween(100L, 107L);
    }
    assertThat(Rigs.record(settings).verification().verdict()).isEqualTo("verified");
  }

  private static List<Path> scratchDirectories() throws Exception {
    try (var entries = Files.list(directory)) {
      return entries.filter(p -> p.getFileName().toString().startsWith("p2pbench-")).toList();
    }
  }
}
