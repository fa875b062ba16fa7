// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import org.p2pbench.safety.BlockWriter;
import org.p2pbench.safety.Consent;
import org.p2pbench.transfer.Engine;
import org.p2pbench.transfer.Pattern;
import org.p2pbench.transfer.Pinning;

/** What tests of rigs have in common. */
final class Rigs {
  static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** Other programs pin pages too, and this machine may be busy: so often is tried. */
  static final int ATTEMPTS = 30;

  /** Content of which every block differs from every other. */
  static final BlockWriter VARIED =
      (offset, chunk) -> {
        byte[] bytes = new byte[chunk.remaining()];
        new Random(offset).nextBytes(bytes);
        chunk.put(bytes);
      };

  private Rigs() {}

  static ForkSettings settings(Path dir, long spanBytes) {
    return new ForkSettings(
        List.of(),
        List.of(),
        dir,
        Optional.empty(),
        List.of(),
        spanBytes,
        Optional.of(dir.resolve("record.json")),
        Optional.empty(),
        TIMEOUT);
  }

  /** Fresh files of the rig's own, and permission to overwrite a device. */
  static ForkSettings onto(Path device, String signature, Path source, Path dir, long spanBytes) {
    return new ForkSettings(
        List.of(source),
        List.of(device),
        dir,
        Optional.empty(),
        Consent.of(
            Optional.of(device.toString()), Optional.of(signature).filter(s -> !s.isEmpty())),
        spanBytes,
        Optional.of(dir.resolve("record.json")),
        Optional.empty(),
        TIMEOUT);
  }

  static TransferSpec spec(Engine engine, Pinning pinning, long blockBytes, boolean fills) {
    return new TransferSpec(
        MemoryChoice.RAM, pinning, engine, blockBytes, 1, 1, 0, Pattern.SEQUENTIAL, false, fills);
  }

  static TransferSpec syncTransfer(long blockBytes) {
    return spec(Engine.SYNC, Pinning.PER_TRANSACTION, blockBytes, true);
  }

  static TransferRig open(TransferSpec spec, ForkSettings settings) {
    return TransferRig.open(() -> spec, settings, 64);
  }

  static ForkRecord record(ForkSettings settings) {
    return ForkRecord.read(settings.record().orElseThrow()).orElseThrow();
  }

  /** Runs until the check holds, a few times at most; returns the last result in any case. */
  static <T> T attempt(Callable<T> action, java.util.function.Predicate<T> check) throws Exception {
    T result = action.call();
    for (int i = 1; i < ATTEMPTS && !check.test(result); i++) {
      Thread.sleep(i);
      result = action.call();
    }
    return result;
  }
}
