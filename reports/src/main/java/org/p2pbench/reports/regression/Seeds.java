// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.regression;

import java.nio.charset.StandardCharsets;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.simple.RandomSource;

/** Seeds from names: the same runs are always judged by the same shuffles. */
public final class Seeds {
  private static final long FNV_OFFSET = 0xcbf29ce484222325L;
  private static final long FNV_PRIME = 0x100000001b3L;

  private Seeds() {}

  /** A seed from names, such as the ids of two runs. Their order matters. (FNV-1a, 64 bits.) */
  public static long of(String... names) {
    long hash = FNV_OFFSET;
    for (String name : names) {
      for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
        hash = (hash ^ (b & 0xff)) * FNV_PRIME;
      }
      hash = (hash ^ 0xff) * FNV_PRIME; // no byte of UTF-8: "a", "bc" is not "ab", "c"
    }
    return hash;
  }

  /** A generator (xoshiro256++) whose whole sequence follows from the seed. */
  public static UniformRandomProvider generator(long seed) {
    return RandomSource.XO_SHI_RO_256_PP.create(seed);
  }
}
