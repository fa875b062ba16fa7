// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.reports.regression;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * Which values change sides in each relabelling of a permutation test: a set of subsets, the first
 * of which is the data as they are. It depends on the number of values and a seed alone, so all
 * metrics of a table share one. Immutable for its users, and safe for several threads.
 *
 * <p>A test asks for one sum per subset, a hundred thousand times. Values are taken in groups of
 * ten: all sums of a group's subsets are tabulated once, and a subset's sum is one look-up for each
 * group.
 */
final class Relabellings {
  /** Up to so many relabellings all are used (8 + 8 forks have 12,870). */
  static final int MOST_EXHAUSTIVE = 20_000;

  /** Otherwise so many, by chance, and the data as they are. */
  static final int RANDOM = 9_999;

  /** Subsets that are handled together. */
  static final int CHUNK = 1_000;

  private static final int MOST_BITS = 10;
  private static final int MOST_KEPT = 32;
  private static final int ANY_NUMBER = -1;

  private record Key(int values, int chosen, long seed) {}

  /** The sets asked for last. */
  private static final Map<Key, Relabellings> KEPT =
      new LinkedHashMap<>(MOST_KEPT, 0.75F, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Relabellings> eldest) {
          return size() > MOST_KEPT;
        }
      };

  private final int values;
  private final int chosen;
  private final long seed;
  private final int bits;
  private final int groups;
  private final int count;

  /**
   * By chunk, group and subset: which of the group's values are in it; then how many of them are
   * movable. Drawn when asked for.
   */
  private final AtomicReferenceArray<short[][]> chunks;

  private Relabellings(Key key, int ways) {
    values = key.values();
    chosen = key.chosen();
    seed = key.seed();
    groups = (values + MOST_BITS - 1) / MOST_BITS;
    bits = (values + groups - 1) / groups;
    count = ways <= MOST_EXHAUSTIVE ? ways : RANDOM + 1;
    chunks = new AtomicReferenceArray<>((count + CHUNK - 1) / CHUNK);
    if (ways <= MOST_EXHAUSTIVE) {
      enumerate();
    }
  }

  /**
   * So many values out of all. In the first subset they are the last ones.
   *
   * @param seed of what is drawn where there are too many subsets to take them all
   */
  static Relabellings choices(int values, int chosen, long seed) {
    return kept(new Key(values, chosen, seed), combinations(values, chosen));
  }

  /** Any number of values. The first subset is empty. */
  static Relabellings exchanges(int pairs, long seed) {
    return kept(new Key(pairs, ANY_NUMBER, seed), pairs < Integer.SIZE - 2 ? 1 << pairs : 1 << 30);
  }

  private static Relabellings kept(Key key, int ways) {
    Key shared = ways <= MOST_EXHAUSTIVE ? new Key(key.values(), key.chosen(), 0) : key;
    synchronized (KEPT) {
      return KEPT.computeIfAbsent(shared, k -> new Relabellings(k, ways));
    }
  }

  /** Ways to choose k of n, or any number above {@link #MOST_EXHAUSTIVE} where there are more. */
  private static int combinations(int n, int k) {
    long ways = 1;
    int least = Math.min(k, n - k);
    for (int i = 1; i <= least && ways <= MOST_EXHAUSTIVE; i++) {
      ways = ways * (n - least + i) / i;
    }
    return (int) ways;
  }

  /** Subsets, the data as they are included. */
  int count() {
    return count;
  }

  /** Chunks that the subsets are in. */
  int chunks() {
    return chunks.length();
  }

  /** Subsets of a chunk. */
  int size(int chunk) {
    return Math.min(CHUNK, count - chunk * CHUNK);
  }

  /** Room for {@link #tabulate}. */
  double[] table() {
    return new double[groups << bits];
  }

  /** Sums of all subsets of each group of values. */
  void tabulate(double[] numbers, double[] table) {
    for (int group = 0; group < groups; group++) {
      int offset = group << bits;
      table[offset] = 0;
      int members = Math.min(bits, values - group * bits);
      for (int subset = 1; subset < 1 << members; subset++) {
        int lowest = Integer.numberOfTrailingZeros(subset);
        table[offset + subset] =
            table[offset + (subset & subset - 1)] + numbers[group * bits + lowest];
      }
    }
  }

  /** Sum over the values of each subset of a chunk, from a table of {@link #tabulate}. */
  void sums(int chunk, double[] table, double[] sums) {
    short[][] subsets = subsets(chunk);
    int size = size(chunk);
    short[] first = subsets[0];
    if (groups == 1) {
      for (int i = 0; i < size; i++) {
        sums[i] = table[first[i]];
      }
      return;
    }
    short[] second = subsets[1];
    for (int i = 0; i < size; i++) {
      sums[i] = table[first[i]] + table[(1 << bits) + second[i]];
    }
    for (int group = 2; group < groups; group++) {
      short[] next = subsets[group];
      int offset = group << bits;
      for (int i = 0; i < size; i++) {
        sums[i] += table[offset + next[i]];
      }
    }
  }

  /** Values that a shift is taken off: the last ones chosen, or all that may be exchanged. */
  int movable() {
    return chosen == ANY_NUMBER ? values : chosen;
  }

  /** How many movable values each subset of a chunk has. Not to be written to. */
  short[] moved(int chunk) {
    return subsets(chunk)[groups];
  }

  private void countMoved(short[][] subsets) {
    for (int group = 0; group < groups; group++) {
      int still = Math.min(bits, Math.max(0, values - movable() - group * bits));
      int movable = (1 << bits) - 1 & -(1 << still);
      for (int i = 0; i < subsets[groups].length; i++) {
        subsets[groups][i] += (short) Integer.bitCount(subsets[group][i] & movable);
      }
    }
  }

  private short[][] subsets(int chunk) {
    short[][] drawn = chunks.get(chunk);
    if (drawn == null) {
      drawn = draw(chunk); // whoever draws it, it is the same
      chunks.set(chunk, drawn);
    }
    return drawn;
  }

  private short[][] draw(int chunk) {
    UniformRandomProvider random =
        Seeds.generator(Seeds.of(Long.toString(seed), Integer.toString(chunk)));
    short[][] subsets = new short[groups + 1][size(chunk)];
    int[] order = new int[values];
    for (int i = 0; i < values; i++) {
      order[i] = (i + values - Math.max(0, chosen)) % values;
    }
    for (int i = 0; i < size(chunk); i++) {
      if (chunk == 0 && i == 0) {
        put(subsets, i, order, Math.max(0, chosen));
      } else if (chosen == ANY_NUMBER) {
        flip(subsets, i, random);
      } else {
        shuffleFront(order, chosen, random);
        put(subsets, i, order, chosen);
      }
    }
    countMoved(subsets);
    return subsets;
  }

  private void put(short[][] subsets, int subset, int[] members, int count) {
    for (int i = 0; i < count; i++) {
      subsets[members[i] / bits][subset] |= (short) (1 << members[i] % bits);
    }
  }

  private void flip(short[][] subsets, int subset, UniformRandomProvider random) {
    for (int group = 0; group < groups; group++) {
      int members = Math.min(bits, values - group * bits);
      subsets[group][subset] = (short) (random.nextInt() & (1 << members) - 1);
    }
  }

  /** Moves {@code chosen} values, drawn without replacement, to the front. */
  private static void shuffleFront(int[] order, int chosen, UniformRandomProvider random) {
    for (int i = 0; i < chosen; i++) {
      int j = i + random.nextInt(order.length - i);
      int swap = order[i];
      order[i] = order[j];
      order[j] = swap;
    }
  }

  /** All subsets, as rising or falling numbers: the first is the data as they are. */
  private void enumerate() {
    for (int chunk = 0; chunk < chunks.length(); chunk++) {
      chunks.set(chunk, new short[groups + 1][size(chunk)]);
    }
    int all = (1 << values) - 1;
    int subset = chosen == ANY_NUMBER ? 0 : (1 << chosen) - 1;
    for (int i = 0; i < count; i++) {
      // Read from the top, the lowest bits are the last values.
      int mirrored = Integer.reverse(subset) >>> Integer.SIZE - values & all;
      for (int group = 0; group < groups; group++) {
        chunks.get(i / CHUNK)[group][i % CHUNK] =
            (short) (mirrored >>> group * bits & (1 << bits) - 1);
      }
      subset = chosen == ANY_NUMBER ? subset + 1 : nextOfSameSize(subset);
    }
    for (int chunk = 0; chunk < chunks.length(); chunk++) {
      countMoved(chunks.get(chunk));
    }
  }

  /** The next larger number with as many bits (Gosper). */
  private static int nextOfSameSize(int subset) {
    int lowest = subset & -subset;
    int carried = subset + lowest;
    return carried | (subset ^ carried) / lowest >>> 2;
  }
}
