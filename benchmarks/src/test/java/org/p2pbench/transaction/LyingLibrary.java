// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transaction;

import com.sun.jna.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.p2pbench.safety.LoopDisk;
import org.p2pbench.transfer.NativeLoader;

/**
 * Makes a library that stands before libp2pbench and does to stamped blocks on their way out what a
 * broken path does, and reports success. What to do stands in the environment variable LIE; without
 * it a bit flips. It is named to a process by {@link NativeLoader#PATH_PROPERTY}.
 */
public final class LyingLibrary {

  private static final String SOURCE =
      """
      #define _GNU_SOURCE
      #include <dlfcn.h>
      #include <stdint.h>
      #include <stdlib.h>
      #include <string.h>

      #define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
      #define BLOCK 4096

      void *p2p_memory_address(const void *memory);
      uint64_t p2p_transactor_slot(const void *transactor, uint32_t i);

      /* The transactors that only drain, each with its memory: in a drain row those alone. */
      static struct { void *transactor; char *memory; } drains[64];
      static int drain_count;

      static const char *lie(void)
      {
        return getenv("LIE") ? getenv("LIE") : "flip";
      }

      static char *stamped_slot(void *transactor)
      {
        for (int i = drain_count - 1; i >= 0; i--) {
          if (drains[i].transactor == transactor) {
            char *slot = drains[i].memory + p2p_transactor_slot(transactor, 0);
            return memcmp(slot, "hcnebp2p", 8) ? NULL : slot;
          }
        }
        return NULL;
      }

      int p2p_transactor_open(const void *config, void *memory, void *source, void *target,
            void **out, void *failure)
      {
        int error = REAL(p2p_transactor_open)(config, memory, source, target, out, failure);

        for (int i = 0; !error && i < drain_count; i++) {
          if (drains[i].transactor == *out)
            drains[i].transactor = NULL;
        }
        if (!error && !source && target && drain_count < 64) {
          drains[drain_count].transactor = *out;
          drains[drain_count++].memory = p2p_memory_address(memory);
        }
        return error;
      }

      int p2p_transactor_seek(void *transactor, uint64_t block)
      {
        int swaps = !strcmp(lie(), "swap") && stamped_slot(transactor);

        return REAL(p2p_transactor_seek)(transactor, swaps ? block ^ 1 : block);
      }

      int64_t p2p_transactor_run(void *transactor, uint32_t count, void *stamps)
      {
        char *slot = stamped_slot(transactor);

        if (slot && !strcmp(lie(), "drop"))
          memset(slot, 0xa5, BLOCK);
        if (slot && !strcmp(lie(), "tear"))
          memset(slot + BLOCK / 2, 0xa5, BLOCK / 2);
        if (slot && !strcmp(lie(), "ones"))
          memset(slot, 0xff, BLOCK);
        if (slot && !strcmp(lie(), "flip"))
          slot[700] ^= 4;
        return REAL(p2p_transactor_run)(transactor, count, stamps);
      }
      """;

  private LyingLibrary() {}

  /** Compiles the library below that directory. */
  public static Path below(Path directory) {
    try {
      Path honest = directory.resolve("libp2pbench.so");
      String resource = Platform.RESOURCE_PREFIX + "/libp2pbench.so";
      try (InputStream from = NativeLoader.class.getClassLoader().getResourceAsStream(resource)) {
        Files.copy(from, honest);
      }
      Path source = Files.writeString(directory.resolve("lying.c"), SOURCE);
      Path library = directory.resolve("liblying.so");
      LoopDisk.run(
          "gcc",
          "-shared",
          "-fPIC",
          "-Wl,-rpath," + directory,
          "-o",
          library.toString(),
          source.toString(),
          honest.toString());
      return library;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
