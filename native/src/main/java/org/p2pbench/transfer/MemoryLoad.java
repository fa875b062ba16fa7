// SPDX-License-Identifier: Apache-2.0
package org.p2pbench.transfer;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Threads that load the memory beside whatever else this process does, from {@link #open} to {@link
 * #close}: a busy neighbour, which also says how it fares. {@link #counters} may be read by any
 * thread; chains are taken by one at a time.
 */
public final class MemoryLoad implements AutoCloseable {
  /** Dependent loads of one chain. */
  public static final int CHAIN_LOADS = 64;

  /** Least arrays of a thread, in bytes. */
  public static final long LEAST_THREAD_BYTES = 1L << 20;

  /** What is done to the arrays. The order is that of the C header. */
  public enum Kind {
    /** {@code sum += a[i]}. */
    READ("read"),
    /** {@code a[i] = s}. */
    WRITE("write"),
    /** {@code a[i] = b[i]}. */
    COPY("copy"),
    /** {@code a[i] = b[i] + s * c[i]}. */
    TRIAD("triad");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    /** The word for it on the command line and in results. */
    public String label() {
      return label;
    }

    /**
     * The value with that label.
     *
     * @throws IllegalArgumentException no value has it; the message lists those there are
     */
    public static Kind parse(String text) {
      return Labels.parse("memory load", values(), Kind::label, text);
    }
  }

  /**
   * What the threads have done since they began.
   *
   * @param atNs when that was so, on the clock of {@link NativeClock}
   * @param bytes read and written, as STREAM counts them
   * @param cpuNs CPU time
   */
  public record Counters(long atNs, long bytes, long cpuNs) {
    /** What was done since an earlier reading; {@code atNs} is the time between the two. */
    public Counters minus(Counters earlier) {
      return new Counters(atNs - earlier.atNs, bytes - earlier.bytes, cpuNs - earlier.cpuNs);
    }
  }

  private long handle;

  private MemoryLoad(long handle) {
    this.handle = handle;
  }

  /**
   * Starts one thread on each CPU given; returns when all of them move.
   *
   * @param sharePercent of the time in which a thread moves, 1 to 100
   * @param threadBytes of the arrays of one thread together, at least {@link #LEAST_THREAD_BYTES};
   *     a quarter more is used for chains
   * @param cpus each of them one that this process may use
   * @throws TransferException no memory, no more threads, or a CPU that may not be used
   */
  public static MemoryLoad open(
      Kind kind, Pattern pattern, int sharePercent, long threadBytes, List<Integer> cpus) {
    NativeLoader.load();
    long[] out = new long[1];
    int error =
        LibP2pbench.p2p_load_open(
            kind.ordinal(),
            pattern.ordinal(),
            sharePercent,
            threadBytes,
            Cpus.array(cpus),
            cpus.size(),
            out);
    if (error != 0) {
      String subject =
          "%s load on CPU %s"
              .formatted(
                  kind.label(),
                  cpus.stream().map(String::valueOf).collect(Collectors.joining(",")));
      throw TransferException.failed(Attempt.of(Operation.LOAD, subject, threadBytes), error);
    }
    return new MemoryLoad(out[0]);
  }

  /** What was done until now. */
  public Counters counters() {
    long[] fields = new long[LibP2pbench.LOAD_FIELDS];
    LibP2pbench.p2p_load_counters(open(), fields);
    return new Counters(fields[0], fields[1], fields[2]);
  }

  /**
   * Takes out durations of chains of {@link #CHAIN_LOADS} dependent loads, in ns, that were not
   * taken before. Of a long time without taking the first ones are kept.
   *
   * @return how many stand in {@code chainsNs}; 0: there are no more
   */
  public int takeChains(long[] chainsNs) {
    return LibP2pbench.p2p_load_chains(open(), chainsNs, chainsNs.length);
  }

  /** Waits, asleep, until so many bytes were moved since the threads began. */
  public void await(long bytes) {
    LibP2pbench.p2p_load_await(open(), bytes);
  }

  private long open() {
    if (handle == 0) {
      throw new IllegalStateException("the memory load is closed");
    }
    return handle;
  }

  /** Ends the threads and gives their memory back. A second call does nothing. */
  @Override
  public void close() {
    LibP2pbench.p2p_load_close(handle);
    handle = 0;
  }
}
